-- One paid run per order: the intent before its effect, and what became of the POST. What the provider says later is in
-- the next file. For service_role only.

-- 1. Intent.

create function croquis.open_attempt(
  run_id uuid,
  image_id uuid,
  owner uuid,
  token text,
  expected_usd numeric
) returns jsonb
language plpgsql
as $$
declare
  last public.provider_attempts;
begin
  select * into last from public.provider_attempts a
  where coalesce(a.run_id, a.image_id) = coalesce(open_attempt.run_id, open_attempt.image_id)
  order by a.attempt desc
  limit 1
  for update;
  if croquis.is_open(last.state) then
    -- an intent that somebody left behind is not known to have failed: it is looked at, never posted again
    update public.provider_attempts a
    set task_token = coalesce(token, a.task_token),
        state = case a.state when 'intent' then 'unknown' else a.state end
    where a.id = last.id
    returning * into last;
    return jsonb_build_object('post', false, 'attempt', to_jsonb(last) - 'task_token');
  end if;
  if last.state = 'ended' then
    update public.provider_attempts a set task_token = token, callback_due = now(), callback_sent_at = null
    where a.id = last.id
    returning * into last;
  end if;
  if last.state in ('ended', 'refused') then
    return jsonb_build_object('post', false, 'attempt', to_jsonb(last) - 'task_token');
  end if;
  if coalesce(last.attempt, 0) >= 20 then
    perform croquis.refuse(410, 'too_many_attempts', 'The provider was too busy for too long.', 'Try again later.');
  end if;
  insert into public.provider_attempts (
    run_id, image_id, owner_id,
    attempt, marker, seed,
    task_token, expected_usd, look_after
  )
  values (
    open_attempt.run_id, open_attempt.image_id, owner,
    coalesce(last.attempt, 0) + 1,
    'cq' || replace(gen_random_uuid()::text, '-', ''),
    case when open_attempt.image_id is not null then coalesce(
      (select i.seed from public.images i where i.id = open_attempt.image_id),
      floor(random() * 2147483647)::bigint
    ) end,
    token, open_attempt.expected_usd, now() + interval '4 minutes'
  )
  returning * into last;
  return jsonb_build_object('post', true, 'attempt', to_jsonb(last) - 'task_token');
end
$$;
comment on function croquis.open_attempt is
  'Exactly one caller per attempt gets post = true (MO-02); while an attempt is open only the newer token is stored '
  '(SF-10). One that ended gives its result to the newer token.';

create function croquis.was_ordered(subject uuid) returns boolean
language sql stable
as $$
  select exists (
    select from public.provider_attempts a
    where coalesce(a.run_id, a.image_id) = subject and not croquis.is_void(a.state)
  )
$$;
comment on function croquis.was_ordered is
  'Whether the provider may have taken an order for this run or image.';

create function public.open_training_attempt(
  job uuid,
  run_no int,
  token text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_open_run(job, run_no);
  opened jsonb;
begin
  if croquis.cancel_requested(job) and not croquis.was_ordered(of_run.id) then
    perform croquis.refuse(410, 'canceled', 'The owner canceled this run.');
  end if;
  if not croquis.consent_stands((select j.consent_id from public.lora_training_jobs j where j.id = job)) then
    perform croquis.refuse(410, 'canceled', 'The consent for this person was withdrawn.');
  end if;
  opened := croquis.open_attempt(of_run.id, null, of_run.owner_id, token, of_run.reserved_usd);
  if (opened ->> 'post')::boolean then
    -- over before the state's own time-out of 120 minutes, so that Ask provider then finds it overdue (JB-03)
    update public.training_runs r set deadline_at = now() + croquis.time_for('training')
    where r.id = of_run.id
    returning * into of_run;
  end if;
  of_run := croquis.advance(of_run, 'training');
  return opened || croquis.run_view(of_run);
end
$$;
comment on function public.open_training_attempt is
  'Writes down the intent to order a training and keeps the task token. The caller posts only if post is true; an '
  'attempt that is open or over is returned instead of a new one. 410 when the run is canceled or over.';
grant execute on function public.open_training_attempt to service_role;

create function public.open_image_attempt(
  image uuid,
  token text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_image public.images;
  of_job public.lora_training_jobs;
  wanted boolean;
begin
  select * into of_image from public.images i where i.id = image for update;
  if of_image.id is null or not croquis.is_open(of_image.status) then
    perform croquis.refuse(410, 'run_over', 'This image is done.');
  end if;
  if not croquis.was_ordered(of_image.id) then
    select * into of_job from public.lora_training_jobs j where j.id = of_image.job_id;
    wanted := case of_image.kind
      when 'preview' then of_job.cancel_requested_at is null
      else (select m.status = 'active' from public.ai_models m where m.id = of_image.model_id)
    end;
    if not wanted or not croquis.consent_stands(of_job.consent_id) then
      perform croquis.refuse(410, 'canceled', 'The consent was withdrawn or the model is no longer active.');
    end if;
  end if;
  update public.images i set status = 'running' where i.id = of_image.id returning * into of_image;
  return croquis.open_attempt(
    null,
    of_image.id,
    of_image.owner_id,
    token,
    (select p.usd from public.prices p where p.item = 'image')
  ) || jsonb_build_object(
    'image', to_jsonb(of_image),
    'provider_version', (
      select r.provider_version from public.training_runs r
      where r.job_id = of_image.job_id and r.run = of_image.run
    )
  );
end
$$;
comment on function public.open_image_attempt is
  'Writes down the intent to order an image and keeps the task token. The caller posts only if post is true; an '
  'attempt that is open or over is returned instead of a new one. 410 when the image is done or no longer wanted.';
grant execute on function public.open_image_attempt to service_role;

-- 2. What became of the POST.

create function public.attempt_started(
  attempt_id uuid,
  provider_id text
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  -- the job first, as its owner's cancel does: of the two, whoever comes second sees what the other did (MO-09)
  perform 1
  from public.lora_training_jobs j
  join public.training_runs r on r.job_id = j.id
  join public.provider_attempts a on a.run_id = r.id
  where a.id = attempt_id
  for share of j;
  update public.provider_attempts a
  set provider_id = coalesce(a.provider_id, attempt_started.provider_id),
      state = case when croquis.is_unanswered(a.state) then 'started' else a.state end
  where a.id = attempt_id;
  return coalesce((public.read_attempt(attempt_id) ->> 'cancel_wanted')::boolean, false);
end
$$;
comment on function public.attempt_started is
  'Records the id that the POST was answered with, unless a webhook has brought one before. True when the run should '
  'be canceled at the provider.';
grant execute on function public.attempt_started to service_role;

create function public.attempt_unknown(attempt_id uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set state = 'unknown' where a.id = attempt_id and a.state = 'intent'
$$;
comment on function public.attempt_unknown is
  'Records that the answer to the POST was lost: the provider may be at work. Has no effect once more is known.';
grant execute on function public.attempt_unknown to service_role;

create function public.attempt_not_started(
  attempt_id uuid,
  outcome text,
  reason text
) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a
  set state = void.state,
      error = left(reason, 2000),
      ended_at = now(),
      task_token = null
  from unnest(enum_range(null::public.attempt_state)) as void (state)
  where a.id = attempt_id
    and croquis.is_unanswered(a.state)
    and a.provider_id is null
    and void.state::text = outcome
    and croquis.is_void(void.state)
$$;
comment on function public.attempt_not_started is
  'Ends an attempt for which the provider certainly started nothing: outcome is refused or throttled. Has no effect '
  'on an attempt whose run is known.';
grant execute on function public.attempt_not_started to service_role;
