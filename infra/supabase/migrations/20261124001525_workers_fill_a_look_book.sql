-- Workers fill a look-book: one function sees what ended and orders what is next. For service_role only.

create function croquis.end_if_nothing_is_left(look_book uuid) returns public.look_books
language plpgsql
as $$
declare
  of_book public.look_books;
begin
  select * into of_book from public.look_books b where b.id = look_book;
  if not croquis.is_open(of_book.status) or exists (
    select from public.look_book_cells c where c.look_book_id = of_book.id and c.status = 'working'
  ) then
    return of_book;
  end if;
  if exists (select from public.look_book_cells c where c.look_book_id = of_book.id and c.status = 'waiting')
    and (of_book.status = 'paused' or (croquis.next_cell(of_book)).look_book_id is not null)
  then
    return of_book;
  end if;
  update public.look_book_cells c
  set status = 'failed',
      failure_code = 'budget_spent',
      failure_sentence = 'What was left of the budget was too little for this cell.',
      failure_hint = 'Order a look-book of what is missing.',
      ended_at = now()
  where c.look_book_id = of_book.id and c.status = 'waiting';
  update public.look_books b set status = 'done', ended_at = now() where b.id = of_book.id
  returning * into of_book;
  return of_book;
end
$$;
comment on function croquis.end_if_nothing_is_left is
  'Ends a look-book when no cell is at work and none can be ordered any more: those that still wait had no money left.';

create function public.fill_look_book(look_book uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_model public.ai_models;
  of_book public.look_books;
  wants boolean := false;
begin
  -- the model first, as a withdrawal does
  select m.* into of_model from public.ai_models m
  where m.id = (select b.model_id from public.look_books b where b.id = look_book)
  for update;
  select * into of_book from public.look_books b where b.id = look_book for update;
  if of_book.id is null then
    return null;
  end if;
  perform croquis.settle_cells(of_book);
  if of_book.status = 'running' then
    wants := croquis.order_cells(of_book, of_model);
  end if;
  of_book := croquis.end_if_nothing_is_left(of_book.id);
  update public.look_books b
  set filled_at = now(),
      waits_since = case when wants and b.status = 'running' then coalesce(b.waits_since, now()) end
  where b.id = of_book.id
  returning * into of_book;
  return jsonb_build_object(
    'look_book', to_jsonb(of_book),
    'to_start', (
      select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind) order by i.created_at, i.id), '[]')
      from public.look_book_cells c
      join public.images i on i.id = c.image_id
      where c.look_book_id = of_book.id and c.status = 'working' and i.status = 'queued' and i.executions = 1
    ),
    'to_bind', croquis.waits_for_binding(of_book),
    'next', (
      select b.id from public.look_books b
      where b.waits_since is not null and b.status = 'running' and b.id <> of_book.id
        and (select l.cells_at_once from croquis.limits l)
          > (select count(*) from public.look_book_cells c where c.status = 'working')
      order by b.waits_since, b.id
      limit 1
    )
  );
end
$$;
comment on function public.fill_look_book is
  'Sees which pictures of a look-book ended and orders what is next, within its budget, while it is not paused, and as '
  'many at once as the rate allows. Returns it with the images to start, whether its files are to be made, and the '
  'look-book that has waited longest for a place, if there is one. May be repeated. Null when there is none.';
grant execute on function public.fill_look_book to service_role;
