-- What a person's training leaves behind: job, runs, photos, model, history.
-- No foreign key to auth.users: an account is erased step by step, and receipts outlive it.

-- 1. Jobs and runs.

create table public.lora_training_jobs (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  consent_id uuid not null references public.consents (id),
  model_name text not null check (croquis.is_line(model_name, 80)),
  gender public.gender not null,
  trigger_word text not null unique check (trigger_word ~ '^[a-z]{8}$'),
  status public.job_status not null default 'draft',
  version int not null default 0,
  current_run int,
  cancel_requested_at timestamptz,
  photos_purge_after timestamptz not null default croquis.purge_after(croquis.photos_kept_at_most()),
  photos_purged_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz
);
comment on table public.lora_training_jobs is
  'What an owner sees: photos of one person on their way to a model. Changed by functions only.';
create index lora_training_jobs_consent on public.lora_training_jobs (consent_id);
create index lora_training_jobs_owner on public.lora_training_jobs (owner_id, created_at desc, id);
comment on column public.lora_training_jobs.photos_purge_after is
  'From when on the sweep deletes the photos and the archives of its runs; sooner once the job is over for good.';
create index lora_training_jobs_to_purge on public.lora_training_jobs (photos_purge_after)
  where photos_purged_at is null;
create trigger lora_training_jobs_touch before update on public.lora_training_jobs
  for each row execute function croquis.touch();

create table public.training_runs (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references public.lora_training_jobs (id),
  run int not null check (run > 0),
  owner_id uuid not null,
  status public.run_status not null default 'queued',
  preset public.preset not null,
  steps int not null check (steps between 3 and 3000),
  lora_rank int not null check (lora_rank between 1 and 64),
  learning_rate double precision not null check (learning_rate between 1e-6 and 1e-2),
  resolution text not null check (resolution in ('512', '768', '1024', '512,768', '768,1024', '512,768,1024')),
  caption_dropout_rate double precision not null check (caption_dropout_rate between 0 and 1),
  expected_seconds int not null,
  expected_review_seconds float8 not null,
  expected_weights_bytes bigint not null,
  reserved_usd numeric(12, 6) not null,
  actual_usd numeric(12, 6),
  borne_by public.bearer,
  executions int not null default 1 check (executions between 1 and croquis.most_executions()),
  dataset_path text,
  dataset_sha256 text,
  dataset_bytes bigint,
  dataset_images int,
  provider_version text,
  weights_path text,
  weights_sha256 text,
  weights_bytes bigint,
  archive_files_skipped int,
  exam jsonb check (jsonb_typeof(exam) = 'object'),
  step int,
  total_steps int,
  loss double precision,
  eta_seconds int,
  progress_at timestamptz,
  failure_code text,
  failure_sentence text,
  failure_hint text,
  deadline_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (job_id, run),
  constraint training_runs_weights_whole_or_none
    check (num_nulls(provider_version, weights_path, weights_sha256, weights_bytes) in (0, 4))
);
comment on table public.training_runs is
  'One paid try at a job, with its own parameters, dataset, weights and cost. Never reopened.';
comment on column public.training_runs.archive_files_skipped is
  'How many files the trainer''s archive held that it did not before: harmless ones, left unread.';
comment on column public.training_runs.exam is
  'How like its person it is, as its previews were judged; null: not graded. Measures, no picture and no face.';
create index training_runs_owner on public.training_runs (owner_id);
-- not a partial index: with few rows in it when they are counted, it would look cheaper than a primary key, and with
-- many of them a statement about one run would walk all that work
create index training_runs_open on public.training_runs (
  (status in ('queued', 'preparing', 'training', 'ingesting', 'previewing')), id  -- croquis.is_working
);
create trigger training_runs_touch before update on public.training_runs
  for each row execute function croquis.touch();

