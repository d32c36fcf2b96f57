-- What a look-book asks for, and all that stands against it: told before anything is paid.

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
    croquis.why_not_provided(consent, engine),
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
        select why.* from croquis.why_not_fitting(engine, croquis.own_garments(r.garment_ids, of_model.owner_id)) as why
        where why.code is not null
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
      union all
      select ((422, 'bad_column',
        format('What column %s is made of is not one line of plain text of 1 to 4,000 characters.', c.column_no),
        'Send its prompt and title without line breaks and control characters.')::croquis.refusal).*
      where not croquis.is_plain(c.title)
        or (c.wish is not null and croquis.is_line(c.wish ->> 'prompt', 4000) is not true)
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
    end, croquis.own_garments(r.garment_ids, of_model.owner_id)) as why
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
      format('The cheapest look costs $%s with the picture that it is tried on, more than this budget.', least),
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
