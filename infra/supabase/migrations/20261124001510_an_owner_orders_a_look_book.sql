-- An owner orders, reads, pauses, resumes and cancels look-books. Nothing is paid here: workers order cell by cell.

-- 1. What is asked for.

create function croquis.asked_rows(owner uuid, rows jsonb) returns table (
  row_no int,
  look_id uuid,
  garment_ids uuid[],
  title text
)
language sql stable
as $$
  select r.place::int, l.id, worn.ids, coalesce(l.name, (
    select string_agg(g.name, ', ' order by w.place)
    from unnest(worn.ids) with ordinality as w (id, place)
    join public.garments g on g.id = w.id and g.owner_id = asked_rows.owner
  ))
  from jsonb_array_elements(case jsonb_typeof(rows) when 'array' then rows else '[]' end) with ordinality as r (asked, place)
  left join public.looks l
    on l.id = (r.asked ->> 'look_id')::uuid and l.owner_id = asked_rows.owner and l.removed_at is null
  cross join lateral (
    select case
      when r.asked ? 'look_id' then l.garment_ids
      when jsonb_typeof(r.asked -> 'garment_ids') = 'array'
        then array(select jsonb_array_elements_text(r.asked -> 'garment_ids'))::uuid[]
    end as ids
  ) as worn
$$;
comment on function croquis.asked_rows is
  'What the rows of a look-book wear: the garments of a look, or those that are named. Null garments: no such look.';

create function croquis.asked_columns(columns jsonb) returns table (
  column_no int,
  image_id uuid,
  wish jsonb,
  title text
)
language sql immutable
as $$
  select
    c.place::int,
    (c.asked ->> 'image_id')::uuid,
    case when jsonb_typeof(c.asked -> 'wish') = 'object' then c.asked -> 'wish' end,
    left(coalesce(c.asked ->> 'title', ''), 400)
  from jsonb_array_elements(case jsonb_typeof(columns) when 'array' then columns else '[]' end)
    with ordinality as c (asked, place)
$$;
comment on function croquis.asked_columns is
  'What the looks of each column are tried on: a picture that is there, or one to be made as wished.';

create function croquis.refusals_to_base(
  of_image public.images,
  image uuid,
  model uuid
) returns setof croquis.refusal
language sql stable
as $$
  select why.* from (
    values
      (of_image.id is null or of_image.model_id is distinct from model, (404, 'no_such_image',
        format('There is no picture %s of this model.', image),
        'Check the id; list yours with GET /v1/models/{model_id}/images.')::croquis.refusal),
      (of_image.status <> 'saved' or of_image.removed_at is not null, (409, 'image_not_saved',
        format('The picture %s is not there: it was not saved, or it was removed.', image),
        'Choose a saved picture.')::croquis.refusal),
      (of_image.shown_decision = 'refuse', (409, 'refused_by_shown_person',
        format('The person shown has refused the picture %s.', image),
        'Choose another picture; only they can approve it.')::croquis.refusal)
  ) as checked (stands, why)
  cross join lateral (select (checked.why).*) as why
  where checked.stands
  limit 1
$$;
comment on function croquis.refusals_to_base is
  'Why looks cannot be tried on this picture in a look-book of that model; nothing when they can.';

create function croquis.price_of_cell(
  row_no int,
  garments uuid[],
  engine text
) returns numeric
language sql stable
as $$
  select case row_no
    when 0 then croquis.price_of('flux-dev-lora')
    else croquis.price_of_try_on(engine, cardinality(garments))
  end
$$;
comment on function croquis.price_of_cell is
  'What one picture of a look-book costs, in dollars.';

create function croquis.least_of_look_book(
  owner uuid,
  rows jsonb,
  columns jsonb,
  engine text
) returns numeric
language sql stable
as $$
  select (select min(croquis.price_of_cell(r.row_no, r.garment_ids, engine)) from croquis.asked_rows(owner, rows) r)
    + min(case when c.image_id is null then croquis.price_of_cell(0, null, engine) else 0 end)
  from croquis.asked_columns(columns) c
$$;
comment on function croquis.least_of_look_book is
  'What its cheapest look costs, with the picture that it is tried on.';

create function croquis.most_of_look_book(
  owner uuid,
  rows jsonb,
  columns jsonb,
  engine text
) returns numeric
language sql stable
as $$
  select coalesce(sum(case when c.image_id is null then croquis.price_of_cell(0, null, engine) else 0 end + (
    select sum(croquis.price_of_cell(r.row_no, r.garment_ids, engine)) from croquis.asked_rows(owner, rows) r
  )), 0)
  from croquis.asked_columns(columns) c
$$;
comment on function croquis.most_of_look_book is
  'What all its cells cost, each made at the first try.';

create function croquis.refusals_to_look_book(
  of_model public.ai_models,
  rows jsonb,
  columns jsonb,
  engine text,
  budget numeric
) returns setof croquis.refusal
language plpgsql stable
as $$
declare
  consent uuid := (select j.consent_id from public.lora_training_jobs j where j.id = of_model.job_id);
  many_rows int := (select count(*) from croquis.asked_rows(of_model.owner_id, rows));
  many_columns int := (select count(*) from croquis.asked_columns(columns));
  least numeric := croquis.least_of_look_book(of_model.owner_id, rows, columns, engine);
