-- What the provider says about a run, by webhook, when asked, or in its list. For service_role only.

-- 1. One reader of what is seen.

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
  known.version := coalesce(seen ->> 'version', known.version);
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
    known.cost_usd := known.seconds * (
      select p.usd from public.prices p
      where p.item = case known.kind when 'training' then 'training_second' else 'image_second' end
    );
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
    or a.listed_as in (select jsonb_array_elements_text(seen -> 'markers'))
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

-- 2. Webhooks: events that are stored before they are answered.

create function public.receive_webhook(
  webhook_id text,
  marker text,
  seen jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_attempt public.provider_attempts;
  agrees boolean;
  claims boolean;
  looks boolean;
begin
  select * into found_attempt from public.provider_attempts a where a.marker = receive_webhook.marker for update;
  if found_attempt.id is null then
    return jsonb_build_object('outcome', 'unknown_marker');
  end if;
  agrees := coalesce(found_attempt.provider_id = seen ->> 'id', false);
  -- the answer of the POST may come later than the first webhook: only what the signature covers counts, not the URL
  claims := not agrees
    and croquis.is_unanswered(found_attempt.state)
    and seen ->> 'address' is not distinct from found_attempt.marker
    and coalesce(seen -> 'markers' ? found_attempt.listed_as, false)
    and not exists (select from public.provider_attempts a where a.provider_id = seen ->> 'id');
  looks := claims or agrees and found_attempt.state = 'started'
    and (coalesce((seen ->> 'over')::boolean, false) or croquis.is_unwanted(found_attempt));
  if claims or agrees and (seen ->> 'over')::boolean then
    perform croquis.see_run(
      case when found_attempt.run_id is null then 'image'::public.run_kind else 'training' end,
      seen, found_attempt.id, false
    );
  end if;
  if (seen ->> 'over')::boolean then
    insert into public.webhook_inbox (provider, webhook_id, attempt_id, provider_id, status, matched)
    values ('replicate', receive_webhook.webhook_id, found_attempt.id, seen ->> 'id', seen ->> 'status', agrees)
    on conflict do nothing;
  end if;
  return jsonb_build_object(
    'outcome', case when agrees then 'stored' when claims then 'unconfirmed' else 'unmatched' end,
    'attempt_id', found_attempt.id,
    'kind', case when found_attempt.run_id is null then 'image' else 'training' end,
    'look', looks
  );
end
$$;
comment on function public.receive_webhook is
  'Stores a webhook before it is answered, once per webhook_id if it says how the run ended. The marker of the URL, '
  'the id in the body and our row must agree (WH-15); where our row has no id yet, the signed body must hold the marker '
  'twice, and even then the run is adopted only when the provider itself shows it. look: the caller asks the provider.';
grant execute on function public.receive_webhook to service_role;

create function croquis.without_words(
  lines text[],
  words text[]
) returns text[]
language sql immutable
as $$
  select coalesce(array_agg(
    case when lower(l.line) ~ ('\m(' || array_to_string(words, '|') || ')\M') then '[…]' else l.line end
    order by l.place
  ), '{}')
  from unnest(lines) with ordinality as l (line, place)
$$;
comment on function croquis.without_words is
  'The lines, without those that hold one of these words (small letters and digits only), whatever its case.';

create function croquis.words_of_person(job uuid) returns text[]
language sql stable
as $$
  -- the trigger word stands in every caption and prompt; what is shorter than three letters would hit too much
  select array_agg(word)
  from public.lora_training_jobs j
  cross join regexp_split_to_table(lower(concat_ws(' ', j.trigger_word, j.model_name)), '[^[:alnum:]]+') as word
  where j.id = job and char_length(word) >= 3
$$;
comment on function croquis.words_of_person is
  'By what a line of a log is known to be about the person: a caption, a prompt, a name.';

create function public.record_progress(
  marker text,
  provider_id text,
  log jsonb,
  at_once boolean
) returns boolean
language sql security definer set search_path = ''
as $$
  with told as (
    select bar.*, said.*
    from jsonb_to_record(log) as said (last_line int, lines jsonb, points jsonb)
    cross join jsonb_to_record(coalesce(nullif(log -> 'progress', 'null'), '{}')) as bar (
      step int, total int, loss float8, eta_seconds int
    )
  ), moved as (
    update public.training_runs r
    set step = coalesce(told.step, r.step),
        total_steps = coalesce(told.total, r.total_steps),
        loss = case when told.step is null then r.loss else told.loss end,
        eta_seconds = case when told.step is null then r.eta_seconds else told.eta_seconds end,
        progress_at = now()
    from told, public.provider_attempts a
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and a.run_id = r.id
      and a.state = 'started'
      and r.status = 'training'
      and coalesce(told.step, r.step, 0) >= coalesce(r.step, 0)
      and (at_once or r.progress_at is null or r.progress_at <= now() - interval '2 seconds')
    returning r.id, r.owner_id, r.job_id
  ), kept as (
    insert into public.training_logs as l (run_id, owner_id, last_line, lines, points, purge_after)
    select
      moved.id,
      moved.owner_id,
      told.last_line,
      croquis.without_words(
        array(select jsonb_array_elements_text(told.lines)),
        croquis.words_of_person(moved.job_id)
      ),
      told.points,
      croquis.purge_after(croquis.logs_kept())
    from moved, told
    on conflict (run_id) do update
    set last_line = excluded.last_line,
        lines = excluded.lines,
        points = excluded.points,
        purge_after = excluded.purge_after
    where excluded.last_line >= l.last_line
  )
  select exists (
    select from public.provider_attempts a join public.training_runs r on r.id = a.run_id
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and r.ended_at is null
  )
$$;
comment on function public.record_progress is
  'Shows how far a training is, and the end of its log: one conditional update, never backwards, and at most every two '
  'seconds unless at_once is true, for what the provider said when it was asked (WH-19). False when the run is over or '
  'not ours; then receive_webhook decides.';
grant execute on function public.record_progress to service_role;

-- 3. Looks.

create function public.read_attempt(attempt_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'attempt', to_jsonb(a),
    'overdue', coalesce(r.deadline_at, i.deadline_at) < now(),
    'quarantined', a.posted_at > now() - interval '10 minutes'
  )
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.images i on i.id = a.image_id
  where a.id = attempt_id
$$;
comment on function public.read_attempt is
  'An attempt with its task token, whether it is overdue, and whether its POST is so fresh that a list without it '
  'proves nothing; null when there is none.';
grant execute on function public.read_attempt to service_role;

create function public.attempt_of_run(
  job uuid,
  run_no int
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select public.read_attempt(a.id)
  from public.provider_attempts a join public.training_runs r on r.id = a.run_id
  where r.job_id = job and r.run = run_no
  order by a.attempt desc
  limit 1
$$;
comment on function public.attempt_of_run is
  'The newest attempt of a run as read_attempt has it, or null.';
grant execute on function public.attempt_of_run to service_role;

create function public.attempt_of_image(image uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select public.read_attempt(a.id)
  from public.provider_attempts a
  where a.image_id = image
  order by a.attempt desc
  limit 1
$$;
comment on function public.attempt_of_image is
  'The newest attempt of an image as read_attempt has it, or null.';
grant execute on function public.attempt_of_image to service_role;

create function public.attempt_missing(attempt_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  missed public.provider_attempts := croquis.lock_attempt(attempt_id);
  verdict public.attempt_state;
begin
  update public.provider_attempts a set missing_since = coalesce(a.missing_since, now())
  where a.id = attempt_id and a.state = 'started'
  returning * into missed;
  if missed.missing_since < now() - interval '1 minute' then
    verdict := case
      -- a training that stays queued for 30 minutes vanishes; it never ran
      when missed.posted_at < now() - interval '30 minutes' and not exists (
        select from public.provider_runs p where p.id = missed.provider_id and p.status <> 'starting'
      ) then 'ended'
      when missed.posted_at < now() - interval '118 minutes' then 'lost'
    end;
  end if;
  if verdict is not null then
    update public.provider_attempts a
    set state = verdict,
        provider_status = case verdict when 'ended' then 'aborted' end,
        error = 'gone',
        ended_at = now(),
        callback_due = case when a.task_token is not null then now() end
    where a.id = missed.id;
    perform croquis.settle(missed.run_id, missed.image_id);
  end if;
  return (select to_jsonb(a) from public.provider_attempts a where a.id = attempt_id);
end
$$;
comment on function public.attempt_missing is
  'Records that the provider neither knows nor lists the run, and returns the attempt. A run that was never seen to work '
  'is gone after 30 minutes and a second such look; one that was is looked for again until it is lost, two hours after '
  'its order.';
grant execute on function public.attempt_missing to service_role;

create function public.claim_attempts_to_ask(most int default 100) returns setof uuid
language sql security definer set search_path = ''
as $$
  -- materialized: read once, or a join could run it again and take more than asked
  with late as materialized (
    select b.id from public.provider_attempts b
    where croquis.is_open(b.state) and b.look_after < now()
    order by b.look_after
    limit most
    for update skip locked
  )
  update public.provider_attempts a set look_after = now() + interval '4 minutes'
  from late
  where a.id = late.id
  returning a.id
$$;
comment on function public.claim_attempts_to_ask is
  'Claims open attempts that nobody has looked at for four minutes, so that a lost end is known within ten; two sweeps '
  'at once never get the same one '
  '(JB-03, JB-04).';
grant execute on function public.claim_attempts_to_ask to service_role;
