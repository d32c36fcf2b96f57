-- One paid run per order: intent before effect, outcome, webhook, result, callback. For service_role only.

create function croquis.open_attempt(run_id uuid, image_id uuid, owner uuid, token text, expected_usd numeric) returns jsonb
language plpgsql as $$
declare
  last public.provider_attempts;
  fresh uuid := gen_random_uuid();
begin
  select * into last from public.provider_attempts a
  where coalesce(a.run_id, a.image_id) = coalesce(open_attempt.run_id, open_attempt.image_id) order by a.attempt desc limit 1 for update;
  if last.state in ('intent', 'unknown', 'started') then
    -- an intent that somebody left behind is not known to have failed: it is looked at, never posted again
    update public.provider_attempts a set task_token = coalesce(token, a.task_token),
      state = case a.state when 'intent' then 'unknown' else a.state end where a.id = last.id returning * into last;
    return jsonb_build_object('post', false, 'attempt', to_jsonb(last) - 'task_token');
  end if;
  if last.state = 'ended' then
    update public.provider_attempts a set task_token = token, callback_due = now(), callback_sent_at = null
    where a.id = last.id returning * into last;
  end if;
  if last.state in ('ended', 'refused') then
    return jsonb_build_object('post', false, 'attempt', to_jsonb(last) - 'task_token');
  end if;
  if coalesce(last.attempt, 0) >= 20 then
    perform croquis.refuse(410, 'too_many_attempts', 'The provider was too busy for too long.', 'Try again later.');
  end if;
  insert into public.provider_attempts (id, run_id, image_id, owner_id, attempt, marker, seed, task_token, expected_usd, look_after)
  values (fresh, open_attempt.run_id, open_attempt.image_id, owner, coalesce(last.attempt, 0) + 1,
    'cq' || replace(gen_random_uuid()::text, '-', ''),
    case when open_attempt.image_id is not null then coalesce(
      (select i.seed from public.images i where i.id = open_attempt.image_id), floor(random() * 2147483647)::bigint) end,
    token, open_attempt.expected_usd, now() + interval '5 minutes') returning * into last;
  return jsonb_build_object('post', true, 'attempt', to_jsonb(last) - 'task_token');
end $$;
comment on function croquis.open_attempt is
  'MO-02, SF-10: post = true for exactly one caller per attempt; with an open attempt only the newer token is stored.';

