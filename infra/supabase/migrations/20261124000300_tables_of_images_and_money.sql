-- Image orders, money, and the attempts at the provider through which every paid call goes.

-- 1. Images.

create table public.image_orders (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  model_id uuid not null references public.ai_models (id),
  kind public.image_kind not null,
  request jsonb not null default '{}',
  expected_seconds float8,
  created_at timestamptz not null default now()
);
comment on table public.image_orders is
  'What was asked for; one row of images per image.';
comment on column public.image_orders.expected_seconds is
  'What was expected when it was ordered; null for previews, which are a part of their run.';
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
  prompt text not null check (char_length(prompt) between 1 and 4000),
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
create index images_refused on public.images (path) where shown_decision = 'refuse';
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
create index images_open on public.images (updated_at) where status in ('queued', 'running');  -- croquis.is_open
create trigger images_touch before update on public.images
  for each row execute function croquis.touch();
create trigger images_count before update of status on public.images
  for each row execute function croquis.count_moves();

-- 2. Money.

create table public.prices (
  item text primary key,
  usd numeric(12, 6) not null check (usd >= 0),
  source text not null
);
comment on table public.prices is
  'What the provider charges; money is always computed from here, never from an argument.';
insert into public.prices (item, usd, source) values
  ('training_second', 0.001525, 'Replicate, gpu-h100 per second'),
  ('flux-dev-lora_second', 0.001525, 'Replicate, gpu-h100 per second'),
  ('flux-dev-lora', 0.02, 'one image of a trained version: 12.8 s median of 679 public examples');

create function croquis.price_of(item text) returns numeric
language sql stable
as $$
  select p.usd from public.prices p where p.item = price_of.item
$$;
comment on function croquis.price_of is
  'In dollars; an image''s item is its engine, and the engine''s name with _second where it is paid by the second.';

create table public.spend_accounts (
  owner_id uuid primary key,
  limit_usd numeric(12, 6) not null default 100,
  reserved_usd numeric(12, 6) not null default 0 check (reserved_usd >= 0),
  spent_usd numeric(12, 6) not null default 0 check (spent_usd >= 0)
);
comment on table public.spend_accounts is
  'What an owner may spend, and the sums of their ledger entries: reserved for running work, and spent. Only an entry '
  'moves them.';

create table croquis.limits (
  only_row boolean primary key default true check (only_row),
  accept_jobs boolean not null default true,
  open_jobs int not null default 20,
  uploads_per_day int not null default 500,
  garments int not null default 2000,
  looks int not null default 2000,
  trainings_per_day int not null default 20,
  images_per_day int not null default 1000,
  owner_usd_per_day numeric(12, 6) not null default 100,
  usd_per_day numeric(12, 6) not null default 1000,
  closed_until timestamptz not null default '-infinity',
  weights_refused_bytes bigint
);
comment on table croquis.limits is
  'One row: caps per owner, what all and each may order in a day, the switch that stops new paid work (OP-14), and '
  'until when a lack of credit at the provider stops it. The switch, the caps in dollars and closed_until are asked '
  'again right before a POST.';
comment on column croquis.limits.weights_refused_bytes is
  'The smallest weights for which the storage had no room when it was asked; null when it is not known to refuse any.';
insert into croquis.limits default values;

create table public.idempotency_keys (
  owner_id uuid not null,
  key text not null check (char_length(key) between 8 and 200),
  operation text not null,
  request_sha256 text not null,
  subject uuid not null,
  created_at timestamptz not null default now(),
  primary key (owner_id, key)
);
comment on table public.idempotency_keys is
  'The same key and the same request is the same order; kept at least 24 hours (MO-11).';

-- 3. The provider.

create table public.provider_attempts (
  id uuid primary key default gen_random_uuid(),
  run_id uuid references public.training_runs (id),
  image_id uuid references public.images (id),
  owner_id uuid not null,
  attempt int not null check (attempt > 0),
  marker text not null unique,
  seed bigint,
  nonce int check (nonce between 1 and 999999),
  listed_as text not null generated always as (coalesce(seed::text || '/' || nonce::text, marker)) stored,
  state public.attempt_state not null default 'intent',
  posted_at timestamptz default now(),
  provider_id text unique,
  task_token text,
  provider_status text,
  output jsonb,
  error text,
  expected_usd numeric(12, 6) not null,
  missing_since timestamptz,
  callback_due timestamptz,
  callback_sent_at timestamptz,
  look_after timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint provider_attempts_one_subject check (num_nonnulls(run_id, image_id) = 1),
  constraint provider_attempts_started_has_an_id check (state <> 'started' or provider_id is not null)
);
comment on table public.provider_attempts is
  'One intended paid call. The row is committed before the POST; token and result meet on it; at most one is open per '
  'subject.';
