-- One reader of what the provider says about a run, by webhook, when asked, or in its list. For service_role only.

create function croquis.is_unwanted(attempt public.provider_attempts) returns boolean
language sql stable
as $$
  select coalesce(r.ended_at is not null or j.cancel_requested_at is not null, false)
    or coalesce(i.status = 'failed', false)
    or coalesce(coalesce(r.deadline_at, i.deadline_at) < now(), false)
  from (select) nothing
  left join public.training_runs r on r.id = attempt.run_id
  left join public.lora_training_jobs j on j.id = r.job_id
  left join public.images i on i.id = attempt.image_id
$$;
comment on function croquis.is_unwanted is
  'Whether what runs for this attempt should be stopped: canceled, over, or overdue.';

create function croquis.cost_of(
  kind public.run_kind,
  of_attempt uuid,
  seconds numeric
) returns numeric
language sql stable
as $$
  select coalesce(
    seconds * croquis.price_of(case cost_of.kind when 'training' then 'training' else i.engine end || '_second'),
    case when seconds > 0 and i.id is not null then a.expected_usd end,  -- as ordered: what it wears may be erased
    0
  )
  from (select) nothing
  left join public.provider_attempts a on a.id = of_attempt
  left join public.images i on i.id = a.image_id
$$;
comment on function croquis.cost_of is
  'What so many seconds of a run of this attempt cost: by the second, or else what was expected when it was ordered.';

create function croquis.nobody() returns uuid
language sql immutable parallel safe
return '00000000-0000-0000-0000-000000000000'::uuid;
comment on function croquis.nobody is
  'Who owns what an erasure leaves of rows on which money hangs: no caller may act for them.';

create function croquis.is_erased(of_attempt uuid) returns boolean
language sql stable
as $$
  select exists (
    select from public.provider_attempts a
    left join public.training_runs r on r.id = a.run_id
    left join public.images i on i.id = a.image_id
    where a.id = of_attempt and coalesce(r.owner_id, i.owner_id) = croquis.nobody()
  )
$$;
comment on function croquis.is_erased is
  'Whether the run or image of an attempt was erased: then only what it cost is kept of it.';

create function croquis.see_run(
  kind public.run_kind,
  seen jsonb,
  of_attempt uuid,
  certain boolean
) returns public.provider_runs
language plpgsql
as $$
declare
  looks_over boolean := certain and (seen ->> 'over')::boolean;
  patience interval := make_interval(secs => (seen ->> 'patience_seconds')::int);
  known public.provider_runs;
begin
  insert into public.provider_runs (id, kind, status) values (seen ->> 'id', see_run.kind, seen ->> 'status')
  on conflict (id) do nothing;
  select * into known from public.provider_runs p where p.id = seen ->> 'id' for update;
  known.attempt_id := coalesce(known.attempt_id, of_attempt);
  known.version := case when not croquis.is_erased(known.attempt_id) then coalesce(seen ->> 'version', known.version) end;
  known.created_at := coalesce((seen ->> 'created_at')::timestamptz, known.created_at);
  known.markers := (
    select coalesce(array_agg(distinct marker), '{}')
    from (select unnest(known.markers) union select jsonb_array_elements_text(seen -> 'markers')) as both_seen (marker)
  );
  known.doubted_since := case when looks_over then coalesce(known.doubted_since, now()) end;
  if certain and (not known.over or looks_over) then
    -- over is final, and what it cost only ever grows
    known.over := known.over or looks_over and known.doubted_since + patience <= now();
    known.status := seen ->> 'status';
    known.completed_at := coalesce((seen ->> 'completed_at')::timestamptz, known.completed_at);
    known.seconds := greatest(known.seconds, (seen ->> 'seconds')::numeric);
    known.cost_usd := greatest(known.cost_usd, croquis.cost_of(known.kind, known.attempt_id, known.seconds));
  end if;
  update public.provider_runs p
  set attempt_id = known.attempt_id,
      markers = known.markers,
      version = known.version,
      status = known.status,
      over = known.over,
      doubted_since = known.doubted_since,
      seconds = known.seconds,
      cost_usd = known.cost_usd,
      created_at = known.created_at,
      completed_at = known.completed_at,
      last_seen_at = now()
  where p.id = known.id
  returning * into known;
  return known;
end
$$;
comment on function croquis.see_run is
  'Keeps what is seen of a run. A webhook is not certain: it proves that the run exists, and no more. An end that '
  'leaves doubts counts when it is still seen after patience_seconds.';

create function croquis.lock_attempt(attempt_id uuid) returns public.provider_attempts
language plpgsql
as $$
declare
  locked public.provider_attempts;
begin
  select * into locked from public.provider_attempts a where a.id = attempt_id;
  -- the run or image first, as those who end it do: whoever comes second sees the other's end
  perform 1 from public.training_runs r where r.id = locked.run_id for update;
  perform 1 from public.images i where i.id = locked.image_id for update;
  select * into locked from public.provider_attempts a where a.id = attempt_id for update;
  return locked;
end
$$;
comment on function croquis.lock_attempt is
  'Locks the run or image of an attempt, then the attempt, and returns it; null when there is none.';

