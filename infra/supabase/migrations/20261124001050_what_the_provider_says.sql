-- What the provider says about an attempt, by webhook or when it is asked. For service_role only.

-- 1. Webhooks: events that are stored before they are answered.

create function public.receive_webhook(
  webhook_id text,
  marker text,
  provider_id text,
  status text,
  terminal boolean
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_attempt public.provider_attempts;
  agrees boolean;
  undone boolean;
begin
  select * into found_attempt from public.provider_attempts a where a.marker = receive_webhook.marker for update;
  if found_attempt.id is null then
    return jsonb_build_object('outcome', 'unknown_marker');
  end if;
  -- the answer of the POST may come later than the first webhook: the signed id is adopted (WH-16)
  if found_attempt.provider_id is null and croquis.is_unanswered(found_attempt.state) then
    update public.provider_attempts a set provider_id = receive_webhook.provider_id, state = 'started'
    where a.id = found_attempt.id
    returning * into found_attempt;
  end if;
  agrees := coalesce(found_attempt.provider_id = receive_webhook.provider_id, false);
  if terminal then
    insert into public.webhook_inbox (provider, webhook_id, attempt_id, provider_id, status, matched)
    values (
      'replicate',
      receive_webhook.webhook_id,
      found_attempt.id,
      receive_webhook.provider_id,
      receive_webhook.status,
      agrees
    )
    on conflict do nothing;
  end if;
  -- the first word of a run whose cancel had no id to go to (MO-09)
  select r.ended_at is not null or j.cancel_requested_at is not null into undone
  from public.training_runs r join public.lora_training_jobs j on j.id = r.job_id
  where r.id = found_attempt.run_id;
  return jsonb_build_object(
    'outcome', case when agrees then 'stored' else 'unmatched' end,
    'attempt_id', found_attempt.id,
    'look', agrees and found_attempt.state = 'started' and (terminal or coalesce(undone, false))
  );
end
$$;
comment on function public.receive_webhook is
  'Stores a webhook before it is answered, once per webhook_id if it says how the run ended. The marker of the URL, '
  'the id in the body and our row must agree (WH-15). If look is true, the caller asks the provider.';
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

-- 2. Looks: what the provider says when it is asked.

create function public.read_attempt(attempt_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'attempt', to_jsonb(a),
    'cancel_wanted',
      coalesce(r.ended_at is not null or j.cancel_requested_at is not null, false)
      or coalesce(i.status = 'failed', false),
    'overdue', coalesce(r.deadline_at, i.deadline_at) < now()
  )
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.lora_training_jobs j on j.id = r.job_id
  left join public.images i on i.id = a.image_id
  where a.id = attempt_id
$$;
comment on function public.read_attempt is
  'An attempt with its task token, whether its run should be canceled at the provider, and whether it is overdue; '
  'null when there is none.';
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

create function public.attempt_missing(attempt_id uuid) returns boolean
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set missing_since = coalesce(a.missing_since, now())
  where a.id = attempt_id
  returning a.missing_since < now() - interval '1 minute'
$$;
comment on function public.attempt_missing is
  'Records that the provider does not know the run. True only from a minute after the first such look: a 404 counts '
  'when a second look says the same (SF-04).';
grant execute on function public.attempt_missing to service_role;

create function public.attempt_found(attempt_id uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set missing_since = null where a.id = attempt_id and a.missing_since is not null
$$;
comment on function public.attempt_found is
  'Records that the provider knows the run: an earlier 404 no longer counts.';
grant execute on function public.attempt_found to service_role;

create function public.claim_attempts_to_ask(most int default 100) returns setof uuid
language sql security definer set search_path = ''
as $$
  -- materialized: read once, or a join could run it again and take more than asked
  with late as materialized (
    select b.id from public.provider_attempts b
    where b.state = 'started' and b.look_after < now()
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
  'Claims started attempts that nobody has looked at for four minutes, so that a lost end is known within ten; two sweeps at once never get the same one '
  '(JB-03, JB-04).';
grant execute on function public.claim_attempts_to_ask to service_role;
