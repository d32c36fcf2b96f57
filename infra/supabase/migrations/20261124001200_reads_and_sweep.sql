-- What an owner reads in one call (under RLS, as that owner), and what the clock looks for.

create function public.read_training(job uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'job', to_jsonb(j),
    'photos', (select coalesce(jsonb_agg(to_jsonb(p) order by p.slot), '[]') from public.training_photos p where p.job_id = j.id and p.status <> 'removed'),
    'runs', (select coalesce(jsonb_agg(to_jsonb(r) order by r.run), '[]') from public.training_runs r where r.job_id = j.id),
    'events', (select coalesce(jsonb_agg(jsonb_build_object('status', e.to_status, 'run', e.run, 'at', e.at) order by e.id), '[]') from public.job_events e where e.job_id = j.id),
    'previews', (select coalesce(jsonb_agg(to_jsonb(i) order by i.run, i.position), '[]') from public.images i where i.job_id = j.id and i.kind = 'preview'),
    'model', (select to_jsonb(m) from public.ai_models m where m.job_id = j.id))
  from public.lora_training_jobs j where j.id = job
$$;
comment on function public.read_training is 'The whole view of a job; null when the caller may not see it.';

create function public.read_image_order(image_order uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('order', to_jsonb(o),
    'images', (select coalesce(jsonb_agg(to_jsonb(i) order by i.position), '[]') from public.images i where i.order_id = o.id))
  from public.image_orders o where o.id = image_order
$$;

create function public.runs_to_start(most int default 100, after uuid default null) returns setof public.training_runs
language sql stable security definer set search_path = '' as $$
  select r.* from public.training_runs r
  where (after is null or r.id > after) and (
    (r.status = 'queued' and r.updated_at < now() - interval '1 minute')
    or (r.status in ('preparing', 'training', 'ingesting', 'previewing') and r.updated_at < now() - interval '10 minutes'))
  order by r.id limit most
$$;

create function public.pictures_to_start(most int default 100, after uuid default null) returns setof public.images
language sql stable security definer set search_path = '' as $$
  select i.* from public.images i
  where i.kind <> 'preview' and (after is null or i.id > after) and (
    (i.status = 'queued' and i.updated_at < now() - interval '1 minute')
    or (i.status = 'running' and i.updated_at < now() - interval '5 minutes'))
  order by i.id limit most
$$;

create function public.uploads_to_check(most int default 100) returns setof public.storage_outbox
language sql stable security definer set search_path = '' as $$
  select o.* from public.storage_outbox o
  where o.done_at is null and o.created_at < now() - interval '1 minute' and (o.claimed_at is null or o.claimed_at < now() - interval '5 minutes')
  order by o.created_at, o.object_id limit most
$$;

create function croquis.tell_owner() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  -- Realtime may be absent or locked down; progress is only a hint, the row is the truth.
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)' using
      jsonb_build_object('job_id', new.job_id, 'run', new.run, 'status', new.status, 'step', new.step,
        'total', new.total_steps, 'eta', new.eta_seconds,
        'version', (select j.version from public.lora_training_jobs j where j.id = new.job_id)),
      'training', 'owner:' || new.owner_id;
  end if;
  return null;
exception when others then
  return null;
end $$;
-- at the end of the transaction, when the job's version is the one that a reader finds
create constraint trigger training_runs_tell after insert or update of status, step on public.training_runs
  deferrable initially deferred for each row execute function croquis.tell_owner();

revoke execute on all functions in schema croquis from public, anon, authenticated, service_role;
revoke execute on function public.read_training, public.read_image_order, public.runs_to_start, public.pictures_to_start, public.uploads_to_check
  from public, anon, authenticated, service_role;
grant execute on function public.read_training, public.read_image_order to authenticated;
grant execute on function public.runs_to_start, public.pictures_to_start, public.uploads_to_check to service_role;