create function croquis.attempt_behind(seen jsonb) returns public.provider_attempts
language plpgsql
as $$
declare
  found_attempt public.provider_attempts;
begin
  select * into found_attempt from public.provider_attempts a
  where a.provider_id = seen ->> 'id'
    or a.listed_as = any (array(select jsonb_array_elements_text(seen -> 'markers')))
  order by (a.provider_id = seen ->> 'id') desc nulls last, a.created_at desc
  limit 1;
  return croquis.lock_attempt(found_attempt.id);
end
$$;
comment on function croquis.attempt_behind is
  'The attempt that a run belongs to, by its id or by the marker in its input, locked with its run or image; or null.';

create function public.saw_run(
  kind text,
  seen jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_attempt public.provider_attempts := croquis.attempt_behind(seen);
  before public.provider_runs;
  known public.provider_runs;
  unwanted boolean;
begin
  if of_attempt.id is null then
    return jsonb_build_object('attempt', null, 'cancel', false, 'news', false, 'look', false);  -- not ours
  end if;
  select * into before from public.provider_runs p where p.id = seen ->> 'id';
  known := croquis.see_run(saw_run.kind::public.run_kind, seen, of_attempt.id, true);
  if croquis.is_unanswered(of_attempt.state) then
    update public.provider_attempts a set provider_id = known.id, state = 'started'
    where a.id = of_attempt.id
    returning * into of_attempt;
    update public.webhook_inbox i set matched = true
    where i.attempt_id = of_attempt.id and i.provider_id = known.id;
  end if;
  if known.id = of_attempt.provider_id then
    if jsonb_typeof(seen -> 'log') = 'object' then
      perform public.record_progress(of_attempt.marker, known.id, seen -> 'log', true);  -- its event may have been lost
    end if;
    update public.provider_attempts a
    set missing_since = null,
        state = case when known.over then 'ended' else a.state end,
        provider_status = case when known.over then coalesce(seen ->> 'end', 'failed') end,
        output = case when known.over then seen -> 'output' end,
        error = case when known.over then left(seen ->> 'error', 2000) end,
        ended_at = case when known.over then now() end,
        callback_due = case when known.over and a.task_token is not null then now() end
    where a.id = of_attempt.id and (croquis.is_open(a.state) or a.state = 'lost')
    returning * into of_attempt;
    if not found then
      select * into of_attempt from public.provider_attempts a where a.id = known.attempt_id;
    elsif of_attempt.provider_status = 'succeeded' then
      -- from now on it is a result that waits, however late it came
      update public.training_runs r set deadline_at = now() + croquis.time_for('ingesting')
      where r.id = of_attempt.run_id and r.status in ('queued', 'preparing', 'training');
    end if;
  end if;
  unwanted := not known.over
    and (known.id is distinct from of_attempt.provider_id or croquis.is_unwanted(of_attempt));
  if unwanted then
    update public.provider_runs p set canceled_at = coalesce(p.canceled_at, now()) where p.id = known.id;
  end if;
  if exists (select from public.training_runs r where r.id = of_attempt.run_id and r.ended_at is not null) then
    update public.provider_attempts a set callback_due = null, task_token = null, output = null
    where a.id = of_attempt.id
    returning * into of_attempt;
  end if;
  if croquis.is_erased(of_attempt.id) then  -- its cost is booked below; what it made is nobody's (PR-06)
    update public.provider_attempts a set output = null, error = null
    where a.id = of_attempt.id
    returning * into of_attempt;
  end if;
  perform croquis.settle(of_attempt.run_id, of_attempt.image_id);
  return jsonb_build_object(
    'attempt', to_jsonb(of_attempt),
    'cancel', unwanted,
    'news', known.over and before.over is distinct from true or coalesce(before.cost_usd < known.cost_usd, false),
    'look', not known.over and known.doubted_since is not null
  );
end
$$;
comment on function public.saw_run is
  'Keeps what the provider itself says of a run, when asked or in its list: adopts it where its input holds the marker '
  'of an attempt without a known run, keeps its log, ends its attempt and books its cost. cancel: it should be stopped, '
  'because it is unwanted or a second run of its attempt. news: it was over, or cost more, without our knowing. look: it '
  'looks over, and only another answer can tell.';
grant execute on function public.saw_run to service_role;

create function public.saw_runs(
  kind text,
  seen jsonb
) returns jsonb
language sql security definer set search_path = ''
as $$
  -- the oldest first: of two runs of one marker it is the one to keep
  select coalesce(jsonb_agg(
    jsonb_build_object('id', each_run.run ->> 'id') || (answer - 'attempt')
  ), '[]')
  from (
    select run from jsonb_array_elements(seen) as run order by (run ->> 'created_at')::timestamptz offset 0
  ) each_run
  cross join lateral public.saw_run(kind, each_run.run) as answer
$$;
comment on function public.saw_runs is
  'saw_run for a part of the provider''s list: of each run its id, and whether to stop it, to look at it, or it is news.';
grant execute on function public.saw_runs to service_role;
