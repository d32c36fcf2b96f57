-- What ended in a look-book, and what is next: cell by cell, within its budget.

-- 1. What ended.

create function croquis.has_ended(of_image public.images) returns boolean
language sql stable
return of_image.status = 'failed'
  or of_image.status = 'saved' and (of_image.checks is not null or of_image.ended_at < now() - interval '5 minutes');
comment on function croquis.has_ended is
  'Nothing more will be known of the image: it failed, or it was saved and looked at, or nobody will look any more.';

create function croquis.may_try_again(cell public.look_book_cells, of_image public.images) returns boolean
language sql stable
as $$
  select cell.tries < croquis.most_tries_of_cell()
    and of_image.failure_code is distinct from 'consent_withdrawn'
    and not exists (
      select from public.provider_attempts a where a.image_id = of_image.id and croquis.is_open(a.state)
    )
$$;
comment on function croquis.may_try_again is
  'Whether the picture of a cell may be ordered once more: never while what was ordered first may still be made.';

create function croquis.shows_the_person(of_image public.images) returns boolean
language sql immutable
return of_image.status = 'saved'
  and of_image.removed_at is null
  and of_image.shown_decision is distinct from 'refuse'
  and coalesce(of_image.checks ->> 'one_person', '') <> 'fails'
  and coalesce(of_image.checks ->> 'head_to_toe', '') <> 'fails'
  and coalesce(of_image.checks ->> 'face', '') <> 'fails';
comment on function croquis.shows_the_person is
  'Whether looks may be tried on a picture: it is there, and no check of it says that it shows another or not all.';

create function croquis.settle_cells(of_book public.look_books) returns void
language plpgsql
as $$
begin
  update public.look_book_cells c
  set status = it.status,
      failure_code = case when it.status = 'failed' then it.code end,
      failure_sentence = case when it.status = 'failed' then it.sentence end,
      failure_hint = case when it.status = 'failed' then it.hint end,
      ended_at = case when it.status <> 'waiting' then now() end
  from (
    select w.row_no, w.column_no, i.failure_code as code, i.failure_sentence as sentence, i.failure_hint as hint,
      case
        when i.status = 'saved' then 'done'
        when croquis.is_open(of_book.status) and croquis.may_try_again(w, i) then 'waiting'
        else 'failed'
      end::public.cell_status as status
    from public.look_book_cells w
    join public.images i on i.id = w.image_id
    where w.look_book_id = of_book.id and w.status = 'working' and croquis.has_ended(i)
  ) as it
  where c.look_book_id = of_book.id and (c.row_no, c.column_no) = (it.row_no, it.column_no);
  if found then
    update public.look_books b set moved_at = now() where b.id = of_book.id;
  end if;
  update public.look_book_cells c
  set status = 'failed',
      failure_code = 'no_base_picture',
      failure_sentence = 'There is no good picture in this column to try the look on.',
      failure_hint = 'Order a look-book with another picture for this column.',
      ended_at = now()
  from public.look_book_cells base
  left join public.images i on i.id = base.image_id
  where base.look_book_id = of_book.id and base.row_no = 0
    and c.look_book_id = of_book.id and c.column_no = base.column_no and c.row_no > 0 and c.status = 'waiting'
    and not croquis.is_open(base.status)
    and (base.status <> 'done' or not croquis.shows_the_person(i));
end
$$;
comment on function croquis.settle_cells is
  'Ends the cells whose pictures ended, gives one without a picture its second try, and ends those that have nothing to '
  'be tried on.';

-- 2. What is next.

create function croquis.committed_usd(look_book uuid) returns numeric
language sql stable
as $$
  select coalesce(sum(i.reserved_usd), 0)
  from public.image_orders o
  join public.images i on i.order_id = o.id
  where o.look_book_id = look_book
    and (i.status <> 'failed' or i.failure_code in ('consent_withdrawn', 'source_gone') or exists (
      select from public.ledger_entries e
      where e.image_id = i.id and e.borne_by = 'owner'
      group by e.image_id having sum(e.reserved_usd + e.spent_usd) > 0
    ))
$$;
comment on function croquis.committed_usd is
  'What of a budget is taken: the full price of each picture, but for one that failed and costs its owner nothing. An '
  'owner bears no more for a picture than that price, so spending stays within it whatever the provider takes.';

create function croquis.next_cell(of_book public.look_books) returns public.look_book_cells
language sql stable
as $$
  with priced as (
    select c.*, croquis.price_of_cell(c.row_no, c.garment_ids, of_book.engine) as usd
    from public.look_book_cells c
    where c.look_book_id = of_book.id and (c.status = 'waiting' or c.row_no = 0)
  ), columns as (
    select p.column_no,
      max(p.status) filter (where p.row_no = 0) as base,
      coalesce(sum(p.usd) filter (where p.row_no > 0), 0) as wanted,
      min(p.usd) filter (where p.row_no > 0) as first_look
    from priced p
    group by p.column_no
  ), money as materialized (  -- once, and not for each cell that waits
    select of_book.budget_usd - croquis.committed_usd(of_book.id) as left_usd,
      coalesce((select sum(b.wanted) from columns b where b.base in ('working', 'done')), 0) as promised
  )
  select c.*
  from money
  cross join priced p
  join columns b on b.column_no = p.column_no
  join public.look_book_cells c
    on (c.look_book_id, c.row_no, c.column_no) = (p.look_book_id, p.row_no, p.column_no)
  where p.status = 'waiting'
    and case p.row_no
      -- the columns before it come first: their pictures are worth nothing without looks
      when 0 then left_usd >= promised + p.usd + b.first_look
      else b.base = 'done' and left_usd >= p.usd
    end
  order by p.column_no, p.row_no
  limit 1
