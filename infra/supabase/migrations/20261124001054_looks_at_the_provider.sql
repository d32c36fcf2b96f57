-- Who asks the provider: what a worker reads before it does, and what a missing run means. For service_role only.

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
