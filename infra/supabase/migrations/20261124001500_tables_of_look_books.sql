-- Look-books: every look of some rows on the picture of every column, as one order under one budget.

create function croquis.most_tries_of_cell() returns int
language sql immutable parallel safe
return 2;
comment on function croquis.most_tries_of_cell is
  'How often the picture of a cell is ordered at most: once more when none was made of the first order.';

create table public.look_books (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  model_id uuid not null references public.ai_models (id),
  rows jsonb not null check (jsonb_typeof(rows) = 'array'),
  columns jsonb not null check (jsonb_typeof(columns) = 'array'),
  engine text not null,
  seed bigint check (seed between 0 and 2147483639),
  budget_usd numeric(12, 6) not null check (budget_usd > 0 and budget_usd <= croquis.most_usd_of_look_book()),
  status public.look_book_status not null default 'running',
  version int not null default 0,
  failure_code text,
  failure_sentence text,
  failure_hint text,
  filled_at timestamptz not null default now(),
  moved_at timestamptz not null default now(),
  waits_since timestamptz,
  binding int not null default 1,
  bound jsonb check (jsonb_typeof(bound) = 'object'),
  bound_at timestamptz,
  bind_claimed_at timestamptz,
  bind_tries int not null default 0 check (bind_tries between 0 and croquis.most_executions()),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz
);
comment on table public.look_books is
  'One order of many pictures: rows are looks, columns the pictures that they are tried on.';
comment on column public.look_books.rows is
  'Of each row its title, its garments, and the look that they were taken from, as they were when it was ordered.';
comment on column public.look_books.columns is
  'Of each column its title, and the picture if it was there already.';
comment on column public.look_books.failure_code is
  'With sentence and hint: why it was paused or canceled by something else than its owner.';
comment on column public.look_books.moved_at is
  'When a cell last began or ended.';
comment on column public.look_books.waits_since is
  'Since when it wants a place among the cells that all look-books together may have at work; null when it does not.';
comment on column public.look_books.binding is
  'Counts how often its files are made: anew once a picture in them was removed or refused.';
comment on column public.look_books.bind_claimed_at is
  'When a worker last began to make its files.';
comment on column public.look_books.bound is
  'The files that it ends in, and its report; null with bound_at: it was not allowed to, held no '
  'picture, or they could not be made.';
create index look_books_owner on public.look_books (owner_id, created_at desc, id);
create index look_books_model on public.look_books (model_id);
create index look_books_unfinished on public.look_books (id) where bound_at is null;
create index look_books_waiting on public.look_books (waits_since) where waits_since is not null;
create trigger look_books_touch before update on public.look_books
  for each row execute function croquis.touch();
create trigger look_books_count before update of status on public.look_books
  for each row execute function croquis.count_moves();

create table public.look_book_cells (
  look_book_id uuid not null references public.look_books (id),
  row_no int not null check (row_no >= 0),
  column_no int not null check (column_no >= 1),
  owner_id uuid not null,
  wish jsonb check (jsonb_typeof(wish) = 'object' and length(wish::text) <= 12000),
  garment_ids uuid[] not null default '{}',
  status public.cell_status not null default 'waiting',
  tries int not null default 0 check (tries between 0 and croquis.most_tries_of_cell()),
  image_id uuid references public.images (id),
  failure_code text,
  failure_sentence text,
  failure_hint text,
  ended_at timestamptz,
  primary key (look_book_id, row_no, column_no),
  constraint look_book_cells_end_with_a_picture_or_a_sentence check (
    case status
      when 'done' then image_id is not null
      when 'failed' then failure_sentence is not null
      when 'canceled' then failure_sentence is not null
      else true
    end
  )
);
comment on table public.look_book_cells is
  'One picture of a look-book. Row 0 holds what the looks of a column are tried on.';
comment on column public.look_book_cells.wish is
  'What a picture of row 0 is made of; null where it was there already.';
comment on column public.look_book_cells.image_id is
  'The picture, or that of its last try.';
create index look_book_cells_owner on public.look_book_cells (owner_id);
create index look_book_cells_image on public.look_book_cells (image_id) where image_id is not null;
create index look_book_cells_working on public.look_book_cells (look_book_id) where status = 'working';

alter table public.image_orders
  add constraint image_orders_look_book_id_fkey foreign key (look_book_id) references public.look_books (id);

grant select on public.look_books, public.look_book_cells to authenticated, service_role;

alter table public.look_books enable row level security;
create policy "owners read their own rows" on public.look_books
  for select to authenticated using (public.may_act(owner_id));

alter table public.look_book_cells enable row level security;
create policy "owners read their own rows" on public.look_book_cells
  for select to authenticated using (public.may_act(owner_id));

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('look-books', 'look-books', false, 700000000, array['image/png', 'application/pdf', 'application/zip'])
on conflict (id) do update set
  public = false,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy "an owner sees the files of a look-book as long as they hold nothing that was taken back" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'look-books'
    and exists (
      select from public.look_books b
      where b.id = substring(objects.name from '^[^/]+/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/')::uuid
        and objects.name like concat_ws('/', b.owner_id, b.id, b.binding, '%')
        and public.may_act(b.owner_id)
        and b.bound is not null
    )
  );

-- Whoever takes a picture back takes it out of every file that holds it.

create function croquis.unbind_look_books() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.look_books b
  set bound = null, bound_at = null, binding = b.binding + 1, bind_claimed_at = null, bind_tries = 0, moved_at = now()
  where b.id in (select c.look_book_id from public.look_book_cells c where c.image_id = new.id);
  return null;
end
$$;
comment on function croquis.unbind_look_books is
  'Closes the files of each look-book that holds a picture which was removed, refused or approved again, also those that are '
  'just being made: they are made anew.';
create trigger images_unbind_look_books after update of removed_at, shown_decision on public.images
  for each row when (
    (new.removed_at is null, new.shown_decision is not distinct from 'refuse')
    is distinct from (old.removed_at is null, old.shown_decision is not distinct from 'refuse')
  ) execute function croquis.unbind_look_books();

create function croquis.cancel_look_books() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform croquis.end_look_book(b.id, 'consent_withdrawn',
    'The consent for this person was withdrawn, or its last day is over.',
    'Nothing new can be made of this person.')
  from public.look_books b
  where b.model_id = new.id and croquis.is_open(b.status)
  order by b.id;
  update public.look_books b
  set bound = null, bound_at = null, binding = b.binding + 1, bind_claimed_at = null, bind_tries = 0, moved_at = now()
  where b.model_id = new.id;
  return null;
end
$$;
comment on function croquis.cancel_look_books is
  'Cancels the look-books of a model that lost its consent or is erased, and closes their files, also those that are just '
  'being made.';
create trigger ai_models_cancel_look_books after update of status on public.ai_models
  for each row when (new.status in ('revoked', 'erased') and old.status is distinct from new.status)
  execute function croquis.cancel_look_books();

-- What an owner hears over Realtime.

create function croquis.hint_of_look_book() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform croquis.hint_owner(new.owner_id, 'look_book', jsonb_build_object(
    'look_book_id', new.id,
    'status', new.status,
    'version', new.version
  ));
  return null;
end
$$;
comment on function croquis.hint_of_look_book is
  'The event "look_book": look_book_id, its status and version; whenever a cell began or ended, and when its files are there.';
create constraint trigger look_books_hint after insert or update of status, moved_at, bound_at on public.look_books
  deferrable initially deferred for each row execute function croquis.hint_of_look_book();
