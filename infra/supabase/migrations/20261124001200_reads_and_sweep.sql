-- What an owner reads in one call (under RLS, as that owner), and what the clock looks for.

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
      where i.job_id = j.id and i.kind = 'preview' and i.removed_at is null
    ),
    'model', (select to_jsonb(m) from public.ai_models m where m.job_id = j.id),
    'quotes', public.training_quotes(j.id),
    'consent', public.read_consent(j.consent_id)
  )
  from public.lora_training_jobs j
  where j.id = job
$$;
comment on function public.read_training is
  'The whole view of a job: photos, runs, history, previews, model, quotes, consent. Null when the caller may not see it.';
grant execute on function public.read_training to authenticated;

create function public.read_training_log(
  job uuid,
  run_no int,
  line int,
  step int
) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'run', j.current_run,
    'last_line', coalesce(l.last_line, 0),
    'lines', coalesce(to_jsonb(l.lines[greatest(1, since.line - (l.last_line - cardinality(l.lines)) + 1):]), '[]'),
    'points', (
      select coalesce(jsonb_agg(p.point order by p.place), '[]')
      from jsonb_array_elements(l.points) with ordinality as p (point, place)
      where (p.point ->> 0)::int > since.step
    ),
    'purge_after', l.purge_after
  )
  from public.lora_training_jobs j
  left join public.training_runs r on r.job_id = j.id and r.run = j.current_run
  left join public.training_logs l on l.run_id = r.id
  -- what was read before was perhaps another run's
  cross join lateral (select
    case when j.current_run = run_no then read_training_log.line else 0 end as line,
    case when j.current_run = run_no then read_training_log.step else -1 end as step
  ) as since
  where j.id = job
$$;
comment on function public.read_training_log is
  'The log of the job''s newest run, after the line and step that were read of run_no before. Null when the caller may '
  'not see the job.';
grant execute on function public.read_training_log to authenticated;

create function public.read_image_order(image_order uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'order', to_jsonb(o),
    'images', (
      select coalesce(jsonb_agg(to_jsonb(i) order by i.position), '[]')
      from public.images i
      where i.order_id = o.id
    ),
    'sources', (
      select coalesce(jsonb_agg(to_jsonb(s)), '[]')
      from public.images s
      where s.id in (select i.source_image_id from public.images i where i.order_id = o.id)
    ),
    'worn', (
      select coalesce(jsonb_agg(
        jsonb_build_object('image_id', w.image_id, 'garment', to_jsonb(g)) order by w.image_id, w.position
      ), '[]')
      from public.worn_garments w
      join public.images i on i.id = w.image_id
      join public.garments g on g.id = w.garment_id
      where i.order_id = o.id
    )
  )
  from public.image_orders o
  where o.id = image_order
$$;
comment on function public.read_image_order is
  'An order and its images, also those that were removed, which belong to what it came to; the pictures that they are made '
  'from, and what is worn in each. Null when the caller may not see it.';
grant execute on function public.read_image_order to authenticated;

