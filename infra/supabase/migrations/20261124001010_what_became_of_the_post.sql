-- What became of the POST of an attempt, as its caller tells it. For service_role only.

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
  set provider_id = attempt_started.provider_id, state = 'started'
  where a.id = attempt_id and croquis.is_unanswered(a.state);
  insert into public.provider_runs (id, kind, attempt_id, markers, status)
  select
    attempt_started.provider_id,
    case when a.run_id is null then 'image'::public.run_kind else 'training' end,
    a.id, array[a.listed_as], 'starting'
  from public.provider_attempts a
  where a.id = attempt_id
  on conflict (id) do nothing;
  return coalesce((
    select croquis.is_unwanted(a) or a.provider_id is distinct from attempt_started.provider_id
    from public.provider_attempts a
    where a.id = attempt_id
  ), false);
end
$$;
comment on function public.attempt_started is
  'Records the id that the POST was answered with. True when that run should be stopped: it is unwanted, or another one '
  'was found for this attempt before.';
grant execute on function public.attempt_started to service_role;

create function public.attempt_unknown(attempt_id uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set state = 'unknown', look_after = now() + interval '1 minute'
  where a.id = attempt_id and a.state = 'intent'
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
  update croquis.limits set closed_until = now() + interval '10 minutes' where reason like 'no_credit%';
  update public.provider_attempts a
  set state = void.state,
      error = left(reason, 2000),
      posted_at = null,
      ended_at = now(),
      task_token = null
  from unnest(array['refused', 'throttled']::public.attempt_state[]) as void (state)
  where a.id = attempt_id and croquis.is_unanswered(a.state) and void.state::text = outcome
$$;
comment on function public.attempt_not_started is
  'Ends an attempt for which the provider certainly started nothing: outcome is refused or throttled. Has no effect '
  'on an attempt whose run is known. For lack of credit nothing paid is ordered for ten minutes.';
grant execute on function public.attempt_not_started to service_role;

create function public.attempt_absent(attempt_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  unseen public.provider_attempts := croquis.lock_attempt(attempt_id);
begin
  if croquis.is_unanswered(unseen.state) and unseen.posted_at < now() - interval '10 minutes' then
    update public.provider_attempts a
    set state = 'absent',
        ended_at = now(),
        callback_due = case when a.task_token is not null then now() end
    where a.id = unseen.id
    returning * into unseen;
    perform croquis.settle(unseen.run_id, unseen.image_id);
  end if;
  return to_jsonb(unseen);
end
$$;
comment on function public.attempt_absent is
  'Records that the provider''s whole list, asked for more than ten minutes after the POST, does not show the order '
  '(MO-06), and wakes who waits. Returns the attempt; until those ten minutes are over it stays as it is.';
grant execute on function public.attempt_absent to service_role;
