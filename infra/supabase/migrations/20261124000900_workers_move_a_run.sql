-- The states of the training workflow, from the dataset to the review: each may be entered again at any later status
-- and then finds what is stored. For service_role only.

-- 1. Shared by the states.

create function croquis.lock_run(
  job uuid,
  run_no int
) returns public.training_runs
language plpgsql
as $$
declare
  found_run public.training_runs;
begin
  perform 1 from public.lora_training_jobs j where j.id = job for update;
  select * into found_run from public.training_runs r where r.job_id = job and r.run = run_no for update;
  if found_run.id is null then
    perform croquis.refuse(410, 'run_over', 'There is no such run.');
  end if;
  return found_run;
end
$$;
comment on function croquis.lock_run is
  'Locks the job, then the run, and returns the run; 410 when there is none.';

create function croquis.lock_open_run(
  job uuid,
  run_no int
) returns public.training_runs
language plpgsql
as $$
declare
  found_run public.training_runs := croquis.lock_run(job, run_no);
begin
  if found_run.ended_at is not null then
    perform croquis.refuse(410, 'run_over', 'This run is over.');
  end if;
  return found_run;
end
$$;
comment on function croquis.lock_open_run is
  'Locks the run like lock_run; 410 when it is over, too.';

create function croquis.cancel_requested(job uuid) returns boolean
language sql stable
as $$
  select j.cancel_requested_at is not null from public.lora_training_jobs j where j.id = job
$$;
comment on function croquis.cancel_requested is
  'Whether the owner asked to cancel the run that the job is at.';

create function croquis.advance(
  of_run public.training_runs,
  stage public.run_status
) returns public.training_runs
language plpgsql
as $$
declare
  moved public.training_runs := of_run;
begin
  -- forward only: each way to end a run has a function of its own
  if (croquis.is_working(stage) or stage = 'in_review') and croquis.may_move(of_run.status, stage) then
    update public.training_runs r
    set status = stage,
        deadline_at = coalesce(now() + croquis.time_for(stage), r.deadline_at)
    where r.id = of_run.id
    returning * into moved;
    update public.lora_training_jobs j set status = stage::text::public.job_status where j.id = of_run.job_id;
  end if;
  return moved;
end
$$;
comment on function croquis.advance is
  'Moves run and job one step forward, from exactly the status before, and gives the run the time that the stage may '
  'take; at any later status nothing happens.';

create function croquis.run_view(of_run public.training_runs) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'run', to_jsonb(of_run),
    'job', (select to_jsonb(j) from public.lora_training_jobs j where j.id = of_run.job_id)
  )
$$;
comment on function croquis.run_view is
  'What a state works with: the run and its job.';

-- 2. The way forward.

create function public.enter_stage(
  job uuid,
  run_no int,
  stage text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_open_run(job, run_no);
begin
  if croquis.may_move(of_run.status, 'failed') and croquis.cancel_requested(job) then
    perform croquis.refuse(410, 'canceled', 'The owner canceled this run.');
  end if;
  return croquis.run_view(croquis.advance(of_run, stage::public.run_status)) || jsonb_build_object(
    'photos', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.slot), '[]')
      from public.training_photos p
      where p.job_id = job and p.status = 'accepted' and stage = 'preparing'
    ),
    'newest', case when stage = 'ingesting' then public.attempt_of_run(job, run_no) end
  );
end
$$;
comment on function public.enter_stage is
  'The first call of a state: moves the run to that stage, unless it is already there or further, and returns run '
  'and job, for preparing the accepted photos in the order of their slots, and for ingesting the newest attempt. 410 '
  'when the run is canceled or over.';
grant execute on function public.enter_stage to service_role;

create function public.record_dataset(
  job uuid,
  run_no int,
  path text,
  sha256 text,
  bytes bigint,
  images int
) returns void
language sql security definer set search_path = ''
as $$
  update public.training_runs r
  set dataset_path = path,
      dataset_sha256 = record_dataset.sha256,
      dataset_bytes = bytes,
      dataset_images = images
  where r.job_id = job and r.run = run_no and r.ended_at is null
$$;
comment on function public.record_dataset is
  'Records the dataset whose object is complete; has no effect on a run that is over.';
grant execute on function public.record_dataset to service_role;

