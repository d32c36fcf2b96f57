-- Submit: ranges, consent, caps and money are checked here, because anyone signed in may call it straight over HTTP.

-- 1. One order per key, and money for it.

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
      'This call costs money and needs an Idempotency-Key of 8 to 200 characters.',
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
  'What this key ordered before, or null; callers with the same key take turns (MO-11).';

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

create function croquis.reserve(
  owner uuid,
  usd numeric
) returns void
language plpgsql
as $$
begin
  if not (select accept_jobs from croquis.limits) then
    perform croquis.refuse(503, 'closed',
      'No new paid work is accepted at the moment.',
      'Try again later.');
  end if;
  perform croquis.hold_owner(owner);
  update public.spend_accounts a set reserved_usd = a.reserved_usd + usd
  where a.owner_id = owner and a.limit_usd - a.spent_usd - a.reserved_usd >= usd;
  if not found then
    perform croquis.refuse(402, 'spend_limit',
      format('This order may cost $%s, more than your spending limit leaves.', round(usd, 2)),
      'Ask for a higher limit, or wait until running work is settled.');
  end if;
end
$$;
comment on function croquis.reserve is
  'Reserves money in the transaction of the order; it is settled or released exactly once (MO-10).';

-- 2. A run.

create function croquis.check_consent_and_caps(of_job public.lora_training_jobs) returns void
language plpgsql
as $$
begin
  if not croquis.consent_stands(of_job.consent_id) then
    perform croquis.refuse(403, 'consent_withdrawn',
      'The consent for this person was withdrawn.',
      'Open a new job with a new consent.');
  end if;
  perform croquis.hold_owner(of_job.owner_id);
  if (select count(*) from public.training_runs r
      where r.owner_id = of_job.owner_id and r.created_at > now() - interval '1 day')
     >= (select trainings_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_trainings',
      'You have started as many trainings today as are allowed.',
      'Go on tomorrow.');
  end if;
end
$$;
comment on function croquis.check_consent_and_caps is
  'Refuses a run that its consent or the day''s cap does not allow.';

create function croquis.expected_weights_bytes(
  preset text,
  lora_rank int
) returns bigint
language sql immutable
as $$
  -- full: all 494 linear modules of FLUX.1-dev at 2 bytes (F16); compact: four proj_out layers; plus the header
  select case preset
    when 'full' then 5369856::bigint * lora_rank * 2 + 134000
    else 4 * 18432::bigint * lora_rank * 2 + 2000
  end
$$;
comment on function croquis.expected_weights_bytes is
  'The size of the weights to a few kilobytes; the same formula as in domain/runs/training.py.';

create function croquis.expected_seconds(
  steps int,
  resolution text
) returns int
language sql immutable
as $$
  -- 1.1 s per step measured at the default buckets, 1.6 times that where every step is at 1024, and a minute of set-up
  select ceil(steps * 1.1 * case resolution when '1024' then 1.6 else 1 end)::int + 60
$$;
comment on function croquis.expected_seconds is
  'The seconds that the provider will bill; the same formula as in domain/runs/training.py.';

create function croquis.open_run(
  of_job public.lora_training_jobs,
  parameters jsonb
) returns public.lora_training_jobs
language plpgsql
as $$
declare
  known constant text[] :=
    array['preset', 'steps', 'lora_rank', 'learning_rate', 'resolution', 'caption_dropout_rate'];
  chosen_preset text := coalesce(parameters ->> 'preset', 'full');
  rank int := coalesce((parameters ->> 'lora_rank')::int, case chosen_preset when 'compact' then 48 else 16 end);
  chosen_steps int := coalesce((parameters ->> 'steps')::int, 1000);
  rate float8 := coalesce((parameters ->> 'learning_rate')::float8, 4e-4);
  buckets text := coalesce(parameters ->> 'resolution', '768,1024');
  dropout float8 := coalesce((parameters ->> 'caption_dropout_rate')::float8, 0.05);
  bytes bigint;
  seconds int;
  usd numeric;
  moved public.lora_training_jobs;