create table public.training_logs (
  run_id uuid primary key references public.training_runs (id),
  owner_id uuid not null,
  last_line int not null check (last_line >= 0),
  lines text[] not null check (octet_length(array_to_string(lines, E'\n')) <= 65536),
  points jsonb not null check (jsonb_array_length(points) <= 500),
  purge_after timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.training_logs is
  'The end of what the trainer printed, without links, tokens, addresses, captions and names (WH-24). The row is '
  'deleted after purge_after.';
comment on column public.training_logs.last_line is
  'The number of the last line, counted from 1 over the whole log without its progress bars.';
comment on column public.training_logs.points is
  'The loss over the steps: [[step, loss], …].';
create index training_logs_owner on public.training_logs (owner_id);
create index training_logs_to_purge on public.training_logs (purge_after);
create trigger training_logs_touch before update on public.training_logs
  for each row execute function croquis.touch();

-- 2. Photos.

create table public.training_photos (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references public.lora_training_jobs (id),
  owner_id uuid not null,
  slot int not null check (slot between 1 and 12),
  status public.photo_status not null default 'awaiting_upload',
  version int not null default 0,
  content_type text not null
    check (content_type = any (''::text || croquis.photo_types())),  -- '': nobody said
  announced_bytes bigint not null check (announced_bytes between 1 and croquis.max_photo_bytes()),
  upload_path text not null unique,
  object_version text,
  findings jsonb not null default '[]',
  width int,
  height int,
  bytes bigint,
  sha256 text,
  clean_path text,
  thumbnail_path text,
  seen jsonb check (jsonb_typeof(seen) = 'object'),
  said jsonb not null default '{}',
  overridden_at timestamptz,
  objects_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint training_photos_accepted_is_whole
    check (status <> 'accepted' or num_nulls(width, height, bytes, sha256, clean_path, thumbnail_path, seen) = 0),
  -- checked at the end of a statement, not row by row: so two photos can change places in one UPDATE
  constraint training_photos_one_per_slot
    exclude using btree (job_id with =, slot with =) where (status <> 'removed') deferrable initially immediate
);
comment on table public.training_photos is
  'One photo of a job: what was announced, what was found, where its clean copy is.';
comment on column public.training_photos.findings is
  'What the check found, each with code, severity, sentence, hint. Which may be overridden: croquis.override_of(code).';
comment on column public.training_photos.sha256 is
  'Of the clean copy, whose width, height and bytes these are: two photos of one content are one.';
comment on column public.training_photos.seen is
  'What the check saw: landmarks, view, pose, colours. Data about a body, so it goes when the photo goes.';
comment on column public.training_photos.said is
  'The owner''s words: caption, pose, clothes, background, light; they take precedence over what was seen.';
comment on column public.training_photos.overridden_at is
  'When the owner said "use it anyway"; also in each blocking finding. Null: nobody had to.';
create index training_photos_owner on public.training_photos (owner_id);
create index training_photos_job on public.training_photos (job_id);
create index training_photos_removed on public.training_photos (id)
  where status = 'removed' and objects_deleted_at is null;
create trigger training_photos_touch before update on public.training_photos
  for each row execute function croquis.touch();
create trigger training_photos_count before update of status on public.training_photos
  for each row execute function croquis.count_moves();

create table public.photo_declarations (
  id bigint generated always as identity primary key,
  photo_id uuid not null,  -- no foreign key: a declaration outlives its photo
  job_id uuid not null references public.lora_training_jobs (id),
  owner_id uuid not null,
  declared_by uuid not null,
  declares text not null check (declares in ('shows_only_the_person')),
  at timestamptz not null default clock_timestamp()
);
comment on table public.photo_declarations is
  'Append-only: who declared when that a photo shows only the person of its job, to use it although nobody was made out.';
create index photo_declarations_photo on public.photo_declarations (photo_id);
create index photo_declarations_job on public.photo_declarations (job_id);
create index photo_declarations_owner on public.photo_declarations (owner_id);
create trigger photo_declarations_are_append_only before update or delete on public.photo_declarations
  for each row execute function croquis.append_only();

-- 3. Models.

create table public.ai_models (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  job_id uuid not null unique references public.lora_training_jobs (id),
  name text not null check (croquis.is_line(name, 80)),
  trigger_word text not null,
  gender public.gender not null,
  status public.model_status not null default 'candidate',
  active_run int,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ai_models_active_has_a_run check (status <> 'active' or active_run is not null),
  foreign key (job_id, active_run) references public.training_runs (job_id, run)
);
comment on table public.ai_models is
  'A person who can be pictured. Its weights and version are those of its active run.';
create index ai_models_owner on public.ai_models (owner_id, created_at desc, id);
create trigger ai_models_touch before update on public.ai_models
  for each row execute function croquis.touch();

-- 4. History and the graph's guard.

create table public.job_events (
  id bigint generated always as identity primary key,
  job_id uuid not null references public.lora_training_jobs (id),
  owner_id uuid not null,
  run int,
  from_status public.job_status,
  to_status public.job_status not null,
  at timestamptz not null default clock_timestamp()
);
comment on table public.job_events is
  'Append-only history: one row for every change of a job''s status, in the same transaction.';
create index job_events_job on public.job_events (job_id, id);
create index job_events_owner on public.job_events (owner_id);
create index job_events_reviews on public.job_events (id) where to_status = 'in_review';
create trigger job_events_are_append_only before update or delete on public.job_events
  for each row execute function croquis.append_only();

create function croquis.job_moves() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if new.status = old.status then
      return new;
    end if;
    if not croquis.may_move(old.status, new.status) then
      perform croquis.refuse(409, 'forbidden_move',
        format('A job cannot go from %s to %s.', old.status, new.status),
        'Read the job again.');
    end if;
    new.version := old.version + 1;
    if croquis.is_final(new.status) then
      new.photos_purge_after :=
        least(new.photos_purge_after, croquis.purge_after(croquis.photos_kept_after_close()));
    end if;
  end if;
  insert into public.job_events (job_id, owner_id, run, from_status, to_status)
  values (new.id, new.owner_id, new.current_run, case when tg_op = 'UPDATE' then old.status end, new.status);
  return new;
end
$$;
comment on function croquis.job_moves is
  'Refuses every move that the graph does not have, counts the version, writes the history (JB-01, JB-02), and brings '
  'the photos'' end nearer once the job is over for good (PR-03).';
create trigger lora_training_jobs_move before update of status on public.lora_training_jobs
  for each row execute function croquis.job_moves();
create trigger lora_training_jobs_open after insert on public.lora_training_jobs
  for each row execute function croquis.job_moves();

create function croquis.run_moves() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.status <> old.status and not croquis.may_move(old.status, new.status) then
    perform croquis.refuse(409, 'forbidden_move',
      format('A run cannot go from %s to %s.', old.status, new.status),
      'Read the run again.');
  end if;
  return new;
end
$$;
comment on function croquis.run_moves is
  'Refuses every move of a run that its job''s graph does not have.';
create trigger training_runs_move before update of status on public.training_runs
  for each row execute function croquis.run_moves();
