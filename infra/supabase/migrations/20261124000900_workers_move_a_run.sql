-- The states of the training workflow: each may be entered again at any later status and then finds what is stored.

create function croquis.lock_run(job uuid, run_no int) returns public.training_runs language plpgsql as $$
declare
  found_run public.training_runs;
begin
  perform 1 from public.lora_training_jobs j where j.id = job for update;
  select * into found_run from public.training_runs r where r.job_id = job and r.run = run_no for update;
  if found_run.id is null then
    perform croquis.refuse(410, 'run_over', 'There is no such run.', '');
  end if;
  return found_run;
end $$;

create function croquis.advance(of_run public.training_runs, stage text) returns public.training_runs language plpgsql as $$
declare
  moved public.training_runs := of_run;
begin
  if croquis.stage_rank(of_run.status) = croquis.stage_rank(stage) - 1 then
    update public.training_runs r set status = stage where r.id = of_run.id returning * into moved;
    update public.lora_training_jobs j set status = stage where j.id = of_run.job_id;
  end if;
  return moved;
end $$;
comment on function croquis.advance is 'One step forward from exactly the stage before; at any later stage nothing happens.';

create function croquis.run_view(of_run public.training_runs) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'run', to_jsonb(of_run),
    'job', (select to_jsonb(j) from public.lora_training_jobs j where j.id = of_run.job_id),
    'photos', (select coalesce(jsonb_agg(to_jsonb(p) order by p.slot), '[]') from public.training_photos p
               where p.job_id = of_run.job_id and p.status = 'accepted'))
$$;

