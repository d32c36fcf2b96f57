-- What an owner does with a finished model: name it, put it away and take it out again, make an earlier run the active one,
-- and take its weights home.

create function croquis.no_such_model() returns croquis.refusal
language sql immutable
as $$
  select (404, 'no_such_model',
    'There is no such model.',
    'Check the id; list yours with GET /v1/models.')::croquis.refusal
$$;
comment on function croquis.no_such_model is
  'Of a model that is not there, or somebody else''s.';

create function croquis.model_of_caller(model uuid) returns public.ai_models
language plpgsql
as $$
declare
  found_model public.ai_models;
begin
  perform croquis.signed_in();
  -- the job before its model, as everywhere
  perform 1 from public.lora_training_jobs j join public.ai_models m on m.job_id = j.id
  where m.id = model and public.may_act(m.owner_id)
  for update of j;
  select * into found_model from public.ai_models m where m.id = model and public.may_act(m.owner_id) for update;
  if found_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  return found_model;
end
$$;
comment on function croquis.model_of_caller is
  'Locks the model, after its job, and returns it. One that the caller may not act for is refused like one that does not '
  'exist (AS-07).';

create function croquis.need_usable(of_model public.ai_models) returns void
language plpgsql
as $$
begin
  if of_model.status in ('revoked', 'erased') then
    perform croquis.refuse(409, 'model_gone',
      'This model was withdrawn.',
      'Open a new job with a new consent.');
  end if;
  perform croquis.refuse(croquis.why_not_consented(
    (select j.consent_id from public.lora_training_jobs j where j.id = of_model.job_id), 'generate'
  ));
end
$$;
comment on function croquis.need_usable is
  'Refuses to let orders come to a model that was withdrawn, or whose person took the consent back (PR-01).';

create function public.restore_run(
  model uuid,
  run_no int
) returns public.ai_models
language plpgsql security definer set search_path = ''
as $$
declare
  of_model public.ai_models := croquis.model_of_caller(model);
  of_run public.training_runs;
begin
  select * into of_run from public.training_runs r where r.job_id = of_model.job_id and r.run = run_no;
  if of_run.id is null then
    perform croquis.refuse(404, 'no_such_run',
      'This model has no such run.',
      'Read its training to see its runs.');
  end if;
  perform croquis.need_usable(of_model);
  if of_run.weights_path is null or of_run.ended_at is null then
    perform croquis.refuse(409, 'run_not_finished',
      format('Run %s is %s%s.', of_run.run, of_run.status, case when of_run.ended_at is not null then ', without weights' end),
      'Restore a run that is over and has weights; one that is in review is approved by its review.');
  end if;
  update public.ai_models m set status = 'active', active_run = of_run.run
  where m.id = of_model.id
  returning * into of_model;
  -- a model is approved by this, too; a run that works still needs what it is made of
  update public.lora_training_jobs j
  set photos_purge_after = least(j.photos_purge_after, croquis.purge_after(croquis.photos_kept_after_close()))
  where j.id = of_model.job_id and not croquis.is_working(j.status);
  return of_model;
end
$$;
comment on function public.restore_run is
  'Makes a run that is over and whose weights are kept the one that images are made with, whatever became of the runs after '
  'it. The job stays as it is. Again, it changes nothing.';
grant execute on function public.restore_run to authenticated;

create function public.change_model(
  model uuid,
  model_name text default null,
  archived boolean default null
) returns public.ai_models
language plpgsql security definer set search_path = ''
as $$
declare
  of_model public.ai_models := croquis.model_of_caller(model);
begin
  if num_nonnulls(model_name, archived) = 0 then
    perform croquis.refuse(422, 'nothing_to_change',
      'There is nothing to change.',
      'Send model_name or archived.');
  end if;
  if model_name is not null then
    perform croquis.need_model_name(model_name);
    of_model.name := trim(model_name);
    update public.lora_training_jobs j set model_name = of_model.name where j.id = of_model.job_id;
  end if;
  if archived and of_model.status not in ('active', 'archived') or not archived and of_model.status = 'candidate' then
    perform croquis.refuse(409, 'model_not_active',
      format('This model is %s; only an active one is archived.', of_model.status),
      case of_model.status
        when 'candidate' then 'Approve or reject its training first.'
        else 'It was withdrawn and takes no orders: there is nothing to put away.'
      end);
  end if;
  if archived then
    of_model.status := 'archived';
  elsif of_model.status <> 'active' and not archived then
    perform croquis.need_usable(of_model);
    if of_model.active_run is null then
      perform croquis.refuse(409, 'never_approved',
        'No run of this model was ever approved.',
        'Restore one of its runs with POST /v1/models/{model_id}/restore.');
    end if;
    of_model.status := 'active';
  end if;
  update public.ai_models m set name = of_model.name, status = of_model.status
  where m.id = of_model.id
  returning * into of_model;
  return of_model;
end
$$;
comment on function public.change_model is
  'Names a model, and its training, anew; puts an active one into the archive, where it takes no orders, or makes it active '
  'again. Null leaves a thing as it is; all of it happens or nothing.';
grant execute on function public.change_model to authenticated;

create function public.read_weights(model uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'status', m.status,
    'trigger_word', m.trigger_word,
    'run', r.run,
    'path', r.weights_path,
    'sha256', r.weights_sha256,
    'bytes', r.weights_bytes
  )
  from public.ai_models m
  left join public.training_runs r on r.job_id = m.job_id and r.run = m.active_run and m.status in ('active', 'archived')
  where m.id = read_weights.model
$$;
comment on function public.read_weights is
  'Where the weights of a model''s active run are, with their hash and size; nulls where nobody approved any, or the model '
  'was withdrawn. Null when the caller may not see the model.';
grant execute on function public.read_weights to authenticated;

create index training_runs_weights on public.training_runs (weights_path) where weights_path is not null;

create policy "an owner sees the weights of the active run of a model that stands" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'lora-weights'
    and exists (
      select from public.training_runs r
      join public.ai_models m on m.job_id = r.job_id and m.active_run = r.run
      where r.weights_path = objects.name and public.may_act(r.owner_id) and m.status in ('active', 'archived')
    )
  );