$$;
comment on function croquis.next_cell is
  'The cell whose turn it is within the budget: column by column. A column is begun only when the budget holds, besides '
  'its picture and a first look, all looks that are left of the columns before it. Null when there is none now.';

create function croquis.order_cell(
  of_book public.look_books,
  of_model public.ai_models,
  cell public.look_book_cells
) returns void
language plpgsql
as $$
declare
  base public.images;
  seed bigint := of_book.seed + cell.tries;  -- the same seed would only fail again
  ordered public.image_orders;
begin
  if cell.row_no = 0 then
    perform croquis.refuse(why) from croquis.refusals_to_generate(of_model, 1) as why limit 1;
    ordered := croquis.place_generations(
      of_model, '{}', jsonb_build_array(cell.wish || case when seed is null then '{}' else jsonb_build_object('seed', seed) end)
    );
  else
    select i.* into base from public.look_book_cells c join public.images i on i.id = c.image_id
    where c.look_book_id = cell.look_book_id and c.row_no = 0 and c.column_no = cell.column_no;
    ordered := croquis.order_try_on(base, cell.garment_ids, of_book.engine, seed);
  end if;
  update public.image_orders o set look_book_id = of_book.id where o.id = ordered.id;
  update public.look_book_cells c
  set status = 'working', tries = c.tries + 1,
      image_id = (select i.id from public.images i where i.order_id = ordered.id),
      failure_code = null, failure_sentence = null, failure_hint = null
  where (c.look_book_id, c.row_no, c.column_no) = (cell.look_book_id, cell.row_no, cell.column_no);
  -- who got a place waits anew for the next one
  update public.look_books b set moved_at = now(), waits_since = null where b.id = of_book.id;
end
$$;
comment on function croquis.order_cell is
  'Orders the picture of a cell like any other picture, under the same refusals.';

create function croquis.stop_at(
  of_book public.look_books,
  cell public.look_book_cells,
  code text,
  sentence text,
  hint text
) returns boolean
language plpgsql
as $$
begin
  if code = 'consent_withdrawn' then
    perform croquis.end_look_book(of_book.id, code, sentence, hint);
  elsif code = 'closed' then
    return false;  -- the switch: nobody has to resume what the next look finds open
  elsif code in (
    'use_not_consented', 'provider_not_consented', 'model_not_active', 'too_many_images', 'spend_limit',
    'engine_disabled', 'engine_retired', 'engine_not_licensed'
  ) then
    update public.look_books b
    set status = 'paused', failure_code = code, failure_sentence = sentence, failure_hint = hint
    where b.id = of_book.id;
  else
    update public.look_book_cells c
    set status = 'failed', failure_code = code, failure_sentence = sentence, failure_hint = hint, ended_at = now()
    where (c.look_book_id, c.row_no, c.column_no) = (cell.look_book_id, cell.row_no, cell.column_no);
    return true;
  end if;
  return false;
end
$$;
comment on function croquis.stop_at is
  'What becomes of a look-book when the order of a cell is refused: what stands against every order pauses or cancels it, '
  'anything else ends that cell. Answers whether the next cell may be ordered.';

create function croquis.order_cells(of_book public.look_books, of_model public.ai_models) returns boolean
language plpgsql
as $$
declare
  limits croquis.limits;
  places int;
  places_of_all int;
  cell public.look_book_cells;
  code text;
  sentence text;
  hint text;
  last_state text;
begin
  -- locked: look-books that are filled at the same time take turns, and do not pass the rate together
  select * into limits from croquis.limits for no key update;
  select limits.cells_at_once_of_one - count(*) filter (where c.look_book_id = of_book.id), limits.cells_at_once - count(*)
  into places, places_of_all
  from public.look_book_cells c where c.status = 'working';
  -- whoever has waited longer comes first
  places_of_all := places_of_all - (
    select count(*) from public.look_books w
    where w.waits_since < coalesce(of_book.waits_since, 'infinity') and w.status = 'running' and w.id <> of_book.id
  );
  perform croquis.hold_owner(of_book.owner_id);
  loop
    exit when places <= 0;  -- before the next cell is sought among all that wait
    cell := croquis.next_cell(of_book);
    exit when cell.look_book_id is null or places_of_all <= 0;
    begin
      perform croquis.order_cell(of_book, of_model, cell);
      places := places - 1;
      places_of_all := places_of_all - 1;
    exception when others then
      get stacked diagnostics
        last_state = returned_sqlstate, code = pg_exception_detail, sentence = message_text, hint = pg_exception_hint;
      if last_state not like 'PT%' and last_state !~ '^2[23]' then
        raise;
      elsif last_state not like 'PT%' then
        code := 'bad_value';
        sentence := 'What this picture was wished with cannot be ordered.';
        hint := 'Order a look-book with other wishes.';
      end if;
      exit when not croquis.stop_at(of_book, cell, code, sentence, hint);
    end;
  end loop;
  return cell.look_book_id is not null and places > 0 and places_of_all <= 0;
end
$$;
comment on function croquis.order_cells is
  'Orders the next cells as long as the budget and the rate leave a place. Answers whether it wants a place that only '
  'other look-books can free.';
