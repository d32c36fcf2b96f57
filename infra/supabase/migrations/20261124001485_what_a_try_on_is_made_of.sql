-- What the engine of a try-on is given: its row, its words, its garments.

create function croquis.try_on_prompt(garments uuid[]) returns text
language sql stable
as $$
  select 'The person of the first picture, with the same face, hair, body, pose, framing, light and background, wearing '
    'what the other pictures show: ' || string_agg(case g.category
      when 'upper' then 'the top'
      when 'lower' then 'the trousers or skirt'
      when 'dress' then 'the dress'
      when 'outerwear' then 'the coat or jacket, over the rest'
      when 'shoes' then 'the shoes'
      when 'bag' then 'the bag, in the hand'
      when 'hat' then 'the hat'
      else 'the accessory'
    end, ', ' order by worn.place) || '. Nothing else is changed.'
  from unnest(garments) with ordinality as worn (id, place)
  join public.garments g on g.id = worn.id
$$;
comment on function croquis.try_on_prompt is
  'What is asked for in words, for engines that take any; no garment''s name is in it.';

create function croquis.engine_view(engine text) returns jsonb
language sql stable
as $$
  select to_jsonb(e) from croquis.engines e where e.name = engine
$$;
comment on function croquis.engine_view is
  'The row of an engine, of which its input is built; null when there is none.';

create function croquis.try_on_of(image public.images) returns jsonb
language sql stable
as $$
  select case when image.kind = 'try_on' then jsonb_build_object(
    'engine', croquis.engine_view(image.engine),
    'garments', croquis.worn_in(image.id)
  ) end
$$;
comment on function croquis.try_on_of is
  'What the engine of a try-on is, and what it puts on; null for every other image.';

create function croquis.own_garments(
  garments uuid[],
  of_owner uuid
) returns uuid[]
language sql stable
as $$
  select array(
    select g.id from unnest(garments) with ordinality as worn (id, place)
    join public.garments g on g.id = worn.id and g.owner_id = of_owner
    order by worn.place
  )
$$;
comment on function croquis.own_garments is
  'Those of them that are the owner''s: of any other nothing is told.';