begin
  if many_rows = 0 or many_columns = 0 or many_rows * many_columns > croquis.most_cells() then
    return next (422, 'bad_grid',
      format('A look-book has at least one row and one column, and at most %s cells; this one would have %s x %s.',
        croquis.most_cells(), many_rows, many_columns),
      'Send fewer rows or columns, or order several look-books.')::croquis.refusal;
    return;
  end if;
  if of_model.status <> 'active' then
    return next (409, 'model_not_active',
      format('This model is %s; pictures are made of active models.', of_model.status),
      'Take it out of the archive, or approve its training first.')::croquis.refusal;
  end if;
  return query select why.* from unnest(array[
    croquis.why_not_consented(consent, 'generate'),
    croquis.why_not_consented(consent, 'try_on'),
    croquis.why_not_provided(consent),
    croquis.why_not_engine(engine)
  ]) as why where why.code is not null;
  return query
    select refused.* from croquis.asked_rows(of_model.owner_id, rows) r
    cross join lateral (
      select ((404, 'no_such_look',
        format('Row %s: there is no such look.', r.row_no),
        'Check the id; list yours with GET /v1/looks.')::croquis.refusal).*
      where r.garment_ids is null
      union all
      select w.http_status, w.code, format('Row %s: %s', r.row_no, w.sentence), w.hint
      from (
        select * from croquis.refusals_to_wear(r.garment_ids, of_model.owner_id)
        union all
        select why.* from croquis.why_not_fitting(engine, r.garment_ids) as why where why.code is not null
      ) as w
      where r.garment_ids is not null
    ) as refused
    order by r.row_no;
  return query
    select refused.* from croquis.asked_rows(of_model.owner_id, rows) r
    join croquis.asked_rows(of_model.owner_id, rows) again on again.row_no > r.row_no
      and again.garment_ids @> r.garment_ids and again.garment_ids <@ r.garment_ids
    cross join lateral (
      select ((422, 'row_twice',
        format('Rows %s and %s wear the same.', r.row_no, again.row_no),
        'Send each look once.')::croquis.refusal).*
    ) as refused
    order by again.row_no;
  return query
    select refused.* from croquis.asked_columns(columns) c
    left join public.images i on i.id = c.image_id and i.owner_id = of_model.owner_id
    cross join lateral (
      select w.http_status, w.code, format('Column %s: %s', c.column_no, w.sentence), w.hint
      from croquis.refusals_to_base(i, c.image_id, of_model.id) w
      where c.image_id is not null
      union all
      select ((422, 'bad_column',
        format('Column %s names neither a picture nor what one is made of.', c.column_no),
        'Send image_id, or wishes for a picture.')::croquis.refusal).*
      where c.image_id is null and c.wish is null
    ) as refused
    order by c.column_no;
  return query
    select why.http_status, why.code, format('Row %s, column %s: %s', r.row_no, c.column_no, why.sentence), why.hint
    from croquis.asked_rows(of_model.owner_id, rows) r
    cross join croquis.asked_columns(columns) c
    left join public.images i on i.id = c.image_id and i.owner_id = of_model.owner_id
    cross join lateral croquis.why_not_shown(case
      when c.image_id is not null then i
      -- one that is to be made shows what its framing does
      else jsonb_populate_record(null::public.images, jsonb_build_object('framing', c.wish ->> 'framing'))
    end, r.garment_ids) as why
    where why.code is not null
    order by r.row_no, c.column_no;
  return query
    select ((422, 'column_twice',
      format('Columns %s and %s are the same.', twice.one, twice.other),
      'Send each picture, and each set of wishes, once.')::croquis.refusal).*
    from (
      select min(c.column_no) as one, max(c.column_no) as other
      from croquis.asked_columns(columns) c
      group by c.image_id, c.wish
      having count(*) > 1
    ) as twice
    order by twice.one;
  if (budget between 0.01 and croquis.most_usd_of_look_book()) is not true then
    return next (422, 'bad_budget',
      format('A budget is $0.01 to $%s.', croquis.most_usd_of_look_book()),
      'Send budget_usd in dollars; a dry run tells what all cells cost.')::croquis.refusal;
  elsif budget < least then
    return next (422, 'budget_too_small',
      format('The first look costs $%s with the picture that it is tried on, more than this budget.', least),
      'Send a larger budget_usd; a dry run tells what all cells cost.')::croquis.refusal;
  end if;
  if (select count(*) from public.look_books b where b.owner_id = of_model.owner_id and croquis.is_open(b.status))
     >= (select open_look_books from croquis.limits) then
    return next (429, 'too_many_look_books',
      'You have as many look-books at work as are allowed.',
      'Cancel one, or wait until one is done.')::croquis.refusal;
  end if;
  return query select * from croquis.refusals_to_reserve(of_model.owner_id, coalesce(least, 0));
end
$$;
comment on function croquis.refusals_to_look_book is
  'Every reason why this look-book of the caller''s model cannot be ordered now, the most telling first.';

-- 2. Owners.

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