create function public.enter_stage(job uuid, run_no int, stage text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
begin
  if of_run.ended_at is not null then
    perform croquis.refuse(410, 'run_over', 'This run is over.', '');
  end if;
  if croquis.stage_rank(of_run.status) <= croquis.stage_rank('ingesting')
     and (select j.cancel_requested_at is not null from public.lora_training_jobs j where j.id = job) then
    perform croquis.refuse(410, 'canceled', 'The owner canceled this run.', '');
  end if;
  of_run := croquis.advance(of_run, stage);
  return croquis.run_view(of_run);
end $$;
comment on function public.enter_stage is 'The first call of a state: 410 when the run is canceled or over, else what is known of it.';

create function public.record_dataset(job uuid, run_no int, path text, sha256 text, bytes bigint, images int) returns void
language sql security definer set search_path = '' as $$
  update public.training_runs r set dataset_path = path, dataset_sha256 = record_dataset.sha256, dataset_bytes = bytes, dataset_images = images
  where r.job_id = job and r.run = run_no and r.ended_at is null
$$;

create function croquis.settle_run(run_id uuid) returns void language plpgsql as $$
declare
  settled public.training_runs;
begin
  if exists (select from public.provider_attempts a where a.run_id = settle_run.run_id and a.state in ('intent', 'unknown', 'started')) then
    return;  -- what may still cost money stays reserved
  end if;
  update public.training_runs r
  set actual_usd = paid.usd, money = case when paid.usd > 0 then 'settled' else 'released' end
  from (select coalesce(sum(a.actual_usd), 0) as usd from public.provider_attempts a where a.run_id = settle_run.run_id) paid
  where r.id = settle_run.run_id and r.money = 'reserved' returning r.* into settled;
  if settled.id is not null then
    update public.spend_accounts s set reserved_usd = s.reserved_usd - settled.reserved_usd, spent_usd = s.spent_usd + settled.actual_usd
    where s.owner_id = settled.owner_id;
  end if;
end $$;
comment on function croquis.settle_run is 'MO-10: once, and only when no attempt of the run is open.';

create function public.register_model(job uuid, run_no int, version text, weights jsonb, previews jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
  of_job public.lora_training_jobs;
  model public.ai_models;
  preview_order uuid;
begin
  if of_run.ended_at is not null then
    perform croquis.refuse(410, 'run_over', 'This run is over.', '');
  end if;
  select * into of_job from public.lora_training_jobs j where j.id = job;
  if of_run.weights_path is null then
    if num_nulls(version, weights->>'path', weights->>'sha256', weights->>'bytes') > 0 then
      perform croquis.refuse(422, 'no_weights', 'A model needs its version and its weights'' path, hash and size.', '');
    end if;
    if of_job.cancel_requested_at is not null then
      perform croquis.refuse(410, 'canceled', 'The owner canceled this run.', '');
    end if;
    update public.training_runs r set provider_version = version, weights_path = weights->>'path',
      weights_sha256 = weights->>'sha256', weights_bytes = (weights->>'bytes')::bigint
    where r.id = of_run.id returning * into of_run;
    insert into public.ai_models (owner_id, job_id, name, trigger_word)
    values (of_job.owner_id, job, of_job.model_name, of_job.trigger_word)
    -- a revoked or erased model stays so, whatever comes late (PR-06)
    on conflict (job_id) do update set status = case when ai_models.status = 'archived' then 'candidate' else ai_models.status end
    returning * into model;
    insert into public.image_orders (owner_id, model_id, kind, request)
    values (of_job.owner_id, model.id, 'preview', jsonb_build_object('run', run_no)) returning id into preview_order;
    -- previews belong to the training's price: nothing more is reserved for them
    insert into public.images (order_id, owner_id, model_id, job_id, run, kind, position, prompt, framing, reserved_usd, deadline_at)
    select preview_order, of_job.owner_id, model.id, job, run_no, 'preview', p.position, p.picture->>'prompt', p.picture->>'framing', 0, now() + interval '45 minutes'
    from jsonb_array_elements(previews) with ordinality as p (picture, position);
    perform croquis.settle_run(of_run.id);
  end if;
  perform croquis.advance(of_run, 'previewing');
  return jsonb_build_object('images', (select coalesce(jsonb_agg(jsonb_build_object('image_id', i.id) order by i.position), '[]')
    from public.images i where i.job_id = job and i.run = run_no and i.kind = 'preview'));
end $$;
comment on function public.register_model is
  'JB-05: version, path, hash and size in one transaction, after the object is complete; again: the same previews.';

create function public.open_review(job uuid, run_no int) returns text
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
begin
  if of_run.status <> 'previewing' then
    return of_run.status;  -- over, in review already, or not yet registered: then only Record failure may end it
  end if;
  -- what is still open now has nobody who makes it: the review says that it is missing
  update public.images i set status = 'failed', failure_code = 'not_made', failure_sentence = 'This preview could not be made.',
    failure_mend = 'Approve the model and order pictures of it.', ended_at = now()
  where i.job_id = job and i.run = run_no and i.kind = 'preview' and i.status in ('queued', 'running');
  if (select j.cancel_requested_at is not null from public.lora_training_jobs j where j.id = job) then
    update public.ai_models m set status = 'archived' where m.job_id = job and m.status = 'candidate';
    update public.training_runs r set status = 'canceled', ended_at = now() where r.id = of_run.id;
    update public.lora_training_jobs j set status = 'canceled', ended_at = now() where j.id = job;
    return 'canceled';
  end if;
  of_run := croquis.advance(of_run, 'in_review');
  return of_run.status;
end $$;

create function public.begin_failure(job uuid, run_no int) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
begin
  return croquis.run_view(of_run) || jsonb_build_object('open_attempt',
    (select to_jsonb(a) - 'task_token' from public.provider_attempts a where a.run_id = of_run.id and a.state in ('intent', 'unknown', 'started')));
end $$;
comment on function public.begin_failure is 'What must be undone before a run may be called failed.';

create function public.record_failure(job uuid, run_no int, code text, sentence text, mend text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
  final text;
begin
  if of_run.ended_at is not null or croquis.stage_rank(of_run.status) > croquis.stage_rank('ingesting') then
    return of_run.status;
  end if;
  if exists (select from public.provider_attempts a where a.run_id = of_run.id and a.state in ('intent', 'unknown')) then
    perform croquis.refuse(409, 'attempt_unknown', 'Whether the provider runs this training is not known yet.', '');
  end if;
  final := case when (select j.cancel_requested_at from public.lora_training_jobs j where j.id = job) is not null then 'canceled' else 'failed' end;
  update public.training_runs r set status = final, ended_at = now(), failure_code = case final when 'failed' then code end,
    failure_sentence = case final when 'failed' then sentence end, failure_mend = case final when 'failed' then mend end
  where r.id = of_run.id;
  update public.lora_training_jobs j set status = final, ended_at = now() where j.id = job and j.current_run = run_no;
  -- of an earlier run: a failed job may be tried again, a canceled one is over for good
  update public.ai_models m set status = 'archived' where final = 'canceled' and m.job_id = job and m.status = 'candidate';
  perform croquis.settle_run(of_run.id);
  update public.provider_attempts a set task_token = null where a.run_id = of_run.id;
  return final;
end $$;
comment on function public.record_failure is 'The only writer of failed, and of canceled for a working run; a registered run cannot fail any more.';

create function public.next_execution(job uuid, run_no int, seen int) returns int
language plpgsql security definer set search_path = '' as $$
declare
  now_at int;
begin
  update public.training_runs r set executions = r.executions + 1
  where r.job_id = job and r.run = run_no and r.executions = seen and seen < 4 and r.ended_at is null returning executions into now_at;
  return now_at;
end $$;
comment on function public.next_execution is 'Three more executions of a run at most; null when there is none left, or another sweep was faster.';

revoke execute on all functions in schema croquis from public, anon, authenticated, service_role;
revoke execute on function public.enter_stage, public.record_dataset, public.register_model, public.open_review, public.begin_failure,
  public.record_failure, public.next_execution from public, anon, authenticated, service_role;
grant execute on function public.enter_stage, public.record_dataset, public.register_model, public.open_review, public.begin_failure,
  public.record_failure, public.next_execution to service_role;