comment on column public.provider_attempts.marker is
  'The last part of the webhook''s address, and the name under which the provider is sent a file: a training''s zip, the '
  'picture that an image is made from.';
comment on column public.provider_attempts.listed_as is
  'What the provider''s list still shows of the order: the name of the file that was sent, or of an image that is made '
  'from words its seed and a number without effect.';
comment on column public.provider_attempts.posted_at is
  'When the one POST was let happen; null again once it certainly started nothing. Two at most per subject.';
create unique index provider_attempts_one_open on public.provider_attempts ((coalesce(run_id, image_id)))
  where state in ('intent', 'unknown', 'started');  -- croquis.is_open
create unique index provider_attempts_numbered on public.provider_attempts ((coalesce(run_id, image_id)), attempt);
create index provider_attempts_run on public.provider_attempts (run_id) where run_id is not null;
create index provider_attempts_image on public.provider_attempts (image_id) where image_id is not null;
create index provider_attempts_to_ask on public.provider_attempts (look_after)
  where state in ('intent', 'unknown', 'started');  -- croquis.is_open
create index provider_attempts_listed_as on public.provider_attempts (listed_as);
create index provider_attempts_posted on public.provider_attempts (posted_at);
create index provider_attempts_callbacks on public.provider_attempts (callback_due) where callback_sent_at is null;
create trigger provider_attempts_touch before update on public.provider_attempts
  for each row execute function croquis.touch();

create table public.provider_runs (
  id text primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  kind public.run_kind not null,
  attempt_id uuid references public.provider_attempts (id),
  markers text[] not null default '{}',
  version text,
  status text not null,
  over boolean not null default false,
  doubted_since timestamptz,
  seconds numeric not null default 0 check (seconds >= 0),
  cost_usd numeric(12, 6) not null default 0,
  created_at timestamptz,
  completed_at timestamptz,
  canceled_at timestamptz,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
comment on table public.provider_runs is
  'Every run that the provider was ever seen to have, by webhook, when asked, or in its list. An attempt may have '
  'several: its provider_id is the one that counts, the others are canceled.';
comment on column public.provider_runs.version is
  'The version that the provider says it ran, which may be another one than was ordered.';
comment on column public.provider_runs.doubted_since is
  'Since when it looks over without it being certain: it is over when it still looks so after a while.';
comment on column public.provider_runs.canceled_at is
  'When we first asked the provider to stop it.';
create index provider_runs_attempt on public.provider_runs (attempt_id);
create index provider_runs_canceled on public.provider_runs (canceled_at) where not over;

-- 4. What was really paid.

create table public.ledger_entries (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null check (kind in ('reservation', 'settlement', 'correction', 'release')),
  borne_by public.bearer not null,
  owner_id uuid,
  run_id uuid references public.training_runs (id),
  image_id uuid references public.images (id),
  provider_run text references public.provider_runs (id),
  reserved_usd numeric(12, 6) not null default 0,
  spent_usd numeric(12, 6) not null default 0,
  at timestamptz not null default clock_timestamp(),
  constraint ledger_entries_of_somebody check (owner_id is not null or borne_by = 'operator')
);
comment on table public.ledger_entries is
  'Append-only: each reservation, settlement, correction and release, as the difference that it makes. A balance is the '
  'sum of its entries; a later truth is one more entry.';
create index ledger_entries_owner on public.ledger_entries (owner_id);
create index ledger_entries_run on public.ledger_entries (run_id) where run_id is not null;
create index ledger_entries_image on public.ledger_entries (image_id) where image_id is not null;
create index ledger_entries_provider_run on public.ledger_entries (provider_run) where provider_run is not null;
create trigger ledger_entries_are_append_only before update or delete on public.ledger_entries
  for each row execute function croquis.append_only();

create table public.webhook_inbox (
  provider text not null,
  webhook_id text not null,
  attempt_id uuid references public.provider_attempts (id),
  provider_id text not null,
  status text not null,
  matched boolean not null,
  received_at timestamptz not null default now(),
  primary key (provider, webhook_id)
);
comment on table public.webhook_inbox is
  'Webhooks that say how a run ended, each stored before it is answered (WH-10, WH-12); no bodies.';
create index webhook_inbox_attempt on public.webhook_inbox (attempt_id);
create index webhook_inbox_provider_id on public.webhook_inbox (provider_id, status);
