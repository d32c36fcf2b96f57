-- What pictures were found to show: the previews of a run together, every ordered picture by itself. And what is kept
-- of the face in the training photos, by which both are judged. For service_role only.

-- 1. What is kept of a face.

create table public.face_references (
  run_id uuid primary key references public.training_runs (id),
  owner_id uuid not null,
  embeddings jsonb not null check (jsonb_array_length(embeddings) between 1 and 12),
  created_at timestamptz not null default now()
);
comment on table public.face_references is
  'Biometric data, with the consent to it alone: at most twelve embeddings of the face in the training photos, to judge '
  'a run''s pictures by when the photos are gone. Deleted with the model, the consent or its term.';
alter table public.face_references enable row level security;
grant select on public.face_references to service_role;

create function croquis.forget_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.face_references f using public.training_runs r where r.id = f.run_id and r.job_id = new.job_id;
  return null;
end
$$;
comment on function croquis.forget_face is
  'Deletes what is kept of a face when its model lost its consent or is erased (PR-06).';
create trigger ai_models_forget_face after update of status on public.ai_models
  for each row when (new.status in ('revoked', 'erased')) execute function croquis.forget_face();

create function croquis.face_reference_of(of_run uuid) returns jsonb
language sql stable
as $$
  select jsonb_build_object('embeddings', f.embeddings) from public.face_references f where f.run_id = of_run
$$;
comment on function croquis.face_reference_of is
  'What is kept of the face of a run''s person; null when nothing is.';

create function croquis.faces_agreed(job uuid) returns boolean
language sql stable
as $$
  select croquis.consents_to(j.consent_id, 'face_measurement') from public.lora_training_jobs j where j.id = job
$$;
comment on function croquis.faces_agreed is
  'Whether the person whom the job shows agrees to a measurement of the face, now.';

create function public.purge_faces(most int default 100) returns int
language sql security definer set search_path = ''
as $$
  with late as materialized (
    select f.run_id from public.face_references f
    join public.training_runs r on r.id = f.run_id
    where not croquis.faces_agreed(r.job_id)
    order by f.run_id
    limit most
    for update of f skip locked
  ), gone as (
    delete from public.face_references f using late where late.run_id = f.run_id returning 1
  )
  select count(*)::int from gone
$$;
comment on function public.purge_faces is
  'Deletes what is kept of that many faces whose consent to it is withdrawn or past its term, and answers how many it '
  'was.';
grant execute on function public.purge_faces to service_role;

-- 2. The previews of a run.

create function public.previews_to_grade(
  job uuid,
  run_no int
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'graded', r.exam is not null,
    'images', (
      select coalesce(jsonb_agg(to_jsonb(i) order by i.position), '[]')
      from public.images i
      where i.job_id = job and i.run = run_no and i.kind = 'preview' and i.status = 'saved' and i.removed_at is null
    ),
    'photos', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.slot), '[]')
      from public.training_photos p
      where p.job_id = job and p.status = 'accepted'
    ),
    'faces_agreed', croquis.faces_agreed(job),
    'reference', croquis.face_reference_of(r.id)
  )
  from public.training_runs r
  where r.job_id = job and r.run = run_no
$$;
comment on function public.previews_to_grade is
  'The saved previews of a run, the photos that it was trained on as long as they are there, whether the face may be '
  'measured, and what is kept of it.';
grant execute on function public.previews_to_grade to service_role;

create function public.record_exam(
  job uuid,
  run_no int,
  exam jsonb,
  checks jsonb,
  reference jsonb
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  of_run public.training_runs := croquis.lock_run(job, run_no);  -- a withdrawal waits, or has been
begin
  if of_run.exam is not null or of_run.owner_id = croquis.nobody() then
    return;
  end if;
  update public.training_runs r set exam = record_exam.exam where r.id = of_run.id;
  update public.images i set checks = found.value
  from jsonb_each(record_exam.checks) as found
  where i.id = found.key::uuid and i.job_id = job and i.run = run_no;
  if jsonb_typeof(reference) = 'object' and croquis.faces_agreed(job) then
    insert into public.face_references (run_id, owner_id, embeddings)
    values (of_run.id, of_run.owner_id, reference -> 'embeddings')
    on conflict do nothing;
  end if;
end
$$;
comment on function public.record_exam is
  'Writes the exam of a run, the checks of its previews by their ids, and what is kept of the face if that is agreed to '
  'at this moment. A run that has its exam keeps it.';
grant execute on function public.record_exam to service_role;

-- 3. Every other picture.

create function public.image_to_check(image uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'image', to_jsonb(i),
    'source', (select to_jsonb(s) from public.images s where s.id = i.source_image_id),
    'garments', croquis.worn_in(i.id),
    'reference', (
      select croquis.face_reference_of(r.id) from public.training_runs r
      where r.job_id = i.job_id and r.run = i.run and croquis.faces_agreed(i.job_id)
    ),
    'look_book', (select o.look_book_id from public.image_orders o where o.id = i.order_id)
  )
  from public.images i
  where i.id = image and i.removed_at is null
$$;
comment on function public.image_to_check is
  'An image, the one that it is made from, what is put on, and what its face may be held against: null where nothing is '
  'kept or the person does not agree. Null when there is no such image.';
grant execute on function public.image_to_check to service_role;

create function public.record_checks(
  image uuid,
  checks jsonb,
  repair jsonb
) returns void
language sql security definer set search_path = ''
as $$
  update public.images i
  set checks = record_checks.checks,
      repair = case i.kind when 'repair' then nullif(record_checks.repair, 'null') end
  where i.id = image and i.status = 'saved' and i.owner_id <> croquis.nobody()
$$;
comment on function public.record_checks is
  'Writes what was found in a saved image, and of a repair whether it is kept.';
grant execute on function public.record_checks to service_role;