create function public.open_training_attempt(job uuid, run_no int, token text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
  opened jsonb;
begin
  if of_run.ended_at is not null then
    perform croquis.refuse(410, 'run_over', 'This run is over.', '');
  end if;
  if not exists (select from public.provider_attempts a where a.run_id = of_run.id and a.state in ('intent', 'unknown', 'started', 'ended'))
     and (select j.cancel_requested_at is not null from public.lora_training_jobs j where j.id = job) then
    perform croquis.refuse(410, 'canceled', 'The owner canceled this run.', '');
  end if;
  if not croquis.consent_stands((select j.consent_id from public.lora_training_jobs j where j.id = job)) then
    perform croquis.refuse(410, 'canceled', 'The consent for this person was withdrawn.', '');
  end if;
  opened := croquis.open_attempt(of_run.id, null, of_run.owner_id, token, of_run.reserved_usd);
  if (opened->>'post')::boolean then
    -- over before the state's own time-out of 120 minutes, so that Ask provider then finds it overdue (JB-03)
    update public.training_runs r set deadline_at = now() + interval '115 minutes' where r.id = of_run.id returning * into of_run;
  end if;
  of_run := croquis.advance(of_run, 'training');
  return opened || croquis.run_view(of_run);
end $$;

create function public.open_image_attempt(image uuid, token text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  picture public.images;
  model public.ai_models;
begin
  select * into picture from public.images i where i.id = image for update;
  if picture.id is null or picture.status in ('saved', 'failed') then
    perform croquis.refuse(410, 'run_over', 'This picture is done.', '');
  end if;
  select * into model from public.ai_models m where m.id = picture.model_id;
  if not exists (select from public.provider_attempts a where a.image_id = picture.id and a.state in ('intent', 'unknown', 'started', 'ended'))
     and (not croquis.consent_stands((select j.consent_id from public.lora_training_jobs j where j.id = picture.job_id))
          or (picture.kind = 'preview' and (select j.cancel_requested_at is not null from public.lora_training_jobs j where j.id = picture.job_id))
          or (picture.kind <> 'preview' and model.status <> 'active')) then
    perform croquis.refuse(410, 'canceled', 'The consent was withdrawn or the model is no longer active.', '');
  end if;
  update public.images i set status = 'running' where i.id = picture.id returning * into picture;
  return croquis.open_attempt(null, picture.id, picture.owner_id, token, (select p.usd from public.prices p where p.item = 'image'))
    || jsonb_build_object('image', to_jsonb(picture),
         'provider_version', (select r.provider_version from public.training_runs r where r.job_id = picture.job_id and r.run = picture.run));
end $$;

create function public.attempt_started(attempt_id uuid, provider_id text) returns void
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set provider_id = coalesce(a.provider_id, attempt_started.provider_id),
    state = case when a.state in ('intent', 'unknown') then 'started' else a.state end
  where a.id = attempt_id
$$;
comment on function public.attempt_started is 'The POST''s answer; a webhook may have brought the same id before.';

create function public.attempt_unknown(attempt_id uuid) returns void
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set state = 'unknown' where a.id = attempt_id and a.state = 'intent'
$$;

create function public.attempt_not_started(attempt_id uuid, outcome text, reason text) returns void
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set state = outcome, error = left(reason, 2000), ended_at = now(), task_token = null
  where a.id = attempt_id and a.state in ('intent', 'unknown') and a.provider_id is null and outcome in ('refused', 'throttled')
$$;

create function public.receive_webhook(webhook_id text, marker text, provider_id text, status text, terminal boolean) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  found_attempt public.provider_attempts;
  agrees boolean;
begin
  select * into found_attempt from public.provider_attempts a where a.marker = receive_webhook.marker for update;
  if found_attempt.id is null then
    return jsonb_build_object('outcome', 'unknown_marker');
  end if;
  -- the answer of the POST may come later than the first webhook: the signed id is adopted (WH-16)
  if found_attempt.provider_id is null and found_attempt.state in ('intent', 'unknown') then
    update public.provider_attempts a set provider_id = receive_webhook.provider_id, state = 'started'
    where a.id = found_attempt.id returning * into found_attempt;
  end if;
  agrees := found_attempt.provider_id = receive_webhook.provider_id;
  if terminal then
    insert into public.webhook_inbox (provider, webhook_id, attempt_id, provider_id, status, matched)
    values ('replicate', receive_webhook.webhook_id, found_attempt.id, receive_webhook.provider_id, receive_webhook.status, coalesce(agrees, false))
    on conflict do nothing;
  end if;
  return jsonb_build_object('outcome', case when agrees then 'stored' else 'unmatched' end, 'attempt_id', found_attempt.id,
    'look', coalesce(agrees, false) and found_attempt.state = 'started' and (terminal or
      -- the first word of a run whose cancel had no id to go to (MO-09)
      coalesce((select r.ended_at is not null or j.cancel_requested_at is not null from public.training_runs r
        join public.lora_training_jobs j on j.id = r.job_id where r.id = found_attempt.run_id), false)));
end $$;
comment on function public.receive_webhook is 'Stores the hint before it is answered. Marker in the URL, id in the body and row must agree (WH-15).';

create function public.record_progress(marker text, provider_id text, step int, total_steps int, loss float8, eta_seconds int) returns boolean
language sql security definer set search_path = '' as $$
  with moved as (
    update public.training_runs r set step = record_progress.step, total_steps = record_progress.total_steps,
      loss = record_progress.loss, eta_seconds = record_progress.eta_seconds, progress_at = now()
    from public.provider_attempts a
    where a.marker = record_progress.marker and a.provider_id = record_progress.provider_id and a.run_id = r.id and a.state = 'started'
      and r.status = 'training' and coalesce(r.step, -1) < record_progress.step
      and (r.progress_at is null or r.progress_at <= now() - interval '2 seconds')
    returning 1)
  select exists (select from public.provider_attempts a join public.training_runs r on r.id = a.run_id
    where a.marker = record_progress.marker and a.provider_id = record_progress.provider_id and r.ended_at is null)
$$;
comment on function public.record_progress is
  'WH-19: one conditional update, at most one per two seconds, never backwards. False: not of a run that goes on, so receive_webhook decides.';

create function public.read_attempt(attempt_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('attempt', to_jsonb(a),
    'cancel_wanted', coalesce(r.ended_at is not null or j.cancel_requested_at is not null, false) or coalesce(i.status = 'failed', false),
    'overdue', coalesce(r.deadline_at, i.deadline_at) < now())
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.lora_training_jobs j on j.id = r.job_id
  left join public.images i on i.id = a.image_id
  where a.id = attempt_id
$$;

create function public.attempt_of_run(job uuid, run_no int) returns uuid
language sql stable security definer set search_path = '' as $$
  select a.id from public.provider_attempts a join public.training_runs r on r.id = a.run_id
  where r.job_id = job and r.run = run_no order by a.attempt desc limit 1
$$;

create function public.attempt_of_image(image uuid) returns uuid
language sql stable security definer set search_path = '' as $$
  select a.id from public.provider_attempts a where a.image_id = image order by a.attempt desc limit 1
$$;

create function public.attempt_missing(attempt_id uuid) returns boolean
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set missing_since = coalesce(a.missing_since, now()) where a.id = attempt_id
  returning a.missing_since < now() - interval '1 minute'
$$;
comment on function public.attempt_missing is 'A 404 counts only when a second look, a minute later, says the same (SF-04).';

create function public.attempt_found(attempt_id uuid) returns void
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set missing_since = null where a.id = attempt_id and a.missing_since is not null
$$;
comment on function public.attempt_found is 'The provider knows the run after all: an earlier 404 does not count any more.';

create function croquis.settle_image(image uuid) returns void language plpgsql as $$
declare
  settled public.images;
  paid numeric;
begin
  if exists (select from public.provider_attempts a where a.image_id = image and a.state in ('intent', 'unknown', 'started')) then
    return;
  end if;
  select coalesce(sum(a.actual_usd), 0) into paid from public.provider_attempts a where a.image_id = image;
  update public.images i set money = case when paid > 0 then 'settled' else 'released' end
  where i.id = image and i.money = 'reserved' and i.status in ('saved', 'failed') returning * into settled;
  if settled.id is not null then
    update public.spend_accounts s set reserved_usd = s.reserved_usd - settled.reserved_usd, spent_usd = s.spent_usd + paid
    where s.owner_id = settled.owner_id;
  end if;
end $$;

create function public.record_result(attempt_id uuid, provider_status text, output jsonb, error text, seconds numeric) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  ended public.provider_attempts;
begin
  -- the run or picture first, as those who end it do: whoever comes second sees the other's end, and settles the money
  perform 1 from public.training_runs r where r.id = (select a.run_id from public.provider_attempts a where a.id = attempt_id) for update;
  perform 1 from public.images i where i.id = (select a.image_id from public.provider_attempts a where a.id = attempt_id) for update;
  update public.provider_attempts a set state = 'ended', provider_status = record_result.provider_status, output = record_result.output,
    error = left(record_result.error, 2000), seconds = record_result.seconds, ended_at = now(),
    actual_usd = coalesce(record_result.seconds, 0) * (select p.usd from public.prices p where p.item = case when a.run_id is null then 'image_second' else 'training_second' end),
    callback_due = case when a.task_token is not null then now() end
  where a.id = attempt_id and a.state in ('intent', 'unknown', 'started') returning * into ended;
  if ended.id is null then
    select * into ended from public.provider_attempts a where a.id = attempt_id;
  elsif ended.run_id is not null and exists (select from public.training_runs r where r.id = ended.run_id and r.ended_at is not null) then
    perform croquis.settle_run(ended.run_id);
    update public.provider_attempts a set callback_due = null, task_token = null, output = null where a.id = ended.id returning * into ended;
  elsif ended.image_id is not null then
    perform croquis.settle_image(ended.image_id);
  end if;
  return to_jsonb(ended);
end $$;
comment on function public.record_result is 'SF-07: the first terminal truth wins; whoever sees both token and result sends the callback.';

create function public.forget_token(attempt_id uuid) returns void
language sql security definer set search_path = '' as $$
  update public.provider_attempts a set task_token = null where a.id = attempt_id
$$;
comment on function public.forget_token is 'The task that waited on it is over: nobody is to be woken with this token (SF-11).';

create function public.callback_sent(attempt_id uuid, token text) returns boolean
language sql security definer set search_path = '' as $$
  with sent as (update public.provider_attempts a set callback_sent_at = now(), task_token = null
    where a.id = attempt_id and a.task_token = token and a.callback_due is not null returning 1)
  select exists (select from sent)
$$;

create function public.callbacks_due(most int default 100) returns setof public.provider_attempts
language sql stable security definer set search_path = '' as $$
  select a.* from public.provider_attempts a
  where a.callback_due < now() - interval '1 minute' and a.callback_sent_at is null and a.task_token is not null
  order by a.callback_due limit most
$$;

create function public.attempts_to_ask(most int default 100) returns setof uuid
language sql security definer set search_path = '' as $$
  -- materialized: read once, or a join could run it again and take more than asked
  with late as materialized (select b.id from public.provider_attempts b
    where b.state = 'started' and b.look_after < now() order by b.look_after limit most for update skip locked)
  update public.provider_attempts a set look_after = now() + interval '5 minutes' from late where a.id = late.id
  returning a.id
$$;
comment on function public.attempts_to_ask is 'JB-03, JB-04: every started attempt is looked at every five minutes, by one sweep at a time.';

revoke execute on all functions in schema croquis from public, anon, authenticated, service_role;
revoke execute on function public.open_training_attempt, public.open_image_attempt, public.attempt_started, public.attempt_unknown,
  public.attempt_not_started, public.receive_webhook, public.record_progress, public.read_attempt, public.attempt_of_run, public.attempt_of_image,
  public.attempt_missing, public.attempt_found, public.record_result, public.forget_token, public.callback_sent, public.callbacks_due, public.attempts_to_ask
  from public, anon, authenticated, service_role;
grant execute on function public.open_training_attempt, public.open_image_attempt, public.attempt_started, public.attempt_unknown,
  public.attempt_not_started, public.receive_webhook, public.record_progress, public.read_attempt, public.attempt_of_run, public.attempt_of_image,
  public.attempt_missing, public.attempt_found, public.record_result, public.forget_token, public.callback_sent, public.callbacks_due, public.attempts_to_ask
  to service_role;
