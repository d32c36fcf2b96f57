-- Erasing a person's model, or an account: what was asked for, how far it is, and the receipt that stays.

create table public.erasures (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  subject text not null check (subject in ('model', 'account')),
  job_ids uuid[] not null,
  status public.erasure_status not null default 'stopping',
  version int not null default 0,
  folders text[] not null default '{}',
  provider_versions text[] not null default '{}',
  rows_deleted jsonb not null default '{}' check (jsonb_typeof(rows_deleted) = 'object'),
  objects_deleted jsonb not null default '{}' check (jsonb_typeof(objects_deleted) = 'object'),
  asked_at timestamptz not null default now(),
  rows_gone_at timestamptz,
  erased_at timestamptz,
  ended_at timestamptz,
  constraint erasures_in_their_order check (
    case status
      when 'stopping' then num_nonnulls(rows_gone_at, erased_at, ended_at) = 0
      when 'deleting' then rows_gone_at is not null and num_nonnulls(erased_at, ended_at) = 0
      when 'erased' then num_nulls(rows_gone_at, erased_at) = 0 and ended_at is null
      when 'done' then num_nulls(rows_gone_at, erased_at, ended_at) = 0
    end
  )
);
comment on table public.erasures is
  'What is to be erased, and what is left to do: a sweep that finds it at any point goes on. Holds ids alone.';
comment on column public.erasures.job_ids is
  'The trainings that it erases, with their models: kept, so that a restored backup is erased again.';
comment on column public.erasures.folders is
  'With what the paths of its objects begin, in every bucket of ours; empty again once it is done.';
comment on column public.erasures.provider_versions is
  'The versions to delete at the provider, as far as rows name them; empty again once it is done.';
create index erasures_owner on public.erasures (owner_id, asked_at desc);
create index erasures_open on public.erasures (id) where status <> 'done';
create trigger erasures_count before update of status on public.erasures
  for each row execute function croquis.count_moves();

create table public.erasure_receipts (
  erasure_id uuid primary key references public.erasures (id),
  owner_id uuid not null,
  subject text not null check (subject in ('model', 'account')),
  rows_deleted jsonb not null,
  objects_deleted jsonb not null,
  versions_deleted int not null check (versions_deleted >= 0),
  verified text[] not null,
  asked_at timestamptz not null,
  erased_at timestamptz not null,
  looked_again_at timestamptz not null default now()
);
comment on table public.erasure_receipts is
  'Append-only: that something was erased, how much of which kind, when, and how it was looked for afterwards. Tells '
  'nothing of the person.';
create index erasure_receipts_owner on public.erasure_receipts (owner_id);
create trigger erasure_receipts_are_append_only before update or delete on public.erasure_receipts
  for each row execute function croquis.append_only();

grant select on public.erasures, public.erasure_receipts to authenticated, service_role;

alter table public.erasures enable row level security;
create policy "owners read their own rows" on public.erasures
  for select to authenticated using (public.may_act(owner_id));

alter table public.erasure_receipts enable row level security;
create policy "owners read their own rows" on public.erasure_receipts
  for select to authenticated using (public.may_act(owner_id));

-- What there is of a person: the same looks say before what will go, and afterwards that nothing is left.

create function croquis.downloads_of(jobs uuid[], account uuid) returns setof public.downloads
language sql stable
as $$
  select d.* from public.downloads d
  where d.owner_id = account
    or d.export_of && jobs
    or exists (
      select from public.download_images di
      join public.images i on i.id = di.image_id
      where di.download_id = d.id and i.job_id = any (jobs) and i.owner_id <> croquis.nobody()
    )
$$;
comment on function croquis.downloads_of is
  'Every download that holds something of these trainings, or is of the account.';

create function croquis.folders_of(jobs uuid[], account uuid) returns text[]
language sql stable
as $$
  select coalesce(array_agg(folder), '{}')
  from (
    select concat(account, '/') where account is not null
    union
    select concat(j.owner_id, '/', j.id, '/') from public.lora_training_jobs j
    where j.id = any (jobs) and j.owner_id <> croquis.nobody()
    union
    select concat(b.owner_id, '/', b.id, '/') from public.look_books b join public.ai_models m on m.id = b.model_id
    where m.job_id = any (jobs) and b.owner_id <> croquis.nobody()
    union
    select d.path from croquis.downloads_of(jobs, account) d
  ) as each_of_them (folder)
$$;
comment on function croquis.folders_of is
  'With what the paths of all objects of these trainings begin, and of the account where one is given.';

create function croquis.buckets() returns text[]
language sql immutable
return array[
  'photo-uploads', 'garment-uploads', 'training-photos', 'garments', 'datasets', 'lora-weights', 'images', 'face-cut-outs',
  'provenance-uploads', 'downloads', 'look-books'
];
comment on function croquis.buckets is
  'The buckets of ours: the project may have others, where folders may be called as ours are.';

create function croquis.objects_in(folders text[]) returns table (bucket text, name text)
language sql stable
as $$
  select o.bucket_id, o.name
  from storage.objects o
  where o.bucket_id = any (croquis.buckets())
    and exists (select from unnest(folders) as folder where starts_with(o.name, folder))
  order by o.bucket_id, o.name
$$;
comment on function croquis.objects_in is
  'Every object below these folders, in every bucket of ours.';

create function croquis.rows_of(
  jobs uuid[],
  account uuid,
  folders text[]
) returns table (kind text, many bigint)
language sql stable
as $$
  with runs as (select * from public.training_runs where job_id = any (jobs) and owner_id <> croquis.nobody()),
    models as (select * from public.ai_models where job_id = any (jobs) and owner_id <> croquis.nobody()),
    pictures as (select * from public.images where job_id = any (jobs) and owner_id <> croquis.nobody()),
    books as (
      select * from public.look_books where model_id in (select id from models) or owner_id = account
    )
  select 'lora_training_jobs', count(*) from public.lora_training_jobs
  where id = any (jobs) and owner_id <> croquis.nobody()
  union all select 'training_runs', count(*) from runs
  union all select 'training_logs', count(*) from public.training_logs where run_id in (select id from runs)
  union all select 'face_references', count(*) from public.face_references where run_id in (select id from runs)
  union all select 'training_photos', count(*) from public.training_photos where job_id = any (jobs)
  union all select 'ai_models', count(*) from models
  union all select 'images', count(*) from pictures
  union all select 'image_orders', count(*) from public.image_orders where model_id in (select id from models)
  union all select 'worn_garments', count(*) from public.worn_garments where image_id in (select id from pictures)
  union all select 'look_books', count(*) from books
  union all select 'look_book_cells', count(*) from public.look_book_cells where look_book_id in (select id from books)
  union all select 'downloads', count(*) from croquis.downloads_of(jobs, account)
  union all select 'consent_links', count(*) from public.consent_links
  where consent_id in (select consent_id from public.lora_training_jobs where id = any (jobs))
  union all select 'storage_outbox', count(*) from public.storage_outbox o
  where exists (select from unnest(folders) as folder where starts_with(o.name, folder))
  union all select 'garments', count(*) from public.garments where owner_id = account
  union all select 'looks', count(*) from public.looks where owner_id = account
  union all select 'provenance_uploads', count(*) from public.provenance_uploads where owner_id = account
  union all select 'idempotency_keys', count(*) from public.idempotency_keys where owner_id = account
$$;
comment on function croquis.rows_of is
  'How many rows of each kind tell something of these trainings, and of the account where one is given. All of them are 0 '
  'after an erasure: what is left for the sake of money belongs to nobody, and tells nothing.';
