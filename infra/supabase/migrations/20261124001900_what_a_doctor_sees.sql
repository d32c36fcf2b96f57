-- What `croquis doctor` cannot see over HTTP otherwise: whether this database is as a deployment needs it.

create function public.read_deployment() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  applied jsonb;
  vault jsonb;
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select jsonb_agg(version order by version) from supabase_migrations.schema_migrations' into applied;
  end if;
  if to_regclass('vault.decrypted_secrets') is not null then
    execute $vault$
      select jsonb_object_agg(name, case name
        when 'croquis_storage_hook_url' then decrypted_secret
        else encode(sha256(convert_to(decrypted_secret, 'UTF8')), 'hex')
      end)
      from vault.decrypted_secrets
      where name in ('croquis_storage_hook_url', 'croquis_storage_hook_secret')
    $vault$ into vault;
  end if;
  return jsonb_build_object(
    'now', extract(epoch from clock_timestamp()),
    'migrations', applied,
    'hook_url', vault ->> 'croquis_storage_hook_url',
    'hook_secret_sha256', vault ->> 'croquis_storage_hook_secret',
    'can_kick', to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is not null,
    'storage_trigger', exists (
      select from pg_catalog.pg_trigger t
      where t.tgrelid = to_regclass('storage.objects') and t.tgname = 'croquis_object_landed' and t.tgenabled <> 'D'
    ),
    'buckets', (
      select jsonb_object_agg(b.id, jsonb_build_object('public', b.public, 'file_size_limit', b.file_size_limit))
      from storage.buckets b
    ),
    'has_realtime', to_regclass('realtime.messages') is not null,
    'realtime_policies', (
      -- policies add up: one that is not ours lets somebody hear more
      select case when bool_and(coalesce(p.qual like '%may_act%' and p.cmd = 'SELECT', false)) then count(*) else 0 end
      from pg_catalog.pg_policies p
      where p.schemaname = 'realtime' and p.tablename = 'messages'
    )
  );
end
$$;
comment on function public.read_deployment is
  'The migrations that are recorded, the storage hook (its secret as SHA-256 only), its trigger, pg_net, the '
  'buckets, Realtime''s policy and the clock, for `croquis doctor`. Changes nothing.';
grant execute on function public.read_deployment to service_role;
