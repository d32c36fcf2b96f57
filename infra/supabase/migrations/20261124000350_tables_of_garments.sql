-- What is worn: garments, looks, and which garments an image is made with.

create table public.garments (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  name text not null check (croquis.is_line(name, 80)),
  category public.garment_category not null,
  status public.garment_status not null default 'awaiting_upload',
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
  clean_path text unique,
  thumbnail_path text unique,
  seen jsonb check (jsonb_typeof(seen) = 'object'),
  objects_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint garments_ready_is_whole
    check (status <> 'ready' or num_nulls(width, height, bytes, sha256, clean_path, thumbnail_path, seen) = 0)
);
comment on table public.garments is
  'One garment of an owner: what was announced, what was found, where its clean copy is. Its row stays when it is '
  'removed, so that a look can say what it lacks.';
comment on column public.garments.findings is
  'What the check found, each with code, severity, sentence, hint.';
comment on column public.garments.sha256 is
  'Of the clean copy, whose width, height and bytes these are.';
comment on column public.garments.seen is
  'What the check measured: the garment''s main colour, the ground''s, the garment''s place and pieces.';
create index garments_owner on public.garments (owner_id, created_at desc, id);
create index garments_removed on public.garments (id) where status = 'removed' and objects_deleted_at is null;
create index garments_awaited on public.garments (created_at) where status = 'awaiting_upload';
create trigger garments_touch before update on public.garments
  for each row execute function croquis.touch();
create trigger garments_count before update of status on public.garments
  for each row execute function croquis.count_moves();

create table public.looks (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  name text not null check (croquis.is_line(name, 80)),
  garment_ids uuid[] not null check (cardinality(garment_ids) between 1 and croquis.most_garments()),
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.looks is
  'Garments that are worn together, kept by name.';
comment on column public.looks.garment_ids is
  'In the order given. Rows of garments are never deleted one by one, so each is there, but may have been removed.';
create index looks_owner on public.looks (owner_id, created_at desc, id);
create trigger looks_touch before update on public.looks
  for each row execute function croquis.touch();

create table public.worn_garments (
  image_id uuid not null references public.images (id),
  position int not null check (position between 1 and croquis.most_garments()),
  garment_id uuid not null references public.garments (id),
  owner_id uuid not null,
  primary key (image_id, position),
  unique (image_id, garment_id)
);
comment on table public.worn_garments is
  'Which garments an image is made with: while it may still be made, their objects are kept.';
create index worn_garments_garment on public.worn_garments (garment_id);
create index worn_garments_owner on public.worn_garments (owner_id);

grant select on public.garments, public.looks, public.worn_garments to authenticated, service_role;

alter table public.garments enable row level security;
create policy "owners read their own rows" on public.garments
  for select to authenticated using (public.may_act(owner_id));

alter table public.looks enable row level security;
create policy "owners read their own rows" on public.looks
  for select to authenticated using (public.may_act(owner_id));

alter table public.worn_garments enable row level security;
create policy "owners read their own rows" on public.worn_garments
  for select to authenticated using (public.may_act(owner_id));

create function croquis.worn_in(image uuid) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(to_jsonb(g) order by w.position), '[]')
  from public.worn_garments w
  join public.garments g on g.id = w.garment_id
  where w.image_id = image
$$;
comment on function croquis.worn_in is
  'The garments that an image is made with, in their order.';