create function public.image_to_repeat(image uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('image', to_jsonb(i), 'model', to_jsonb(m))
  from public.images i
  join public.ai_models m on m.id = i.model_id
  where i.id = image and i.removed_at is null
$$;
comment on function public.image_to_repeat is
  'An image and the model that it shows. Null when the caller may not see it, or removed it.';
grant execute on function public.image_to_repeat to authenticated;

-- 2. The sweep: what nobody has moved for too long, or at once, where all that ran is known to have stopped.

create function public.runs_to_start(
  most int default 100,
  after uuid default null,
  at_once boolean default false
) returns setof public.training_runs
language sql stable security definer set search_path = ''
as $$
  select r.* from public.training_runs r
  where (after is null or r.id > after)
    and croquis.is_working(r.status)
    and (
      at_once
      or r.updated_at < now() - case r.status when 'queued' then interval '1 minute' else interval '10 minutes' end
    )
  order by r.id
  limit most
$$;
comment on function public.runs_to_start is
  'A page of runs that have not moved for a minute while queued, or for ten minutes at a later stage, or at '
  'once all that work; after is the last id of the page before.';
grant execute on function public.runs_to_start to service_role;

create function public.images_to_start(
  most int default 100,
  after uuid default null,
  at_once boolean default false
) returns setof public.images
language sql stable security definer set search_path = ''
as $$
  select i.* from public.images i
  where (after is null or i.id > after)
    and i.kind <> 'preview'
    and croquis.is_open(i.status)
    and (
      at_once
      or i.updated_at < now() - case i.status when 'queued' then interval '1 minute' else interval '5 minutes' end
    )
  order by i.id
  limit most
$$;
comment on function public.images_to_start is
  'A page of ordered images that have not moved for a minute while queued, or for five minutes while running, or '
  'at once all that are open; after is the last id of the page before. Previews are left to their run.';
grant execute on function public.images_to_start to service_role;

create function public.overdue_runs(
  most int default 100,
  after uuid default null
) returns setof public.training_runs
language sql stable security definer set search_path = ''
as $$
  select r.* from public.training_runs r
  where (after is null or r.id > after)
    and croquis.is_working(r.status)
    and r.deadline_at < now()
  order by r.id
  limit most
$$;
comment on function public.overdue_runs is
  'A page of runs that have taken longer than their stage may, whatever the provider does; after is the last id of the '
  'page before (JB-03).';
grant execute on function public.overdue_runs to service_role;

create function public.results_waiting(
  most int default 100,
  after uuid default null
) returns setof public.training_runs
language sql stable security definer set search_path = ''
as $$
  select r.* from public.training_runs r
  where (after is null or r.id > after)
    and croquis.is_working(r.status)
    and r.weights_path is null
    and exists (
      select from public.provider_attempts a
      where a.run_id = r.id and a.provider_status = 'succeeded' and a.ended_at < now() - interval '30 minutes'
    )
  order by r.id
  limit most
$$;
comment on function public.results_waiting is
  'A page of runs that succeeded at the provider half an hour ago or earlier, and whose weights are not kept yet; after '
  'is the last id of the page before (JB-03).';
grant execute on function public.results_waiting to service_role;

create function public.overdue_images(
  most int default 100,
  after uuid default null
) returns setof public.images
language sql stable security definer set search_path = ''
as $$
  select i.* from public.images i
  where (after is null or i.id > after) and croquis.is_open(i.status) and i.deadline_at < now()
  order by i.id
  limit most
$$;
comment on function public.overdue_images is
  'A page of images, previews too, that are past their deadline; after is the last id of the page before (JB-03).';
grant execute on function public.overdue_images to service_role;

create function public.claim_uploads_to_check(
  most int default 100,
  at_once boolean default false
) returns setof public.storage_outbox
language sql security definer set search_path = ''
as $$
  -- materialized: read once, or a join could run it again and take more than asked
  with late as materialized (
    select l.object_id, l.version from public.storage_outbox l
    where l.done_at is null
      and (
        at_once
        or (
          l.created_at < now() - interval '10 seconds'
          and (l.claimed_at is null or l.claimed_at < now() - interval '5 minutes')
          and (l.looked_for_at is null or l.looked_for_at < now() - interval '5 minutes')
        )
      )
    order by l.created_at, l.object_id
    limit most
    for update skip locked
  )
  -- at once also takes a claim back, and does not count it as a check that died
  update public.storage_outbox o
  set looked_for_at = now(),
      claimed_at = case when not at_once then o.claimed_at end,
      attempts = o.attempts - (at_once and o.claimed_at is not null)::int
  from late
  where (o.object_id, o.version) = (late.object_id, late.version)
  returning o.*
$$;
comment on function public.claim_uploads_to_check is
  'Objects that landed ten seconds ago or earlier and that nobody has claimed in the last five minutes, or at once all '
  'that are not done, whoever has claimed them: the oldest ones. Whoever is given one has it to themselves for five '
  'minutes.';
grant execute on function public.claim_uploads_to_check to service_role;