create function public.register_model(
  job uuid,
  run_no int,
  version text,
  weights jsonb,
  previews jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_open_run(job, run_no);
  of_job public.lora_training_jobs;
  model public.ai_models;
  preview_order uuid;
begin
  select * into of_job from public.lora_training_jobs j where j.id = job;
  if of_run.weights_path is null then
    if num_nulls(version, weights ->> 'path', weights ->> 'sha256', weights ->> 'bytes') > 0 then
      perform croquis.refuse(422, 'no_weights', 'A model needs its version and its weights'' path, hash and size.');
    end if;
    if of_job.cancel_requested_at is not null then
      perform croquis.refuse(410, 'canceled', 'The owner canceled this run.');
    end if;
    update public.training_runs r
    set provider_version = version,
        weights_path = weights ->> 'path',
        weights_sha256 = weights ->> 'sha256',
        weights_bytes = (weights ->> 'bytes')::bigint,
        archive_files_skipped = coalesce((weights ->> 'skipped_files')::int, 0)
    where r.id = of_run.id
    returning * into of_run;
    insert into public.ai_models (owner_id, job_id, name, trigger_word, gender)
    values (of_job.owner_id, job, of_job.model_name, of_job.trigger_word, of_job.gender)
    -- a revoked or erased model stays so, whatever comes late (PR-06)
    on conflict (job_id) do update
      set status = case when ai_models.status = 'archived' then 'candidate' else ai_models.status end
    returning * into model;
    insert into public.image_orders (owner_id, model_id, kind, request)
    values (of_job.owner_id, model.id, 'preview', jsonb_build_object('run', run_no))
    returning id into preview_order;
    -- previews belong to the training's price: nothing more is reserved for them
    insert into public.images (
      order_id, owner_id, model_id, job_id, run,
      kind, position, prompt, framing, asked_width, asked_height, wishes, provider_version,
      reserved_usd, deadline_at
    )
    select
      preview_order, of_job.owner_id, model.id, job, run_no,
      'preview', w.position, w.wish ->> 'prompt', (w.wish ->> 'framing')::public.framing,
      (w.wish ->> 'width')::int, (w.wish ->> 'height')::int, coalesce(w.wish -> 'wishes', '{}'), version,
      0, now() + croquis.time_for_image()
    from jsonb_array_elements(previews) with ordinality as w (wish, position);
    perform croquis.settle(of_run.id, null);
  end if;
  perform croquis.advance(of_run, 'previewing');
  return jsonb_build_object('images', (
    select coalesce(jsonb_agg(jsonb_build_object('image_id', i.id) order by i.position), '[]')
    from public.images i
    where i.job_id = job and i.run = run_no and i.kind = 'preview'
  ));
end
$$;
comment on function public.register_model is
  'Writes version, path, hash and size of weights whose object is complete, the model, and its previews in one '
  'transaction, and settles the run''s money (JB-05). Again, it returns the same previews.';
grant execute on function public.register_model to service_role;

create function public.open_review(
  job uuid,
  run_no int
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);
begin
  if of_run.status <> 'previewing' then
    return of_run.status;  -- over, in review already, or not yet registered: then only Record failure may end it
  end if;
  -- what is still open now has nobody who makes it: the review says that it is missing
  update public.images i
  set status = 'failed',
      failure_code = 'not_made',
      failure_sentence = 'This preview could not be made.',
      failure_hint = 'Approve the model and order images of it.',
      ended_at = now()
  where i.job_id = job and i.run = run_no and i.kind = 'preview' and croquis.is_open(i.status);
  perform croquis.settle(null, i.id) from public.images i
  where i.job_id = job and i.run = run_no and i.kind = 'preview';
  if croquis.cancel_requested(job) then
    update public.ai_models m set status = 'archived' where m.job_id = job and m.status = 'candidate';
    update public.training_runs r set status = 'canceled', ended_at = now() where r.id = of_run.id;
    update public.lora_training_jobs j set status = 'canceled', ended_at = now() where j.id = job;
    return 'canceled';
  end if;
  of_run := croquis.advance(of_run, 'in_review');
  return of_run.status;
end
$$;
comment on function public.open_review is
  'Ends the making of previews: the run is in_review, or canceled if its owner asked for that. Returns the run''s '
  'status; a run that is not previewing stays as it is.';
grant execute on function public.open_review to service_role;
