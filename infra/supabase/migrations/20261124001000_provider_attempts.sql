-- One paid run per order: the intent before its effect. For service_role only.

create function croquis.paid_work_waits(
  owner uuid,
  usd numeric
) returns boolean
language plpgsql
as $$
declare
  limits croquis.limits;
begin
  -- locked: those who are about to post take turns, and whoever has closed the switch knows that nobody is past it
  select * into limits from croquis.limits for no key update;
  return not limits.accept_jobs
    or limits.closed_until > now()
    or croquis.usd_posted_in_a_day() + usd > limits.usd_per_day
    or (
      select coalesce(sum(a.expected_usd), 0) + usd > limits.owner_usd_per_day
      from public.provider_attempts a
      where a.owner_id = owner and a.posted_at > now() - interval '1 day'
    );
end
$$;
comment on function croquis.paid_work_waits is
  'Whether the switch, a lack of credit, or a cap in dollars a day, of the owner or of all, stands against one more '
  'paid call now (MO-12).';

create function croquis.open_attempt(
  attempt uuid,
  marker text,
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
  posts boolean := false;
  waits boolean := false;
begin
  select * into last from public.provider_attempts a
  where coalesce(a.run_id, a.image_id) = coalesce(open_attempt.run_id, open_attempt.image_id)
  order by a.attempt desc
  limit 1
  for update;
  if last.id = open_attempt.attempt then
    posts := last.state = 'intent';  -- whoever opened it did not hear the answer
  elsif croquis.is_open(last.state) then
    -- an intent that somebody left behind is not known to have failed: it is looked for, never posted again
    update public.provider_attempts a
    set task_token = coalesce(token, a.task_token),
        state = case a.state when 'intent' then 'unknown' else a.state end
    where a.id = last.id
    returning * into last;
  elsif last.state = 'ended' then
    update public.provider_attempts a set task_token = token, callback_due = now(), callback_sent_at = null
    where a.id = last.id
    returning * into last;
  elsif last.id is null or last.state = 'throttled' and last.attempt < 200 or last.state = 'absent' and 2 > (
    select count(*) from public.provider_attempts a
    where coalesce(a.run_id, a.image_id) = coalesce(last.run_id, last.image_id) and a.posted_at is not null
  ) then
    waits := croquis.paid_work_waits(owner, expected_usd);
    posts := not waits;
  end if;
  if posts and last.id is distinct from open_attempt.attempt then
    insert into public.provider_attempts (
      id, run_id, image_id, owner_id,
      attempt, marker, seed, nonce,
      task_token, expected_usd, look_after
    )
    values (
      open_attempt.attempt, open_attempt.run_id, open_attempt.image_id, owner,
      coalesce(last.attempt, 0) + 1,
      open_attempt.marker,
      (select i.seed from public.images i where i.id = open_attempt.image_id and i.source_image_id is null),
      (select ceil(random() * 999999)::int from public.images i
       where i.id = open_attempt.image_id and i.source_image_id is null),
      token, open_attempt.expected_usd, now() + interval '4 minutes'
    )
    returning * into last;
  end if;
  return jsonb_build_object(
    'post', posts,
    'wait', waits,
    'attempt', case when last.id is not null then to_jsonb(last) - 'task_token' end
  );
end
$$;
comment on function croquis.open_attempt is
  'Exactly one caller per attempt gets post = true (MO-02), and gets it again when it asks again with the same id; '
  'while an attempt is open only the newer token is stored (SF-10). One that ended gives its result to the newer '
  'token. Another attempt follows one that was throttled, or is absent while fewer than two have been posted (MO-06). '
  'wait = true: nothing stands against it but the switch or a cap.';

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
  attempt uuid,
  marker text,
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
  if not croquis.consents_to((select j.consent_id from public.lora_training_jobs j where j.id = job), 'train') then
    perform croquis.refuse(410, 'canceled', 'The consent for this person no longer allows a training.');
  end if;
  opened := croquis.open_attempt(
    attempt, marker, of_run.id, null, of_run.owner_id, token, of_run.reserved_usd
  );
  if (opened ->> 'post')::boolean or (opened ->> 'wait')::boolean then
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
  'attempt that is open or over is returned instead of a new one. While it has to wait its deadline moves on. 410 when '
  'the run is canceled or over.';
grant execute on function public.open_training_attempt to service_role;

create function public.open_image_attempt(
  image uuid,
  attempt uuid,
  marker text,
  token text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_image public.images;
  of_source public.images;
  of_job public.lora_training_jobs;
  wanted boolean;
  opened jsonb;
begin
  select * into of_image from public.images i where i.id = image for update;
  if of_image.id is null or not croquis.is_open(of_image.status) then
    perform croquis.refuse(410, 'run_over', 'This image is done.');
  end if;
  select * into of_source from public.images i where i.id = of_image.source_image_id for share;
  if not croquis.was_ordered(of_image.id) then
    select * into of_job from public.lora_training_jobs j where j.id = of_image.job_id;
    wanted := case of_image.kind
      when 'preview' then of_job.cancel_requested_at is null
      else (select m.status = 'active' from public.ai_models m where m.id = of_image.model_id)
    end;
    if not wanted or not croquis.consents_to(of_job.consent_id, croquis.use_of(of_image.kind)) then
      perform croquis.refuse(410, 'canceled', 'The consent does not allow it, or the model is no longer active.');
    end if;
    if of_source.id is not null and (croquis.why_not_made_from(of_source)).code is not null then
      perform croquis.refuse(410, 'canceled', 'The picture that it is made from was removed or refused.');
    end if;
    if of_image.kind = 'try_on' and (croquis.why_not_engine(of_image.engine)).code is not null then
      perform croquis.refuse(410, 'canceled', 'Its engine may not be ordered any more.');
    end if;
  end if;
  update public.images i set status = 'running' where i.id = of_image.id returning * into of_image;
  opened := croquis.open_attempt(
    attempt, marker, null, of_image.id, of_image.owner_id, token,
    croquis.price_of_image(of_image)
  );
  if (opened ->> 'wait')::boolean and of_image.kind = 'preview' then
    -- a review is not kept from its owner for a day because a preview has to wait
    if of_image.deadline_at < now() then
      perform croquis.refuse(410, 'canceled', 'This preview could not be ordered in time.');
    end if;
  elsif (opened ->> 'wait')::boolean then
    update public.images i set deadline_at = now() + croquis.time_for_image()
    where i.id = of_image.id
    returning * into of_image;
  end if;
  return opened || jsonb_build_object(
    'image', to_jsonb(of_image),
    'source', case when of_source.id is not null then to_jsonb(of_source) end,
    'try_on', croquis.try_on_of(of_image)
  );
end
$$;
comment on function public.open_image_attempt is
  'Writes down the intent to order an image and keeps the task token; source is the picture that it is made from, try_on what its engine puts on. The '
  'caller posts only if post is true; an attempt that is open or over is returned instead of a new one. While it has to '
  'wait its deadline moves on. 410 when the image is done or no longer wanted.';
grant execute on function public.open_image_attempt to service_role;