begin
  if (case jsonb_typeof(parameters) when 'object' then parameters - known <> '{}' else parameters is not null end) then
    perform croquis.refuse(422, 'unknown_parameter',
      'parameters holds something that is not a parameter of a training.',
      'Send an object of preset, steps, lora_rank, learning_rate, resolution and caption_dropout_rate; leave out what '
      'you do not choose.');
  end if;
  if chosen_preset <> all (enum_range(null::public.preset)::text[])
     or chosen_steps not between 3 and 3000
     or rank not between 1 and 64
     or rate not between 1e-6 and 1e-2
     or dropout not between 0 and 1
     or buckets not in ('512', '768', '1024', '512,768', '768,1024', '512,768,1024') then
    perform croquis.refuse(422, 'out_of_range',
      'A training parameter is out of its range.',
      'preset full|compact, steps 3-3000, lora_rank 1-64, learning_rate 1e-6 to 1e-2, resolution of 512, 768, 1024, '
      'caption_dropout_rate 0-1.');
  end if;
  bytes := croquis.expected_weights_bytes(chosen_preset, rank);
  if bytes > (select b.file_size_limit from storage.buckets b where b.id = 'lora-weights') then
    perform croquis.refuse(422, 'weights_too_large',
      format('These weights would have about %s MB, more than the storage accepts.', bytes / 1000000),
      'Choose the preset compact or a lower lora_rank, or raise the file size limit of the bucket lora-weights.');
  end if;
  seconds := croquis.expected_seconds(chosen_steps, buckets);
  if seconds > 6600 then
    perform croquis.refuse(422, 'too_long',
      format('This training would take about %s minutes, more than the 110 allowed.', seconds / 60),
      'Choose fewer steps.');
  end if;
  usd := seconds * (select p.usd from public.prices p where p.item = 'training_second');
  perform croquis.reserve(of_job.owner_id, usd);
  insert into public.training_runs (
    job_id, run, owner_id,
    preset, steps, lora_rank, learning_rate, resolution, caption_dropout_rate,
    expected_seconds, expected_weights_bytes, reserved_usd, deadline_at
  )
  values (
    of_job.id, coalesce(of_job.current_run, 0) + 1, of_job.owner_id,
    chosen_preset::public.preset, chosen_steps, rank, rate, buckets, dropout,
    seconds, bytes, usd, now() + interval '3 hours'
  );
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
  'Checks the parameters, reserves the money, adds the run and queues the job: all or nothing. Its callers have '
  'checked, under the job''s lock, that it may be queued.';

create function public.submit_training(
  job uuid,
  idempotency_key text,
  parameters jsonb default '{}'
) returns public.lora_training_jobs
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  request jsonb := jsonb_build_object('job', job, 'parameters', parameters);
  of_job public.lora_training_jobs;
  unchecked int;
  accepted int;
  contents int;
begin
  if croquis.order_before(owner, idempotency_key, 'submit', request) is not null then
    return croquis.job_of_caller(job);
  end if;
  of_job := croquis.job_of_caller(job);
  if of_job.status <> 'draft' then
    perform croquis.refuse(409, 'already_submitted',
      format('This job was submitted before; it is %s now.', of_job.status),
      'Read the job; for another try use its review, for other photos open a new job.');
  end if;
  select count(*) into unchecked
  from public.training_photos p
  where p.job_id = of_job.id and p.status = 'checking';
  if unchecked > 0 then
    perform croquis.refuse(409, 'photos_being_checked',
      case unchecked when 1 then '1 photo is' else format('%s photos are', unchecked) end || ' still being checked.',
      'Wait until the job shows none that is checking, and submit again with the same Idempotency-Key.');
  end if;
  select count(*), count(distinct p.sha256) into accepted, contents
  from public.training_photos p
  where p.job_id = of_job.id and p.status = 'accepted';
  if contents not between 8 and 12 then
    perform croquis.refuse(409, 'wrong_number_of_photos',
      format('A training needs 8 to 12 accepted photos; this job has %s%s.',
        contents, case when accepted > contents then ', because the same file twice counts once' end),
      'Add or replace photos until at least 8 different ones are accepted.');
  end if;
  perform croquis.check_consent_and_caps(of_job);
  of_job := croquis.open_run(of_job, parameters);
  perform croquis.remember_order(owner, idempotency_key, 'submit', request, of_job.id);
  return of_job;
end
$$;
comment on function public.submit_training is
  'Reserves the money for the first run of a draft with 8 to 12 different accepted photos, and queues the job. The '
  'same key with the same request returns the job as it is now and costs nothing.';
grant execute on function public.submit_training to authenticated;
