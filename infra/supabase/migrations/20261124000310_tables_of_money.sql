-- Money, and the attempts at the provider through which every paid call goes.

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
  spent_usd numeric(12, 6) not null default 0 check (spent_usd >= 0),
  requests int not null default 0,
  requests_since timestamptz not null default '-infinity'
);
comment on table public.spend_accounts is
  'What an owner may spend, and the sums of their ledger entries: reserved for running work, and spent. Only an entry '
  'moves them.';
comment on column public.spend_accounts.requests is
  'How many requests have begun something in the minute from requests_since on; see croquis.count_request().';

create table croquis.limits (
  only_row boolean primary key default true check (only_row),
  accept_jobs boolean not null default true,
  requests_per_minute int not null default 240,
  open_jobs int not null default 20,
  uploads_per_day int not null default 500,
  garments int not null default 2000,
  looks int not null default 2000,
  trainings_per_day int not null default 20,
  images_per_day int not null default 1000,
  downloads_per_day int not null default 100,
  open_look_books int not null default 20,
  cells_at_once int not null default 24,
  cells_at_once_of_one int not null default 6,
  owner_usd_per_day numeric(12, 6) not null default 100,
  usd_per_day numeric(12, 6) not null default 1000,
  closed_until timestamptz not null default '-infinity',
  weights_refused_bytes bigint
);
comment on table croquis.limits is
  'One row: caps per owner, what all and each may order in a day, the switch that stops new paid work (OP-14), and '
  'until when a lack of credit at the provider stops it. The switch, the caps in dollars and closed_until are asked '
  'again right before a POST.';
comment on column croquis.limits.cells_at_once is
  'How many pictures all look-books together may have at work, which keeps them below the provider''s rate; '
  'cells_at_once_of_one is the same of one look-book.';
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
create index idempotency_keys_age on public.idempotency_keys (created_at);
comment on table public.idempotency_keys is
  'The same key and the same request is the same order; kept at least 24 hours (MO-11).';

-- The provider.

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
-- none of what is open is a partial index, as training_runs_open; croquis.is_open
create unique index provider_attempts_one_open on public.provider_attempts (
  (case when state in ('intent', 'unknown', 'started') then coalesce(run_id, image_id) end)
);
create unique index provider_attempts_numbered on public.provider_attempts ((coalesce(run_id, image_id)), attempt);
create index provider_attempts_run on public.provider_attempts (run_id) where run_id is not null;
create index provider_attempts_image on public.provider_attempts (image_id) where image_id is not null;
create index provider_attempts_to_ask on public.provider_attempts (
  (state in ('intent', 'unknown', 'started')), look_after
);
create index provider_attempts_listed_as on public.provider_attempts (listed_as);
create index provider_attempts_posted on public.provider_attempts (owner_id, posted_at);
create index provider_attempts_callbacks on public.provider_attempts (callback_due) where callback_sent_at is null;
create trigger provider_attempts_touch before update on public.provider_attempts
  for each row execute function croquis.touch();

create table croquis.usd_posted (
  slot int primary key,
  since timestamptz not null,
  usd numeric(12, 6) not null
);
comment on table croquis.usd_posted is
  'What was posted in each ten minutes of the last day, in dollars as expected, whoever''s it was. So what usd_per_day '
  'caps is known without a walk over all attempts of a day. 150 rows, used again and again.';

create function croquis.add_usd_posted(
  at timestamptz,
  usd numeric
) returns void
language sql
as $$
  insert into croquis.usd_posted as p (slot, since, usd)
  select (extract(epoch from ten.since) / 600)::bigint % 150, ten.since, add_usd_posted.usd
  from date_bin('10 minutes', at, 'epoch'::timestamptz) as ten (since)
  where ten.since is not null
  on conflict (slot) do update
  set since = excluded.since,
      usd = excluded.usd + case when p.since = excluded.since then p.usd else 0 end
  where p.since <= excluded.since
$$;
comment on function croquis.add_usd_posted is
  'Adds to the ten minutes of that moment; where it is null nothing was posted.';

create function croquis.usd_posted_in_a_day() returns numeric
language sql stable
as $$
  select coalesce(sum(p.usd), 0) from croquis.usd_posted p where p.since > now() - interval '1 day 10 minutes'
$$;
comment on function croquis.usd_posted_in_a_day is
  'What all orders of the last 24 hours, and up to ten minutes more, cost as expected.';

create function croquis.count_usd_posted() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    perform croquis.add_usd_posted(old.posted_at, -old.expected_usd);
  end if;
  perform croquis.add_usd_posted(new.posted_at, new.expected_usd);
  return null;
end
$$;
comment on function croquis.count_usd_posted is
  'Keeps usd_posted equal to what the attempts say.';
create trigger provider_attempts_count_usd_posted after insert or update of posted_at on public.provider_attempts
  for each row execute function croquis.count_usd_posted();

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

-- What was really paid.

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
create index webhook_inbox_age on public.webhook_inbox (received_at);
create index webhook_inbox_provider_id on public.webhook_inbox (provider_id, status);
