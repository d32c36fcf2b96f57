-- Orders of images, and the images.

create table public.image_orders (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  model_id uuid not null references public.ai_models (id),
  kind public.image_kind not null,
  request jsonb not null default '{}',
  expected_seconds float8,
  look_book_id uuid,
  created_at timestamptz not null default now()
);
comment on table public.image_orders is
  'What was asked for; one row of images per image.';
comment on column public.image_orders.expected_seconds is
  'What was expected when it was ordered; null for previews, which are a part of their run.';
comment on column public.image_orders.look_book_id is
  'The look-book that ordered it; its budget holds what the order costs.';
create index image_orders_look_book on public.image_orders (look_book_id) where look_book_id is not null;
create index image_orders_owner on public.image_orders (owner_id, created_at desc, id);
create index image_orders_model on public.image_orders (model_id);

create function croquis.drawn_seed() returns bigint
language sql volatile
return floor(random() * 2147483640)::bigint;
comment on function croquis.drawn_seed is
  'The seed of an image whose owner names none; seven more can be counted on from it.';

create table public.images (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.image_orders (id),
  owner_id uuid not null,
  model_id uuid not null references public.ai_models (id),
  job_id uuid not null,
  run int not null,
  kind public.image_kind not null,
  position int not null check (position between 1 and 12),
  prompt text not null check (croquis.is_line(prompt, 4000)),
  framing public.framing not null,
  -- in pixels: what the provider takes
  asked_width int not null check (asked_width between 256 and 1440 and asked_width % 16 = 0),
  asked_height int not null check (asked_height between 256 and 1440 and asked_height % 16 = 0),
  -- what makes it again, with the prompt and the size
  wishes jsonb not null default '{}' check (jsonb_typeof(wishes) = 'object' and length(wishes::text) <= 8000),
  engine text not null default 'flux-dev-lora',
  provider_version text not null,
  seed bigint default croquis.drawn_seed() check (seed between 0 and 2147483647),
  lora_scale float8 default 1 check (lora_scale between 0.5 and 1.2),
  guidance float8 default 3 check (guidance between 1 and 5),
  strength float8 check (strength between 0.1 and 0.8),
  source_image_id uuid,
  status public.image_status not null default 'queued',
  version int not null default 0,
  executions int not null default 1 check (executions between 1 and croquis.most_executions()),
  path text,
  sha256 text,
  bytes bigint,
  content_type text,
  width int,
  height int,
  signed boolean,
  checks jsonb check (jsonb_typeof(checks) = 'object'),
  cut_out jsonb check (jsonb_typeof(cut_out) = 'object'),
  cut_out_deleted_at timestamptz,
  repair jsonb check (jsonb_typeof(repair) = 'object'),
  favourite boolean not null default false,
  accepted boolean not null default false,
  removed_at timestamptz,
  object_deleted_at timestamptz,
  failure_code text,
  failure_sentence text,
  failure_hint text,
  shown_decision text check (shown_decision in ('approve', 'refuse')),
  shown_decided_at timestamptz,
  reserved_usd numeric(12, 6) not null,
  retry_usd numeric(12, 6) check (retry_usd is null or kind = 'try_on'),
  actual_usd numeric(12, 6),
  deadline_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (order_id, position),
  unique (id, owner_id, model_id),
  foreign key (job_id, run) references public.training_runs (job_id, run),
  foreign key (source_image_id, owner_id, model_id) references public.images (id, owner_id, model_id),
  constraint images_made_from_another
    check ((source_image_id is not null) = (kind in ('repair', 'try_on'))),
  constraint images_have_what_their_engine_takes
    check (kind = 'try_on' or num_nulls(seed, lora_scale, guidance) = 0),
  constraint images_repaired_so_strongly
    check ((strength is not null) = (kind = 'repair')),
  constraint images_saved_is_whole
    check (status <> 'saved' or num_nulls(path, sha256, bytes, content_type, width, height, signed) = 0)
);
comment on table public.images is
  'One image: one prediction at the provider, one object in the bucket images.';
comment on column public.images.shown_decision is
  'What the person shown said of it, if they were asked; their owner gets no file of one that they refused.';
comment on column public.images.source_image_id is
  'The picture of the same owner and model that it is made from; null for what is made from words alone.';
comment on column public.images.engine is
  'What makes it: what one image of it costs is the item of this name in prices.';
comment on column public.images.seed is
  'With lora_scale and guidance: null where the engine of a try-on takes none.';
comment on column public.images.strength is
  'Of a repair: how much of the face is made anew.';
create index images_source on public.images (source_image_id) where source_image_id is not null;
create index images_not_given on public.images (path) where shown_decision = 'refuse' or removed_at is not null;
comment on column public.images.checks is
  'What the checks found in the saved image; null: not looked at, or not yet.';
comment on column public.images.cut_out is
  'Of a repair: the part of its source that is made anew, in pixels; written before the files are.';
comment on column public.images.repair is
  'Of a saved repair: whether it is kept in place of its source, and why; null: not judged, or not yet.';
comment on column public.images.wishes is
  'What was chosen for it, of which its prompt was built; the prompt of a repeat is built of it anew.';
comment on column public.images.retry_usd is
  'Of a try-on: reserved besides, to make it once more should the checks find something wrong; null: not asked for, or '
  'decided.';
create index images_retry on public.images (ended_at) where retry_usd is not null;
create index images_owner on public.images (owner_id);
create index images_model on public.images (model_id, created_at desc, id);
create index images_saved on public.images (ended_at) where status = 'saved' and kind <> 'preview';
create index images_sha256 on public.images (sha256);
create index images_run on public.images (job_id, run);
create index images_removed on public.images (id) where removed_at is not null and object_deleted_at is null;
create index images_cut_out on public.images (id) where cut_out is not null and cut_out_deleted_at is null;
-- not a partial index, as training_runs_open
create index images_open on public.images ((status in ('queued', 'running')), id);  -- croquis.is_open
create trigger images_touch before update on public.images
  for each row execute function croquis.touch();
create trigger images_count before update of status on public.images
  for each row execute function croquis.count_moves();
