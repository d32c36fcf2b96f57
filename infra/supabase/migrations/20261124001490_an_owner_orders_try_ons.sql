-- Garments put on the person of a picture: ordered by the owner. What becomes of one that is flagged: 20261124001495.

create function croquis.add_try_on(
  picture public.images,
  garments uuid[],
  engine text,
  seed bigint,
  in_order uuid,
  place int
) returns public.images
language plpgsql
as $$
declare
  added public.images;
begin
  insert into public.images (
    order_id, owner_id, model_id, job_id, run,
    kind, position, prompt, framing, asked_width, asked_height,
    engine, provider_version, seed, lora_scale, guidance,
    source_image_id, reserved_usd, deadline_at
  )
  select
    in_order, picture.owner_id, picture.model_id, picture.job_id, picture.run,
    'try_on', place, croquis.try_on_prompt(garments), picture.framing, picture.asked_width, picture.asked_height,
    e.name, coalesce(e.version, e.name), case when e.has_seed then coalesce(add_try_on.seed, croquis.drawn_seed()) end,
    null, null,
    picture.id, croquis.price_of_try_on(e.name, cardinality(garments)), now() + croquis.time_for_image()
  from croquis.engines e
  where e.name = add_try_on.engine
  returning * into added;
  insert into public.worn_garments (image_id, position, garment_id, owner_id)
  select added.id, worn.place, worn.id, added.owner_id
  from unnest(garments) with ordinality as worn (id, place);
  perform croquis.reserve(added.owner_id, null, added.id, added.reserved_usd);
  return added;
end
$$;
comment on function croquis.add_try_on is
  'One picture of an order, with its money reserved; nothing stands against it.';

create function croquis.order_try_on(
  picture public.images,
  garments uuid[],
  engine text default null,
  seed bigint default null,
  retry_once boolean default false,
  request jsonb default '{}'
) returns public.image_orders
language plpgsql
as $$
declare
  chosen text := coalesce(engine, croquis.default_engine());
  price numeric := croquis.price_of_try_on(chosen, cardinality(garments));
  wanted int := case when retry_once then 2 else 1 end;
  added public.images;
  ordered public.image_orders;
begin
  perform croquis.hold_owner(picture.owner_id);
  perform croquis.refuse(why) from croquis.refusals_to_try_on(picture, garments, chosen, wanted) as why limit 1;
  insert into public.image_orders (owner_id, model_id, kind, request, expected_seconds)
  values (picture.owner_id, picture.model_id, 'try_on', request, croquis.expected_image_seconds())
  returning * into ordered;
  added := croquis.add_try_on(picture, garments, chosen, seed, ordered.id, 1);
  if retry_once then
    update public.images i set retry_usd = price where i.id = added.id;
    insert into public.ledger_entries (key, kind, borne_by, owner_id, image_id, reserved_usd)
    values ('reserve_retry:' || added.id, 'reservation', 'owner', added.owner_id, added.id, price);
  end if;
  return ordered;
end
$$;
comment on function croquis.order_try_on is
  'Orders one picture in which the person of another wears these garments, or refuses with the first reason; for use '
  'within any transaction that has made sure of who is asking. With retry_once as much again is reserved.';

-- What an order names instead of a picture or garments.

create function croquis.newest_outfit(picture public.images) returns uuid[]
language plpgsql stable
as $$
declare
  taken uuid[] := '{}';
  covered text[] := '{}';
  garment record;
begin
  for garment in
    select g.id, case g.category when 'accessory' then array['accessory'] else croquis.covers(g.category) end as parts
    from public.garments g
    where g.owner_id = picture.owner_id
      and g.status = 'ready'
      and not croquis.needs(g.category) && croquis.surely_hidden(picture)
    order by g.created_at desc, g.id
    limit 100
  loop
    if not garment.parts && covered and cardinality(taken) < croquis.most_garments() then
      taken := taken || garment.id;
      covered := covered || garment.parts;
    end if;
  end loop;
  return taken;
end
$$;
comment on function croquis.newest_outfit is
  'The owner''s newest garments that are worn together and that this picture may show, the newest first.';

create function croquis.best_picture(
  model public.ai_models,
  garments uuid[]
) returns public.images
language sql stable
as $$
  select i.* from public.images i
  where i.model_id = model.id
    and i.run = model.active_run
    and i.kind in ('preview', 'generation', 'repair')
    and coalesce((i.repair ->> 'kept')::boolean, true)
    and i.status = 'saved'
    and (croquis.why_not_made_from(i)).code is null
  order by
    (croquis.why_not_shown(i, garments)).code is null desc,
    coalesce(i.checks ->> 'one_person', '') = 'passes' desc,
    i.framing = 'full_body' and coalesce(i.checks ->> 'head_to_toe', '') = 'passes' desc,
    coalesce(i.checks ->> 'face', '') = 'passes' desc,
    i.created_at desc, i.id
  limit 1
$$;
comment on function croquis.best_picture is
  'The picture of a model on which garments are best put: one that shows what they need, whose checks pass, whose face '
  'passes, the newest. Null when there is none.';

