-- Cancel and review: the other moves of a job that its owner makes.

create function croquis.end_job(
  of_job public.lora_training_jobs,
  final public.job_status
) returns public.lora_training_jobs
language plpgsql
as $$
declare
  ended public.lora_training_jobs;
begin
  update public.training_runs r set status = final::text::public.run_status, ended_at = now()
  where r.job_id = of_job.id and r.run = of_job.current_run and r.ended_at is null;
  update public.lora_training_jobs j set status = final, ended_at = now()
  where j.id = of_job.id
  returning * into ended;
  return ended;
end
$$;
comment on function croquis.end_job is
  'Ends the job and the run that it is at with the same status.';

create function croquis.request_cancel(of_job public.lora_training_jobs) returns public.lora_training_jobs
language plpgsql
as $$
declare
  asked public.lora_training_jobs;
begin
  update public.training_runs r set deadline_at = least(r.deadline_at, now() + interval '10 minutes')
  where r.job_id = of_job.id and r.run = of_job.current_run;
  update public.lora_training_jobs j set cancel_requested_at = coalesce(j.cancel_requested_at, now())
  where j.id = of_job.id
  returning * into asked;
  return asked;
end
$$;
comment on function croquis.request_cancel is
  'Asks a working job to stop and returns it. Its run has ten minutes to undo what was done: then the job ends, and what '
  'the provider does not stop by then is left to the sweep.';

create function public.cancel_training(job uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs := croquis.job_of_caller(job);
  attempt uuid;
begin
  if of_job.status in ('draft', 'in_review') then
    of_job := croquis.end_job(of_job, 'canceled');
    update public.ai_models m set status = 'archived' where m.job_id = of_job.id and m.status = 'candidate';
  elsif croquis.is_working(of_job.status) then
    of_job := croquis.request_cancel(of_job);
    select a.id into attempt
    from public.provider_attempts a join public.training_runs r on r.id = a.run_id
    where r.job_id = of_job.id and r.run = of_job.current_run and croquis.is_open(a.state);
  elsif of_job.status <> 'canceled' then
    perform croquis.refuse(409, 'already_over',
      format('This job is %s; there is nothing to cancel.', of_job.status),
      'Read the job.');
  end if;
  return jsonb_build_object('job', to_jsonb(of_job), 'attempt_id', attempt);
end
$$;
comment on function public.cancel_training is
  'Cancels a draft or a job in review at once. A working job is only marked: its workflow undoes what was done and '
  'then writes canceled. Returns the job and the open attempt, if there is one; calling it again changes nothing.';
grant execute on function public.cancel_training to authenticated;

create function public.review_training(
  job uuid,
  decision text,
  idempotency_key text default null,
  parameters jsonb default '{}',
  sent_sha256 text default null
) returns public.lora_training_jobs
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  request jsonb := jsonb_build_object('job', job, 'sent', coalesce(to_jsonb(sent_sha256), parameters));
  of_job public.lora_training_jobs;
begin
  -- the key before the job, as submit does: the two never wait for each other
  if decision = 'retry' then
    if croquis.order_before(owner, idempotency_key, 'retry', request) is not null then
      return croquis.job_of_caller(job);
    end if;
  end if;
  of_job := croquis.job_of_caller(job);
  if decision = 'retry' then
    perform croquis.refuse(croquis.why_not_retry(of_job));
    update public.training_runs r set status = 'retried', ended_at = now()
    where r.job_id = of_job.id and r.run = of_job.current_run and r.status = 'in_review';
    of_job := croquis.open_run(of_job, parameters);
    perform croquis.remember_order(owner, idempotency_key, 'retry', request, of_job.id);
    return of_job;
  end if;
  if decision is null or decision not in ('approve', 'reject') then
    perform croquis.refuse(422, 'bad_decision',
      'decision must be approve, retry or reject.',
      'Send one of the three.');
  end if;
  if (of_job.status, decision) in (('approved', 'approve'), ('rejected', 'reject')) then
    return of_job;
  end if;
  if of_job.status <> 'in_review' then
    perform croquis.refuse(409, 'not_in_review',
      format('This job is %s; there is nothing to review.', of_job.status),
      'Read the job.');
  end if;
  if decision = 'reject' then
    update public.ai_models m set status = 'archived' where m.job_id = of_job.id and m.status = 'candidate';
    return croquis.end_job(of_job, 'rejected');
  end if;
  if not croquis.consent_stands(of_job.consent_id) then
    perform croquis.refuse(403, 'consent_withdrawn',
      'The consent for this person was withdrawn, or its last day is over.',
      'Reject the model, or open a new job with a new consent.');
  end if;
  update public.ai_models m set status = 'active', active_run = of_job.current_run
  where m.job_id = of_job.id and m.status in ('candidate', 'active');
  if not found then
    perform croquis.refuse(409, 'model_gone',
      'The model of this job was withdrawn.',
      'Open a new job.');
  end if;
  return croquis.end_job(of_job, 'approved');
end
$$;
comment on function public.review_training is
  'approve and reject end the job, retry reserves the money for its next run, with the photos that are accepted now, and '
  'queues it. Deciding the same again, '
  'or retrying with the same key and request (sent_sha256, as submit has it), changes nothing.';
grant execute on function public.review_training to authenticated;
