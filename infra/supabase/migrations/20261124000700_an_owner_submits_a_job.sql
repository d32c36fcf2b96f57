-- Submit: whatever stands against a run is asked for again here, because anyone signed in may call it over HTTP.

-- 1. One order per key.

create function croquis.order_before(
  owner uuid,
  key text,
  operation text,
  request jsonb
) returns uuid
language plpgsql
as $$
declare
  fingerprint constant text := encode(sha256(convert_to(request::text, 'UTF8')), 'hex');
  seen public.idempotency_keys;
begin
  if key is null or char_length(key) not between 8 and 200 then
    perform croquis.refuse(400, 'no_idempotency_key',
      'This call needs an Idempotency-Key of 8 to 200 characters: without one a repeated call would be a second order.',
      'Send a fresh random key with each order, and the same key when you repeat the same call.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended(owner::text || key, 0));
  select * into seen from public.idempotency_keys k where k.owner_id = owner and k.key = order_before.key;
  if seen.key is not null and (seen.operation, seen.request_sha256) <> (order_before.operation, fingerprint) then
    perform croquis.refuse(409, 'idempotency_key_reused',
      'This Idempotency-Key was used for another request.',
      'Send a fresh key with a new order.');
  end if;
  return seen.subject;
end
$$;
comment on function croquis.order_before is
  'What this key ordered before, or null; callers with the same key take turns (MO-11). request is what the caller '
  'sent, never what we make of it: the next release may make something else of the same.';

create function croquis.remember_order(
  owner uuid,
  key text,
  operation text,
  request jsonb,
  subject uuid
) returns void
language sql
as $$
  insert into public.idempotency_keys (owner_id, key, operation, request_sha256, subject)
  values (owner, key, operation, encode(sha256(convert_to(request::text, 'UTF8')), 'hex'), subject)
$$;
comment on function croquis.remember_order is
  'Keeps what this key ordered, in the transaction of the order.';

-- 2. A run.

create function croquis.open_run(
  of_job public.lora_training_jobs,
  parameters jsonb
) returns public.lora_training_jobs
language plpgsql
as $$
declare
  planned public.training_runs := croquis.planned_run(parameters);
  moved public.lora_training_jobs;
begin
  perform croquis.hold_owner(of_job.owner_id);
  perform croquis.refuse(croquis.why_not_start(of_job, planned));
  insert into public.training_runs (
    job_id, run, owner_id,
    preset, steps, lora_rank, learning_rate, resolution, caption_dropout_rate,
    expected_seconds, expected_review_seconds, expected_weights_bytes, reserved_usd, deadline_at
  )
  values (
    of_job.id, coalesce(of_job.current_run, 0) + 1, of_job.owner_id,
    planned.preset, planned.steps, planned.lora_rank, planned.learning_rate, planned.resolution,
    planned.caption_dropout_rate,
    planned.expected_seconds, croquis.expected_review_seconds(planned),
    planned.expected_weights_bytes, planned.reserved_usd, now() + croquis.time_for('queued')
  )
  returning * into planned;
  perform croquis.reserve(of_job.owner_id, planned.id, null, planned.reserved_usd);
  update public.lora_training_jobs j
  set status = 'queued',
      current_run = coalesce(j.current_run, 0) + 1,
      cancel_requested_at = null,
      ended_at = null
  where j.id = of_job.id
  returning * into moved;
  return moved;
end
$$;
comment on function croquis.open_run is
  'Checks everything, reserves the money, adds the run and queues the job: all or nothing. Its callers have checked, '
  'under the job''s lock, that it may be queued.';

create function public.submit_training(
  job uuid,
  idempotency_key text,
  parameters jsonb default '{}',
  sent_sha256 text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  request jsonb := jsonb_build_object('job', job, 'sent', coalesce(to_jsonb(sent_sha256), parameters));
  of_job public.lora_training_jobs;
begin
  if croquis.order_before(owner, idempotency_key, 'submit', request) is not null then
    perform croquis.job_of_caller(job);
    return public.read_training(job);
  end if;
  of_job := croquis.job_of_caller(job);
  perform croquis.refuse(croquis.why_not_submit(of_job));
  perform croquis.open_run(of_job, parameters);
  perform croquis.remember_order(owner, idempotency_key, 'submit', request, of_job.id);
  return public.read_training(job);
end
$$;
comment on function public.submit_training is
  'Reserves the money for the first run of a draft with 8 to 12 different accepted photos, and queues the job, '
  'which it returns as read_training has it. The same key with the same request returns the job as it is now and costs '
  'nothing; sent_sha256 is the hash of the request as it came in, where parameters were made of one.';
grant execute on function public.submit_training to authenticated;
