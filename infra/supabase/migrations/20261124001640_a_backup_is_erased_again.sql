-- After a backup was restored: what was erased since is erased again.

create function public.erasures_since(since timestamptz) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'owner_id', e.owner_id, 'subject', e.subject, 'job_ids', e.job_ids, 'asked_at', e.asked_at
  ) order by e.asked_at), '[]')
  from public.erasures e
  where e.asked_at >= since
$$;
comment on function public.erasures_since is
  'The list that is kept outside of the database, to be applied again to one that was restored from a backup (PR-09).';
grant execute on function public.erasures_since to service_role;

create function public.reapply_erasures(list jsonb) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  asked record;
  jobs uuid[];
  many int := 0;
begin
  for asked in
    select * from jsonb_to_recordset(list) as it (owner_id uuid, subject text, job_ids uuid[], asked_at timestamptz)
    order by it.asked_at
  loop
    jobs := array(
      select j.id from public.lora_training_jobs j
      where j.owner_id = asked.owner_id
        and (j.id = any (asked.job_ids) or asked.subject = 'account')
      order by j.id
    );
    continue when exists (
      select from public.erasures e
      where e.owner_id = asked.owner_id and e.subject = asked.subject and e.status <> 'done' and e.job_ids @> jobs
    );
    if cardinality(jobs) > 0 or asked.subject = 'account' then
      perform croquis.begin_erasure(asked.owner_id, asked.subject, jobs, asked.asked_at);
      many := many + 1;
    end if;
  end loop;
  return many;
end
$$;
comment on function public.reapply_erasures is
  'Erases again what erasures_since names and a restored backup has brought back; answers how many erasures it began. '
  'Again, while they are at work, it begins none.';
grant execute on function public.reapply_erasures to service_role;
