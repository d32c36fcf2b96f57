-- What may be worn together, and looks: garments that an owner keeps together by name.

create function croquis.refusals_to_wear(
  garments uuid[],
  of_owner uuid
) returns setof croquis.refusal
language sql stable
as $$
  with asked as (
    select a.id, a.place, g.id is not null as there, g.category, g.status
    from unnest(garments) with ordinality as a (id, place)
    left join public.garments g on g.id = a.id and g.owner_id = of_owner
    where cardinality(garments) <= croquis.most_garments()
  )
  select r.why from (
    select 1 as kind, 0::bigint as place, (422, 'bad_number_of_garments',
      format('One to %s garments are worn together, not %s.', croquis.most_garments(), coalesce(cardinality(garments), 0)),
      'Name each garment once, the most important ones first.')::croquis.refusal as why
    where coalesce(cardinality(garments), 0) not between 1 and croquis.most_garments()
    union all
    select 2, min(a.place), (422, 'garment_twice',
      format('The garment %s is named more than once.', a.id),
      'Name each garment once.')::croquis.refusal
    from asked a
    group by a.id having count(*) > 1
    union all
    select 3, a.place, case
      when not a.there then (404, 'no_such_garment',
        format('There is no garment %s.', coalesce(a.id::text, 'null')),
        'Check the id; list yours with GET /v1/garments.')::croquis.refusal
      when a.status = 'removed' then (409, 'garment_removed',
        format('The garment %s was removed.', a.id),
        'Leave it out, or add it anew.')::croquis.refusal
      when a.status = 'unreadable' then (409, 'garment_not_ready',
        format('The picture of the garment %s could not be read.', a.id),
        'Add the garment anew with another picture.')::croquis.refusal
      else (409, 'garment_not_ready',
        format('The garment %s is %s: its picture was not checked yet.', a.id, a.status),
        'Upload its picture, and wait for its check.')::croquis.refusal
    end
    from asked a
    where a.status is distinct from 'ready'
    union all
    select 4, b.place, (422, 'not_worn_together',
      format('The garments %s (%s) and %s (%s) are not worn together: both take up the %s.',
        a.id, a.category, b.id, b.category, array_to_string(shared.parts, ' and ')),
      'Leave one of them out. What is worn over another is outerwear.')::croquis.refusal
    from asked a
    join asked b on a.place < b.place and a.id <> b.id
    cross join lateral (
      select array(
        select unnest(croquis.covers(a.category)) intersect select unnest(croquis.covers(b.category)) order by 1
      ) as parts
    ) as shared
    where cardinality(shared.parts) > 0
  ) as r
  order by r.kind, r.place
$$;
comment on function croquis.refusals_to_wear is
  'All that stands against wearing these garments of one owner together, what is most basic first: how many, one twice, '
  'one that is not there, removed or not ready, two that take up the same part of a person. Nothing when they may be worn.';

create function croquis.need_wearable(garments uuid[]) returns void
language plpgsql
as $$
declare
  why croquis.refusal;
begin
  -- in the order of their ids, so that two who wear the same ones wait for each other in turn
  perform 1 from public.garments g
  where cardinality(garments) <= croquis.most_garments() and g.id = any (garments) and public.may_act(g.owner_id)
  order by g.id
  for share;
  select * into why from croquis.refusals_to_wear(garments, croquis.signed_in()) limit 1;
  perform croquis.refuse(why);
end
$$;
comment on function croquis.need_wearable is
  'Refuses garments that are not worn together, for the first reason; those that are cannot be removed or changed until '
  'the end of the transaction.';

create function croquis.look_of_caller(look uuid) returns public.looks
language plpgsql
as $$
declare
  found_look public.looks;
begin
  perform croquis.signed_in();
  select * into found_look from public.looks l where l.id = look and public.may_act(l.owner_id) for update;
  if found_look.id is null then
    perform croquis.refuse(404, 'no_such_look',
      'There is no such look.',
      'Check the id; list yours with GET /v1/looks.');
  end if;
  return found_look;
end
$$;
comment on function croquis.look_of_caller is
  'Locks the look and returns it. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function public.read_looks(
  look uuid default null,
  before_at timestamptz default null,
  before_id uuid default null,
  most int default 50
) returns setof jsonb
language sql stable set search_path = ''
as $$
  select to_jsonb(l) || jsonb_build_object('garments', (
    select coalesce(jsonb_agg(to_jsonb(g) order by worn.place), '[]')
    from unnest(l.garment_ids) with ordinality as worn (id, place)
    join public.garments g on g.id = worn.id
  ))
  from public.looks l
  where l.removed_at is null
    and (look is null or l.id = look)
    and (before_at is null or (l.created_at, l.id) < (before_at, before_id))
  order by l.created_at desc, l.id desc
  limit least(most, 100)
$$;
comment on function public.read_looks is
  'A page of the caller''s looks with their garments, also those that were removed: newest first, older than the place '
  'before_at and before_id; only the one named, if one is.';
grant execute on function public.read_looks to authenticated;

create function public.add_look(
  name text,
  garments uuid[]
) returns public.looks
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  most int := (select l.looks from croquis.limits l);
  added public.looks;
begin
  perform croquis.need_name(add_look.name);
  perform croquis.need_wearable(garments);
  perform croquis.hold_owner(owner);
  if (select count(*) from public.looks l where l.owner_id = owner and l.removed_at is null) >= most then
    perform croquis.refuse(429, 'too_many_looks',
      format('You have %s looks, the most that are kept for one owner.', most),
      'Remove some that you no longer need.');
  end if;
  insert into public.looks (owner_id, name, garment_ids)
  values (owner, trim(add_look.name), array(select unnest(garments)))
  returning * into added;
  return added;
end
$$;
comment on function public.add_look is
  'Keeps garments that are worn together by name.';
grant execute on function public.add_look to authenticated;

create function public.change_look(
  look uuid,
  name text default null,
  garments uuid[] default null
) returns public.looks
language plpgsql security definer set search_path = ''
as $$
declare
  changed public.looks := croquis.look_of_caller(look);
begin
  if changed.removed_at is not null then
    perform croquis.refuse(404, 'no_such_look',
      'There is no such look.',
      'It was removed.');
  end if;
  if num_nonnulls(name, garments) = 0 then
    perform croquis.refuse(422, 'nothing_to_change',
      'There is nothing to change.',
      'Send name or garments.');
  end if;
  if name is not null then
    perform croquis.need_name(name);
    changed.name := trim(name);
  end if;
  if garments is not null then
    perform croquis.need_wearable(garments);
    changed.garment_ids := array(select unnest(garments));
  end if;
  update public.looks l set name = changed.name, garment_ids = changed.garment_ids
  where l.id = changed.id
  returning * into changed;
  return changed;
end
$$;
comment on function public.change_look is
  'Names a look anew, or has other garments in it; null leaves a thing as it is. All of it happens or nothing.';
grant execute on function public.change_look to authenticated;

create function public.remove_look(look uuid) returns public.looks
language plpgsql security definer set search_path = ''
as $$
declare
  removed public.looks := croquis.look_of_caller(look);
begin
  update public.looks l set removed_at = coalesce(l.removed_at, now()) where l.id = removed.id
  returning * into removed;
  return removed;
end
$$;
comment on function public.remove_look is
  'Takes a look out of everything that its owner sees; removing it again changes nothing. Its garments stay.';
grant execute on function public.remove_look to authenticated;
