-- What a look-book ends in, and what the sweep looks for. For service_role only.

-- 1. Its files.

create function croquis.waits_for_binding(of_book public.look_books) returns boolean
language sql stable
as $$
  select of_book.bound_at is null
    and not croquis.is_open(of_book.status)
    and not exists (
      select from public.look_book_cells c where c.look_book_id = of_book.id and croquis.is_open(c.status)
    )
$$;
comment on function croquis.waits_for_binding is
  'Every cell ended, and the files of the look-book are not made yet.';

create function public.look_book_to_bind(look_book uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.look_books b
  set bind_claimed_at = now(), bind_tries = b.bind_tries + 1
  where b.id = look_book
    and croquis.waits_for_binding(b)
    and b.bind_tries < croquis.most_executions()
    and coalesce(b.bind_claimed_at < now() - croquis.time_for_binding(), true);
  if not found then
    update public.look_books b set bound_at = now()
    where b.id = look_book
      and croquis.waits_for_binding(b)
      and b.bind_tries >= croquis.most_executions()
      and b.bind_claimed_at < now() - croquis.time_for_binding();
    return null;
  end if;
  return (
    select jsonb_build_object(
      'look_book', to_jsonb(b),
      'model', to_jsonb(m),
      'allowed', m.status in ('active', 'archived') and croquis.consent_stands(j.consent_id),
      'cells', (
        select coalesce(jsonb_agg(to_jsonb(c) order by c.row_no, c.column_no), '[]')
        from public.look_book_cells c
        where c.look_book_id = b.id
      ),
      'images', (
        select coalesce(jsonb_agg(to_jsonb(i)), '[]')
        from public.images i
        where i.id in (select c.image_id from public.look_book_cells c where c.look_book_id = b.id)
          and i.status = 'saved' and i.removed_at is null and i.shown_decision is distinct from 'refuse'
      )
    )
    from public.look_books b
    join public.ai_models m on m.id = b.model_id
    join public.lora_training_jobs j on j.id = m.job_id
    where b.id = look_book
  );
end
$$;
comment on function public.look_book_to_bind is
  'Gives a look-book whose files are to be made to one worker for a quarter of an hour, with its cells and the pictures that '
  'may be in them; null when they are made already, a cell is open, or another worker has it. After four tries it ends '
  'without files. Not allowed: nothing may be given of the person any more.';
grant execute on function public.look_book_to_bind to service_role;

create function public.bind_look_book(
  look_book uuid,
  binding int,
  bound jsonb
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update public.look_books b
  set bound = case jsonb_typeof(bind_look_book.bound) when 'object' then bind_look_book.bound end, bound_at = now()
  where b.id = look_book and b.binding = bind_look_book.binding and croquis.waits_for_binding(b);
  return exists (
    select from public.look_books b
    where b.id = look_book and b.binding = bind_look_book.binding and b.bound_at is not null
  );
end
$$;
comment on function public.bind_look_book is
  'Records the files and the report of a look-book, or that it has none. False when a picture was taken back meanwhile: then '
  'what was written must not stay.';
grant execute on function public.bind_look_book to service_role;

-- 2. The sweep.

create function public.look_books_to_fill(
  most int default 100,
  after uuid default null,
  at_once boolean default false
) returns setof public.look_books
language sql stable security definer set search_path = ''
as $$
  select b.* from public.look_books b
  where (after is null or b.id > after)
    and b.bound_at is null
    and (at_once or b.filled_at < now() - interval '5 minutes')
    and (
      b.status = 'running'
      or croquis.waits_for_binding(b)
      or exists (select from public.look_book_cells c where c.look_book_id = b.id and c.status = 'working')
    )
  order by b.id
  limit most
$$;
comment on function public.look_books_to_fill is
  'A page of look-books with work left that nobody has looked at for five minutes, or at once all; after is the last id of '
  'the page before.';
grant execute on function public.look_books_to_fill to service_role;

create function public.look_books_that_do_not_move(
  most int default 100,
  after uuid default null
) returns setof public.look_books
language sql stable security definer set search_path = ''
as $$
  select b.* from public.look_books b
  where (after is null or b.id > after)
    and b.bound_at is null
    and (b.status = 'running' or croquis.waits_for_binding(b))
    and greatest(b.moved_at, b.ended_at) < now() - interval '1 hour'
  order by b.id
  limit most
$$;
comment on function public.look_books_that_do_not_move is
  'A page of look-books of which no cell has begun or ended for an hour though they run, or whose files are an hour late.';
grant execute on function public.look_books_that_do_not_move to service_role;
