-- How a run fails or is canceled, and how one that died is started again. For service_role only.

create function croquis.result_waits(of_run public.training_runs) returns boolean
language sql stable
as $$
  select of_run.deadline_at > now()
    and of_run.ended_at is null
    and not croquis.cancel_requested(of_run.job_id)
    and exists (
      select from public.provider_attempts a
      where a.run_id = of_run.id and a.state = 'ended' and a.provider_status = 'succeeded'
    )
$$;
comment on function croquis.result_waits is
  'Whether the provider delivered a result that was paid and may still become a model: then nothing but a verdict about '
  'the result itself fails the run.';

create function public.begin_failure(
  job uuid,
  run_no int
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
begin
  return jsonb_build_object(
    'run', to_jsonb(of_run),
    'newest', public.attempt_of_run(job, run_no),
    'result_waits', croquis.result_waits(of_run)
  );
end
$$;
comment on function public.begin_failure is
  'Returns the run, its newest attempt, and whether its result waits: what must be known and undone before the run may be '
  'called failed. Changes nothing.';
grant execute on function public.begin_failure to service_role;

create function public.record_failure(
  job uuid,
  run_no int,
  code text,
  sentence text,
  hint text
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
  canceled boolean;
begin
  if of_run.ended_at is not null or not croquis.may_move(of_run.status, 'failed') then
    return of_run.status;
  end if;
  canceled := croquis.cancel_requested(job);
  if of_run.deadline_at > now() and exists (
    select from public.provider_attempts a where a.run_id = of_run.id and croquis.is_unanswered(a.state)
  ) then
    perform croquis.refuse(409, 'attempt_unknown', 'Whether the provider runs this training is not known yet.');
  end if;
  if croquis.result_waits(of_run) and code not in ('weights_refused', 'images_missing') then
    perform croquis.refuse(409, 'result_waits', 'The provider has delivered a result, and nothing is wrong with it.');
  end if;
  update public.training_runs r
  set status = case when canceled then 'canceled'::public.run_status else 'failed' end,
      ended_at = now(),
      failure_code = case when not canceled then code end,
      failure_sentence = case when not canceled then sentence end,
      failure_hint = case when not canceled then hint end
  where r.id = of_run.id
  returning * into of_run;
  update public.lora_training_jobs j
  set status = of_run.status::text::public.job_status,
      ended_at = now()
  where j.id = job and j.current_run = run_no;
  -- the model of an earlier run: a failed job may be tried again, a canceled one is over for good
  update public.ai_models m set status = 'archived' where canceled and m.job_id = job and m.status = 'candidate';
  if not canceled and code = 'weights_too_large' then
    update croquis.limits set weights_refused_bytes = least(weights_refused_bytes, of_run.expected_weights_bytes);
  end if;
  perform croquis.settle(of_run.id, null);
  update public.provider_attempts a set task_token = null where a.run_id = of_run.id;
  return of_run.status;
end
$$;
comment on function public.record_failure is
  'Ends a run as failed, or as canceled if its owner asked for that, and returns its status. A registered run no '
  'longer fails. Until its deadline the call is refused (409) while it is not known whether the provider runs the '
  'training, and where the training succeeded, unless the verdict is about its result. After weights_too_large no run '
  'of such weights starts until the storage has room.';
grant execute on function public.record_failure to service_role;

create function public.weights_refused() returns setof bigint
language sql stable security definer set search_path = ''
as $$
  select l.weights_refused_bytes from croquis.limits l where l.weights_refused_bytes is not null
$$;
comment on function public.weights_refused is
  'The size of weights for which the storage had no room when it was asked last; nothing when it refused none.';
grant execute on function public.weights_refused to service_role;

create function public.weights_have_room(bytes bigint) returns void
language sql security definer set search_path = ''
as $$
  update croquis.limits set weights_refused_bytes = null where weights_refused_bytes <= bytes
$$;
comment on function public.weights_have_room is
  'Records that the storage has room for weights of that size now: runs of them may start again.';
grant execute on function public.weights_have_room to service_role;

create function public.next_execution(
  job uuid,
  run_no int,
  seen int
) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  now_at int;
begin
  update public.training_runs r set executions = r.executions + 1
  where r.job_id = job and r.run = run_no and r.ended_at is null
    and r.executions = seen and seen < croquis.most_executions()
  returning executions into now_at;
  return now_at;
end
$$;
comment on function public.next_execution is
  'Claims the next execution of a run, of which there are four at most, and returns its number; null when none is '
  'left or another sweep was faster.';
grant execute on function public.next_execution to service_role;
