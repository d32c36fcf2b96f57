-- What an owner reads in one call (under RLS, as that owner), what the clock looks for, and the message of progress.

-- 1. Views.

create function public.read_training(job uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'job', to_jsonb(j),
    'photos', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.slot), '[]')
      from public.training_photos p
      where p.job_id = j.id and p.status <> 'removed'
    ),
    'runs', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.run), '[]')
      from public.training_runs r
      where r.job_id = j.id
    ),
    'events', (
      select coalesce(jsonb_agg(
        jsonb_build_object('status', e.to_status, 'run', e.run, 'at', e.at) order by e.id
      ), '[]')
      from public.job_events e
      where e.job_id = j.id
    ),
    'previews', (
      select coalesce(jsonb_agg(to_jsonb(i) order by i.run, i.position), '[]')
      from public.images i
      where i.job_id = j.id and i.kind = 'preview'
    ),
    'model', (select to_jsonb(m) from public.ai_models m where m.job_id = j.id),
    'quotes', public.training_quotes(j.id)
  )
  from public.lora_training_jobs j
  where j.id = job
$$;
comment on function public.read_training is
  'The whole view of a job: photos, runs, history, previews, model, quotes. Null when the caller may not see it.';
grant execute on function public.read_training to authenticated;

create function public.read_image_order(image_order uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'order', to_jsonb(o),
    'images', (
      select coalesce(jsonb_agg(to_jsonb(i) order by i.position), '[]')
      from public.images i
      where i.order_id = o.id
    )
  )
  from public.image_orders o
  where o.id = image_order
$$;
comment on function public.read_image_order is
  'An order and its images. Null when the caller may not see it.';
grant execute on function public.read_image_order to authenticated;

-- 2. The sweep: what nobody has moved for too long.

create function public.runs_to_start(
  most int default 100,
  after uuid default null
) returns setof public.training_runs
language sql stable security definer set search_path = ''
as $$
  select r.* from public.training_runs r
  where (after is null or r.id > after)
    and croquis.is_working(r.status)
    and r.updated_at < now() - case r.status when 'queued' then interval '1 minute' else interval '10 minutes' end
  order by r.id
  limit most
$$;
comment on function public.runs_to_start is
  'A page of runs that have not moved for a minute while queued, or for ten minutes at a later stage; after is the '
  'last id of the page before.';
grant execute on function public.runs_to_start to service_role;

create function public.images_to_start(
  most int default 100,
  after uuid default null
) returns setof public.images
language sql stable security definer set search_path = ''
as $$
  select i.* from public.images i
  where (after is null or i.id > after)
    and i.kind <> 'preview'
    and croquis.is_open(i.status)
    and i.updated_at < now() - case i.status when 'queued' then interval '1 minute' else interval '5 minutes' end
  order by i.id
  limit most
$$;
comment on function public.images_to_start is
  'A page of ordered images that have not moved for a minute while queued, or for five minutes while running; after '
  'is the last id of the page before. Previews are left to their run.';
grant execute on function public.images_to_start to service_role;

create function public.uploads_to_check(most int default 100) returns setof public.storage_outbox
language sql stable security definer set search_path = ''
as $$
  select o.* from public.storage_outbox o
  where o.done_at is null
    and o.created_at < now() - interval '1 minute'
    and (o.claimed_at is null or o.claimed_at < now() - interval '5 minutes')
  order by o.created_at, o.object_id
  limit most
$$;
comment on function public.uploads_to_check is
  'Objects that landed a minute ago or earlier and that nobody has claimed in the last five minutes, the oldest '
  'first.';
grant execute on function public.uploads_to_check to service_role;

-- 3. Progress.

create function croquis.tell_owner() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Realtime may be absent or locked down; progress is only news, the row is the truth
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)' using
      jsonb_build_object(
        'job_id', new.job_id,
        'run', new.run,
        'status', new.status,
        'step', new.step,
        'total', new.total_steps,
        'eta', new.eta_seconds,
        'version', (select j.version from public.lora_training_jobs j where j.id = new.job_id)
      ),
      'training',
      'owner:' || new.owner_id;
  end if;
  return null;
exception when others then
  return null;
end
$$;
comment on function croquis.tell_owner is
  'Sends seven facts about a run to its owner''s private channel, where there is a Realtime; a failure harms nothing.';
-- at the end of the transaction, when the job's version is the one that a reader finds
create constraint trigger training_runs_tell after insert or update of status, step on public.training_runs
  deferrable initially deferred for each row execute function croquis.tell_owner();
