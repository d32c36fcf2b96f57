-- What a run would be before it is ordered: its parameters, what it is expected to take, and why it would be refused.
-- Submit asks here, and so does the job's view, so that both say the same.

-- 1. What it is and takes.

create function croquis.expected_weights_bytes(
  preset text,
  lora_rank int
) returns bigint
language sql immutable
as $$
  -- all 494 linear modules of FLUX.1-dev at 2 bytes (F16), with compact four proj_out layers; plus the header
  select case preset
    when 'compact' then 4 * 18432::bigint * lora_rank * 2 + 2000
    else 5369856::bigint * lora_rank * 2 + 134000
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

create function croquis.planned_run(parameters jsonb) returns public.training_runs
language plpgsql stable
as $$
declare
  known constant text[] :=
    array['preset', 'steps', 'lora_rank', 'learning_rate', 'resolution', 'caption_dropout_rate'];
  chosen_preset text := coalesce(parameters ->> 'preset', 'full');
  planned public.training_runs;
begin
  planned.steps :=
    coalesce((parameters ->> 'steps')::int, case chosen_preset when 'identity' then 2000 else 1000 end);
  planned.lora_rank :=
    coalesce((parameters ->> 'lora_rank')::int,
      case chosen_preset when 'compact' then 48 when 'identity' then 32 else 16 end);
  planned.learning_rate :=
    coalesce((parameters ->> 'learning_rate')::float8, case chosen_preset when 'identity' then 1e-4 else 4e-4 end);
  planned.resolution := coalesce(parameters ->> 'resolution', '768,1024');
  planned.caption_dropout_rate := coalesce((parameters ->> 'caption_dropout_rate')::float8, 0.05);
  if (case jsonb_typeof(parameters) when 'object' then parameters - known <> '{}' else parameters is not null end) then
    perform croquis.refuse(422, 'unknown_parameter',
      'parameters holds something that is not a parameter of a training.',
      'Send an object of preset, steps, lora_rank, learning_rate, resolution and caption_dropout_rate; leave out what '
      'you do not choose.');
  end if;
  if chosen_preset <> all (enum_range(null::public.preset)::text[])
     or planned.steps not between 3 and 3000
     or planned.lora_rank not between 1 and 64
     or planned.learning_rate not between 1e-6 and 1e-2
     or planned.caption_dropout_rate not between 0 and 1
     or planned.resolution not in ('512', '768', '1024', '512,768', '768,1024', '512,768,1024') then
    perform croquis.refuse(422, 'out_of_range',
      'A training parameter is out of its range.',
      'preset full|compact|identity, steps 3-3000, lora_rank 1-64, learning_rate 1e-6 to 1e-2, resolution of 512, 768, 1024, '
      'caption_dropout_rate 0-1.');
  end if;
  planned.preset := chosen_preset::public.preset;
  planned.expected_weights_bytes := croquis.expected_weights_bytes(chosen_preset, planned.lora_rank);
  planned.expected_seconds := croquis.expected_seconds(planned.steps, planned.resolution);
  planned.reserved_usd :=
    planned.expected_seconds * croquis.price_of('training_second');
  return planned;
end
$$;
comment on function croquis.planned_run is
  'The run that these parameters would open: what is left out comes from the preset; with the seconds and the money '
  'that it is expected to take. Refuses what is no parameter or out of its range.';

-- 2. Why it would be refused.

create function croquis.refusals_to_reserve(
  owner uuid,
  usd numeric
) returns setof croquis.refusal
language plpgsql stable
as $$
begin
  if not (select accept_jobs from croquis.limits) then
    return next (503, 'closed',
      'No new paid work is accepted at the moment.',
      'Try again later.')::croquis.refusal;
  end if;
  if not exists (
    select from public.spend_accounts a
    where a.owner_id = owner and a.limit_usd - a.spent_usd - a.reserved_usd >= usd
  ) then
    return next (402, 'spend_limit',
      format('This order may cost $%s, more than your spending limit leaves.', round(usd, 2)),
      'Ask for a higher limit, or wait until running work is settled.')::croquis.refusal;
  end if;
end
$$;
comment on function croquis.refusals_to_reserve is
  'Every reason why an owner, who has a spend account, cannot reserve that much now.';

create function croquis.refusals_to_start(
  of_job public.lora_training_jobs,
  planned public.training_runs
) returns setof croquis.refusal
language plpgsql stable
as $$
declare
  awaited int;
  checking int;
  accepted int;
  contents int;
  refusal croquis.refusal;
