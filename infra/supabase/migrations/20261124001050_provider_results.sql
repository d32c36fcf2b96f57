-- What the provider says about an attempt, by webhook or when it is asked, and the callback that wakes the workflow.
-- For service_role only.

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

create function public.record_progress(
  marker text,
  provider_id text,
  step int,
  total_steps int,
  loss float8,
  eta_seconds int
) returns boolean
language sql security definer set search_path = ''
as $$
  with moved as (
    update public.training_runs r
    set step = record_progress.step,
        total_steps = record_progress.total_steps,
        loss = record_progress.loss,
        eta_seconds = record_progress.eta_seconds,
        progress_at = now()
    from public.provider_attempts a
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and a.run_id = r.id
      and a.state = 'started'
      and r.status = 'training'
      and coalesce(r.step, -1) < record_progress.step
      and (r.progress_at is null or r.progress_at <= now() - interval '2 seconds')
    returning 1
  )
  select exists (
    select from public.provider_attempts a join public.training_runs r on r.id = a.run_id
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and r.ended_at is null
  )
$$;
comment on function public.record_progress is
  'Shows how far a training is: one conditional update, at most every two seconds, never backwards (WH-19). False '
  'when the run is over or not ours; then receive_webhook decides.';
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
  update public.provider_attempts a set look_after = now() + interval '5 minutes'
  from late
  where a.id = late.id
  returning a.id
$$;
comment on function public.claim_attempts_to_ask is
  'Claims started attempts that nobody has looked at for five minutes; two sweeps at once never get the same one '
  '(JB-03, JB-04).';
grant execute on function public.claim_attempts_to_ask to service_role;

-- 3. The end: result, money, callback.

create function croquis.settle_image(image uuid) returns void
language plpgsql
as $$
declare
  settled public.images;
  paid numeric;
begin
  if exists (select from public.provider_attempts a where a.image_id = image and croquis.is_open(a.state)) then
    return;  -- what may still cost money stays reserved
  end if;
  select coalesce(sum(a.actual_usd), 0) into paid from public.provider_attempts a where a.image_id = image;
  update public.images i set money = case when paid > 0 then 'settled'::public.money_state else 'released' end
  where i.id = image and i.money = 'reserved' and not croquis.is_open(i.status)
  returning * into settled;
  if settled.id is not null then
    update public.spend_accounts s
    set reserved_usd = s.reserved_usd - settled.reserved_usd,
        spent_usd = s.spent_usd + paid
    where s.owner_id = settled.owner_id;
  end if;
end
$$;
comment on function croquis.settle_image is
  'Books the cost of an image and frees the rest: once, when it is done and no attempt of it is open (MO-10).';

create function public.record_result(
  attempt_id uuid,
  provider_status text,
  output jsonb,
  error text,
  seconds numeric
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  ended public.provider_attempts;
begin
  -- the run or image first, as those who end it do: whoever comes second sees the other's end, and settles the money
  perform 1 from public.training_runs r
  where r.id = (select a.run_id from public.provider_attempts a where a.id = attempt_id)
  for update;
  perform 1 from public.images i
  where i.id = (select a.image_id from public.provider_attempts a where a.id = attempt_id)
  for update;
  update public.provider_attempts a
  set state = 'ended',
      provider_status = record_result.provider_status,
      output = record_result.output,
      error = left(record_result.error, 2000),
      seconds = record_result.seconds,
      ended_at = now(),
      actual_usd = coalesce(record_result.seconds, 0) * (
        select p.usd from public.prices p
        where p.item = case when a.run_id is null then 'image_second' else 'training_second' end
      ),
      callback_due = case when a.task_token is not null then now() end
  where a.id = attempt_id and croquis.is_open(a.state)
  returning * into ended;
  if ended.id is null then
    select * into ended from public.provider_attempts a where a.id = attempt_id;
  elsif ended.run_id is not null and exists (
    select from public.training_runs r where r.id = ended.run_id and r.ended_at is not null
  ) then
    perform croquis.settle_run(ended.run_id);
    update public.provider_attempts a set callback_due = null, task_token = null, output = null
    where a.id = ended.id
    returning * into ended;
  elsif ended.image_id is not null then
    perform croquis.settle_image(ended.image_id);
  end if;
  return to_jsonb(ended);
end
$$;
comment on function public.record_result is
  'Ends an attempt with what the provider says; the first end wins and is returned (SF-07). Whoever finds both token '
  'and result on the row sends the callback.';
grant execute on function public.record_result to service_role;

create function public.forget_token(attempt_id uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set task_token = null where a.id = attempt_id
$$;
comment on function public.forget_token is
  'Forgets the token of a task that is over, so that nobody is woken with it (SF-11).';
grant execute on function public.forget_token to service_role;

create function public.callback_sent(
  attempt_id uuid,
  token text
) returns boolean
language sql security definer set search_path = ''
as $$
  with sent as (
    update public.provider_attempts a set callback_sent_at = now(), task_token = null
    where a.id = attempt_id and a.task_token = token and a.callback_due is not null
    returning 1
  )
  select exists (select from sent)
$$;
comment on function public.callback_sent is
  'Records that the task was woken. False, and without effect, when a newer token is stored or nothing was due.';
grant execute on function public.callback_sent to service_role;

create function public.callbacks_due(most int default 100) returns setof public.provider_attempts
language sql stable security definer set search_path = ''
as $$
  select a.* from public.provider_attempts a
  where a.callback_due < now() - interval '1 minute'
    and a.callback_sent_at is null
    and a.task_token is not null
  order by a.callback_due
  limit most
$$;
comment on function public.callbacks_due is
  'Attempts whose result has waited a minute for its callback, the longest first.';
grant execute on function public.callbacks_due to service_role;
