-- What stands against putting garments on the person of a picture, all of which is told before anything is paid.

create function croquis.needs(category public.garment_category) returns text[]
language sql immutable parallel safe
return case category
  when 'upper' then array['torso']
  when 'outerwear' then array['torso']
  when 'lower' then array['legs']
  when 'dress' then array['torso', 'legs']
  when 'shoes' then array['feet']
  when 'hat' then array['head']
  else '{}'::text[]
end;
comment on function croquis.needs is
  'What of a person a picture must show for a garment of this category to be put on.';

create function croquis.surely_hidden(picture public.images) returns text[]
language sql immutable
as $$
  select case picture.framing
    when 'full_body' then '{}'::text[]
    when 'half_body' then array['legs', 'feet']
    else array['torso', 'legs', 'feet']
  end
  || case when picture.checks -> 'codes' ? 'feet_cut' then array['feet'] else '{}' end
  || case when picture.checks -> 'codes' ? 'head_cut' then array['head'] else '{}' end
$$;
comment on function croquis.surely_hidden is
  'What of the person the picture certainly does not show: by how it was framed, and by what the checks found in it.';

create function croquis.why_not_shown(
  picture public.images,
  garments uuid[]
) returns croquis.refusal
language sql stable
as $$
  select case
    when picture.checks -> 'codes' ? 'several_people' then (409, 'several_people',
      'More than one person is in this picture.',
      'Choose a picture of the person alone.')::croquis.refusal
    when missing.parts <> '{}' then (409, 'part_not_shown',
      format('This picture does not show the person''s %s, which the garments need.',
        array_to_string(missing.parts, ' and ')),
      'Choose a picture that shows more of the person, or leave those garments out.')::croquis.refusal
  end
  from (
    select array(
      select distinct part
      from unnest(garments) as worn (id)
      join public.garments g on g.id = worn.id
      cross join unnest(croquis.needs(g.category)) as part
      where part = any (croquis.surely_hidden(picture))
      order by part
    ) as parts
  ) missing
$$;
comment on function croquis.why_not_shown is
  'Why the garments cannot be put on in this picture: what they need is certainly not in it. Null where it may be.';

create function croquis.why_not_fitting(
  engine text,
  garments uuid[]
) returns croquis.refusal
language sql stable
as $$
  select case
    when cardinality(garments) > e.most_garments then (422, 'too_many_for_engine',
      format('The engine %s takes %s garment(s) at once, not %s.', e.name, e.most_garments, cardinality(garments)),
      'Send fewer garments, or leave engine out.')::croquis.refusal
    when e.categories <> '{}' and exists (
      select from public.garments g where g.id = any (garments) and not e.categories ? g.category::text
    ) then (422, 'not_for_engine',
      format('The engine %s puts on %s alone.', e.name, (select string_agg(it, ', ' order by it)
        from jsonb_object_keys(e.categories) as it)),
      'Leave the other garments out, or leave engine out.')::croquis.refusal
  end
  from croquis.engines e
  where e.name = engine
$$;
comment on function croquis.why_not_fitting is
  'Why this engine cannot put on these garments; null if it can.';

create function croquis.why_not_provided(
  consent uuid,
  engine text
) returns croquis.refusal
language sql stable
as $$
  select (403, 'provider_not_consented',
    format('The person shown has not agreed to their picture being sent to %s, as this engine needs.', needed),
    'Ask them, and send what they agree to with POST /v1/consents, or choose another engine.')::croquis.refusal
  from unnest(array['Replicate', (select e.passed_on_to from croquis.engines e where e.name = engine)]) as needed
  where needed <> all ((croquis.current_consent(consent)).providers)
  limit 1
$$;
comment on function croquis.why_not_provided is
  'Why nothing may be sent to those who get what this engine is sent, under that consent, which names providers; null '
  'if it may.';

create function croquis.why_no_active_model(model uuid) returns croquis.refusal
language sql stable
as $$
  select case when m.status <> 'active' then (409, 'model_not_active',
    format('The model of this picture is %s; pictures are made of active models.', m.status),
    'Approve its training, or take the model out of the archive with PATCH /v1/models/{model_id}.')::croquis.refusal end
  from public.ai_models m
  where m.id = model
$$;
comment on function croquis.why_no_active_model is
  'Why no picture of this model may be made from another; null if one may.';

create function croquis.refusals_to_try_on(
  picture public.images,
  garments uuid[],
  engine text,
  pictures int default 1
) returns setof croquis.refusal
language plpgsql stable
as $$
declare
  consent uuid := (select j.consent_id from public.lora_training_jobs j where j.id = picture.job_id);
  usd numeric := pictures * croquis.price_of_try_on(engine, cardinality(garments));
  own uuid[] := croquis.own_garments(garments, picture.owner_id);
begin
  return query select why.* from unnest(array[
    croquis.why_not_made_from(picture),
    croquis.why_no_active_model(picture.model_id),
    croquis.why_not_consented(consent, 'try_on'),
    croquis.why_not_provided(consent, engine)
  ]) as why where why.code is not null;
  return query select * from croquis.refusals_to_wear(garments, picture.owner_id);
  return query select why.* from unnest(array[
    croquis.why_not_engine(engine),
    croquis.why_not_fitting(engine, own),
    croquis.why_not_shown(picture, own)
  ]) as why where why.code is not null;
  if pictures + (
       select count(*) from public.images i
       where i.owner_id = picture.owner_id and i.kind <> 'preview' and i.created_at > now() - interval '1 day'
     ) > (select images_per_day from croquis.limits) then
    return next (429, 'too_many_images',
      'You have ordered as many images today as are allowed.',
      'Go on tomorrow.')::croquis.refusal;
  end if;
  if usd is not null then
    return query select * from croquis.refusals_to_reserve(picture.owner_id, usd);
  end if;
end
$$;
comment on function croquis.refusals_to_try_on is
  'Every reason why these garments cannot be put on the person of this picture now, the most telling first. The garments '
  'must be the picture''s owner''s; pictures is how many may be paid for.';