begin
  select
    count(*) filter (where p.status = 'awaiting_upload'),
    count(*) filter (where p.status in ('uploaded', 'checking')),
    count(*) filter (where p.status = 'accepted'),
    count(distinct p.sha256) filter (where p.status = 'accepted')
  into awaited, checking, accepted, contents
  from public.training_photos p
  where p.job_id = of_job.id;
  if awaited > 0 then
    return next (409, 'photos_not_uploaded',
      case awaited when 1 then '1 photo has' else format('%s photos have', awaited) end || ' not arrived yet.',
      'Wait for the upload, upload again, or remove what is not needed.')::croquis.refusal;
  end if;
  if checking > 0 then
    return next (409, 'photos_being_checked',
      case checking when 1 then '1 photo is' else format('%s photos are', checking) end || ' still being checked.',
      'Wait a moment, or remove what is not needed.')::croquis.refusal;
  end if;
  if contents not between 8 and 12 then
    return next (409, 'wrong_number_of_photos',
      format('A training needs 8 to 12 accepted photos; this job has %s%s.',
        contents, case when accepted > contents then ', because the same file twice counts once' end),
      'Add or replace photos until at least 8 different ones are accepted.')::croquis.refusal;
  end if;
  refusal := croquis.why_not_consented(of_job.consent_id, 'train');
  if refusal.code is not null then
    return next refusal;
  end if;
  refusal := croquis.why_no_time(of_job);
  if refusal.code is not null then
    return next refusal;
  end if;
  if (select count(*) from public.training_runs r
      where r.owner_id = of_job.owner_id and r.created_at > now() - interval '1 day')
     >= (select trainings_per_day from croquis.limits) then
    return next (429, 'too_many_trainings',
      'You have started as many trainings today as are allowed.',
      'Go on tomorrow.')::croquis.refusal;
  end if;
  if planned.expected_weights_bytes
     > (select b.file_size_limit from storage.buckets b where b.id = 'lora-weights')
     or planned.expected_weights_bytes >= (select weights_refused_bytes from croquis.limits) then
    return next (422, 'weights_too_large',
      format('These weights would have about %s MB, more than the storage accepts.',
        planned.expected_weights_bytes / 1000000),
      'Choose the preset compact or a lower lora_rank, or have the storage''s file size limit raised: the project''s '
      'own and that of the bucket lora-weights.')::croquis.refusal;
  end if;
  if planned.expected_seconds > 6600 then
    return next (422, 'too_long',
      format('This training would take about %s minutes, more than the 110 allowed.', planned.expected_seconds / 60),
      'Choose fewer steps.')::croquis.refusal;
  end if;
  return query select * from croquis.refusals_to_reserve(of_job.owner_id, planned.reserved_usd);
end
$$;
comment on function croquis.refusals_to_start is
  'Every reason why a job that may be queued cannot start this run now, the most telling first: photos, consent, the '
  'photos'' end, caps, size, time, money.';

create function croquis.why_not_start(
  of_job public.lora_training_jobs,
  planned public.training_runs
) returns croquis.refusal
language sql stable
as $$
  select why from croquis.refusals_to_start(of_job, planned) as why limit 1
$$;
comment on function croquis.why_not_start is
  'The first of them. Submit, retry and the quotes in the job''s view all ask here.';

create function croquis.why_not_submit(of_job public.lora_training_jobs) returns croquis.refusal
language sql stable
as $$
  select case when of_job.status <> 'draft' then (409, 'already_submitted',
    format('This job was submitted before; it is %s now.', of_job.status),
    'Read the job; for another try, with other photos too, use its review.')::croquis.refusal end
$$;
comment on function croquis.why_not_submit is
  'Why the state of the job stands against a submit.';

create function croquis.why_not_retry(of_job public.lora_training_jobs) returns croquis.refusal
language sql stable
as $$
  select case when of_job.status not in ('in_review', 'failed') or of_job.photos_purged_at is not null then (409, 'no_retry',
    format('A job that is %s cannot be tried again.', of_job.status),
    'Open a new job with the photos.')::croquis.refusal end
$$;
comment on function croquis.why_not_retry is
  'Why the state of the job stands against a retry.';

-- 3. For its owner.

create function public.training_quotes(job uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'preset', planned.preset,
    'expected_seconds', planned.expected_seconds,
    'expected_usd', planned.reserved_usd,
    'refusal', case when refusal.code is not null then to_jsonb(refusal) - 'http_status' end
  ) order by planned.preset), '[]')
  from public.lora_training_jobs j
  cross join unnest(enum_range(null::public.preset)) as preset
  cross join croquis.planned_run(jsonb_build_object('preset', preset)) as planned
  cross join croquis.why_not_start(j, planned) as refusal
  where j.id = job and public.may_act(j.owner_id)
    and croquis.may_move(j.status, 'queued') and j.photos_purged_at is null
$$;
comment on function public.training_quotes is
  'What a run of each preset would reserve if its owner started it now, and why that would be refused. Empty when the '
  'job cannot be queued, and for everybody who may not act for its owner.';
grant execute on function public.training_quotes to authenticated;
