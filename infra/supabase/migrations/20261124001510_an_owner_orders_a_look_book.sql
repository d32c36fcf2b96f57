-- An owner orders, reads, pauses, resumes and cancels look-books. Nothing is paid here: workers order cell by cell.

create function public.order_look_book(
  model uuid,
  idempotency_key text,
  rows jsonb,
  columns jsonb,
  engine text,
  budget_usd numeric,
  seed bigint default null,
  sent_sha256 text default null
) returns public.look_books
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object('model', model, 'sent', coalesce(
    to_jsonb(sent_sha256), jsonb_build_array(rows, columns, engine, budget_usd, seed)
  ));
  earlier uuid := croquis.order_before(owner, idempotency_key, 'look_book', asked);
  chosen text := coalesce(engine, croquis.default_engine());
  of_model public.ai_models;
  ordered public.look_books;
begin
  if earlier is not null then
    select * into ordered from public.look_books b where b.id = earlier;
    return ordered;
  end if;
  select * into of_model from public.ai_models m where m.id = model and public.may_act(m.owner_id) for update;
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  perform croquis.hold_owner(of_model.owner_id);
  perform croquis.refuse(why) from croquis.refusals_to_look_book(of_model, rows, columns, chosen, budget_usd) as why limit 1;
  insert into public.look_books (owner_id, model_id, rows, columns, engine, seed, budget_usd)
  select of_model.owner_id, of_model.id, (
    select jsonb_agg(to_jsonb(r) - 'row_no' order by r.row_no) from croquis.asked_rows(of_model.owner_id, order_look_book.rows) r
  ), (
    select jsonb_agg(to_jsonb(c) - 'column_no' - 'wish' order by c.column_no)
    from croquis.asked_columns(order_look_book.columns) c
  ), chosen, order_look_book.seed, order_look_book.budget_usd
  returning * into ordered;
  insert into public.look_book_cells (look_book_id, row_no, column_no, owner_id, wish, image_id, status, ended_at)
  select ordered.id, 0, c.column_no, ordered.owner_id, c.wish, c.image_id,
    case when c.image_id is null then 'waiting' else 'done' end::public.cell_status,
    case when c.image_id is not null then now() end
  from croquis.asked_columns(order_look_book.columns) c;
  insert into public.look_book_cells (look_book_id, row_no, column_no, owner_id, garment_ids)
  select ordered.id, r.row_no, c.column_no, ordered.owner_id, r.garment_ids
  from croquis.asked_rows(ordered.owner_id, order_look_book.rows) r
  cross join croquis.asked_columns(order_look_book.columns) c;
  perform croquis.remember_order(owner, idempotency_key, 'look_book', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.order_look_book is
  'Orders a look-book of an active model: nothing is paid yet. The same key with the same request returns the same one.';
grant execute on function public.order_look_book to authenticated;

create function public.dry_run_look_book(
  model uuid,
  rows jsonb,
  columns jsonb,
  engine text,
  budget_usd numeric
) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  of_model public.ai_models;
  chosen text := coalesce(engine, croquis.default_engine());
begin
  perform croquis.signed_in();
  select * into of_model from public.ai_models m where m.id = model and public.may_act(m.owner_id);
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  return jsonb_build_object(
    'expected_usd', coalesce(croquis.most_of_look_book(of_model.owner_id, rows, columns, chosen), 0),
    'history', croquis.history_of_images(),
    'refusals', (
      select coalesce(jsonb_agg(to_jsonb(why)), '[]')
      from croquis.refusals_to_look_book(of_model, rows, columns, chosen, budget_usd) as why
    )
  );
end
$$;
comment on function public.dry_run_look_book is
  'What all cells of this look-book cost, and every reason why it would be refused now.';
grant execute on function public.dry_run_look_book to authenticated;

create function croquis.look_book_of_caller(look_book uuid) returns public.look_books
language plpgsql
as $$
declare
  found_book public.look_books;
begin
  perform croquis.signed_in();
  select * into found_book from public.look_books b where b.id = look_book and public.may_act(b.owner_id) for update;
  if found_book.id is null then
    perform croquis.refuse(404, 'no_such_look_book',
      'There is no such look-book.',
      'Check the id; list yours with GET /v1/look-books.');
  end if;
  return found_book;
end
$$;
comment on function croquis.look_book_of_caller is
  'Locks the look-book and returns it. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function croquis.need_open(of_book public.look_books) returns void
language plpgsql
as $$
begin
  if not croquis.is_open(of_book.status) then
    perform croquis.refuse(409, 'look_book_over',
      format('This look-book is %s.', of_book.status),
      'Order a new one for what is missing.');
  end if;
end
$$;
comment on function croquis.need_open is
  'Refuses a look-book that is over.';

create function croquis.end_look_book(
  look_book uuid,
  code text,
  sentence text,
  hint text
) returns public.look_books
language plpgsql
as $$
declare
  ended public.look_books;
begin
  perform 1 from public.look_books b where b.id = look_book for update;
  update public.look_book_cells c
  set status = 'canceled', failure_code = code, failure_sentence = sentence, failure_hint = hint, ended_at = now()
  where c.look_book_id = look_book and c.status = 'waiting';
  update public.look_books b
  set status = 'canceled',
      failure_code = nullif(code, 'canceled'),
      failure_sentence = case when code <> 'canceled' then sentence end,
      failure_hint = case when code <> 'canceled' then hint end,
      waits_since = null,
      ended_at = now()
  where b.id = look_book
  returning * into ended;
  return ended;
end
$$;
comment on function croquis.end_look_book is
  'Cancels a look-book: cells that wait end with this sentence, pictures that were ordered come to their end.';

create function public.pause_look_book(look_book uuid) returns public.look_books
language plpgsql security definer set search_path = ''
as $$
declare
  paused public.look_books := croquis.look_book_of_caller(look_book);
begin
  perform croquis.need_open(paused);
  update public.look_books b
  set status = 'paused', waits_since = null, failure_code = null, failure_sentence = null, failure_hint = null
  where b.id = paused.id
  returning * into paused;
  return paused;
end
$$;
comment on function public.pause_look_book is
  'Orders nothing more until it is resumed; what was ordered comes to its end. May be repeated.';
grant execute on function public.pause_look_book to authenticated;

create function public.resume_look_book(look_book uuid) returns public.look_books
language plpgsql security definer set search_path = ''
as $$
declare
  resumed public.look_books := croquis.look_book_of_caller(look_book);
begin
  perform croquis.need_open(resumed);
  update public.look_books b
  set status = 'running', moved_at = now(), failure_code = null, failure_sentence = null, failure_hint = null
  where b.id = resumed.id
  returning * into resumed;
  return resumed;
end
$$;
comment on function public.resume_look_book is
  'Goes on with the cells that wait. May be repeated.';
grant execute on function public.resume_look_book to authenticated;

create function public.cancel_look_book(look_book uuid) returns public.look_books
language plpgsql security definer set search_path = ''
as $$
declare
  canceled public.look_books := croquis.look_book_of_caller(look_book);
begin
  if canceled.status = 'canceled' then
    return canceled;
  end if;
  perform croquis.need_open(canceled);
  return croquis.end_look_book(canceled.id, 'canceled',
    'The look-book was canceled before this cell''s turn.', 'Order a new one for what is missing.');
end
$$;
comment on function public.cancel_look_book is
  'Ends the cells that wait; what was ordered comes to its end and is paid. May be repeated.';
grant execute on function public.cancel_look_book to authenticated;

create function public.read_look_book(look_book uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'look_book', to_jsonb(b),
    'cells', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.row_no, c.column_no), '[]')
      from public.look_book_cells c
      where c.look_book_id = b.id
    ),
    'images', (
      select coalesce(jsonb_agg(to_jsonb(i)), '[]')
      from public.images i
      where i.id in (select c.image_id from public.look_book_cells c where c.look_book_id = b.id)
    ),
    'reserved_usd', (
      select coalesce(sum(e.reserved_usd), 0) from public.ledger_entries e
      join public.images i on i.id = e.image_id
      join public.image_orders o on o.id = i.order_id
      where o.look_book_id = b.id
    ),
    'spent_usd', (
      select coalesce(sum(e.spent_usd) filter (where e.borne_by = 'owner'), 0) from public.ledger_entries e
      join public.images i on i.id = e.image_id
      join public.image_orders o on o.id = i.order_id
      where o.look_book_id = b.id
    )
  )
  from public.look_books b
  where b.id = look_book
$$;
comment on function public.read_look_book is
  'A look-book with its cells, their pictures and its money. Null when the caller may not see it.';
grant execute on function public.read_look_book to authenticated;