create function croquis.garments_of_look(look uuid) returns uuid[]
language plpgsql
as $$
declare
  worn public.looks := croquis.look_of_caller(look);
begin
  if worn.removed_at is not null then
    perform croquis.refuse(404, 'no_such_look',
      'There is no such look.',
      'It was removed.');
  end if;
  return worn.garment_ids;
end
$$;
comment on function croquis.garments_of_look is
  'What is worn in a look of the caller.';

create type croquis.fitting as (picture public.images, garments uuid[]);
comment on type croquis.fitting is
  'Which garments are put on the person of which picture.';

create function croquis.wanted_try_on(wish jsonb) returns croquis.fitting
language plpgsql
as $$
declare
  image constant uuid := wish ->> 'image';
  look constant uuid := wish ->> 'look';
  wanted croquis.fitting;
  of_model public.ai_models;
begin
  perform croquis.signed_in();
  wanted.garments := case
    when look is not null then croquis.garments_of_look(look)
    when jsonb_typeof(wish -> 'garments') <> 'null' then array(select jsonb_array_elements_text(wish -> 'garments')::uuid)
  end;
  if image is not null then
    wanted.picture := croquis.source_of_caller(image);
    -- a withdrawal that comes now waits, and then finds the order
    perform from public.ai_models m where m.id = (wanted.picture).model_id for share;
    return wanted;
  end if;
  select * into of_model from public.ai_models m where m.id = (wish ->> 'model')::uuid and public.may_act(m.owner_id)
  for update;
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  wanted.picture := croquis.best_picture(of_model, croquis.own_garments(wanted.garments, of_model.owner_id));
  if (wanted.picture).id is null then
    perform croquis.refuse(409, 'no_picture',
      'There is no picture of this model on which garments could be put.',
      'Order pictures with POST /v1/models/{model_id}/generations first.');
  end if;
  if wanted.garments is null then
    wanted.garments := croquis.newest_outfit(wanted.picture);
    if wanted.garments = '{}' then
      perform croquis.refuse(409, 'no_garments',
        'You have no garment that is ready and that this picture could show.',
        'Add garments with POST /v1/garments, and wait for their checks.');
    end if;
  end if;
  return wanted;
end
$$;
comment on function croquis.wanted_try_on is
  'What an order of the caller names: a picture, or else the best one of a model; garments, those of a look, or else the '
  'newest that are worn together.';

create function public.try_on(
  wish jsonb,
  idempotency_key text,
  request jsonb,
  sent_sha256 text default null
) returns public.image_orders
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object(
    'image', wish -> 'image', 'model', wish -> 'model', 'sent', coalesce(to_jsonb(sent_sha256), request)
  );
  earlier uuid := croquis.order_before(owner, idempotency_key, 'try_ons', asked);
  wanted croquis.fitting;
  ordered public.image_orders;
begin
  if earlier is not null then
    select * into ordered from public.image_orders o where o.id = earlier;
    return ordered;
  end if;
  if jsonb_typeof(request) is distinct from 'object' or length(request::text) > 8000 then
    perform croquis.refuse(422, 'bad_request',
      'request must be an object of what was chosen.',
      'Send what the order was made of.');
  end if;
  wanted := croquis.wanted_try_on(wish);
  ordered := croquis.order_try_on(
    wanted.picture, wanted.garments, wish ->> 'engine', (wish ->> 'seed')::bigint,
    coalesce((wish ->> 'retry_once')::boolean, false), request
  );
  perform croquis.remember_order(owner, idempotency_key, 'try_ons', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.try_on is
  'Reserves the money for one picture, with retry_once for two, in which the person of the wish''s image, or of the best '
  'picture of its model, wears its garments, what is in its look, or the newest that are worn together. The same key with the same request '
  'returns the same order and costs nothing.';
grant execute on function public.try_on to authenticated;

create function public.dry_run_try_on(wish jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  wanted croquis.fitting := croquis.wanted_try_on(wish);
  own uuid[] := croquis.own_garments(wanted.garments, (wanted.picture).owner_id);
  chosen text := coalesce(wish ->> 'engine', croquis.default_engine());
  pictures int := case when (wish ->> 'retry_once')::boolean then 2 else 1 end;
begin
  return jsonb_build_object(
    'picture', to_jsonb(wanted.picture),
    'garments', (
      select coalesce(jsonb_agg(to_jsonb(g) order by worn.place), '[]')
      from unnest(own) with ordinality as worn (id, place)
      join public.garments g on g.id = worn.id
    ),
    'engine', croquis.engine_view(chosen),
    'prompt', croquis.try_on_prompt(own),
    'expected_usd', coalesce(pictures * croquis.price_of_try_on(chosen, cardinality(wanted.garments)), 0),
    'history', croquis.history_of_images(),
    'refusals', (
      select coalesce(jsonb_agg(to_jsonb(why)), '[]')
      from croquis.refusals_to_try_on(wanted.picture, wanted.garments, chosen, pictures) as why
    )
  );
end
$$;
comment on function public.dry_run_try_on is
  'What such an order would take of which picture and which garments, and cost, and every reason why it would be refused '
  'now.';
grant execute on function public.dry_run_try_on to authenticated;

-- One more try.
