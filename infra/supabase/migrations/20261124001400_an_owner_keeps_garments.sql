-- What an owner does with garments: announce, name and remove them.

create function croquis.need_name(name text) returns void
language plpgsql
as $$
begin
  if croquis.is_line(trim(name), 80) is not true then
    perform croquis.refuse(422, 'bad_name',
      'The name must have 1 to 80 characters in one line.',
      'Send name with a shorter name in one line.');
  end if;
end
$$;
comment on function croquis.need_name is
  'Refuses what cannot be the name of a garment or a look.';

create function croquis.need_category(category text) returns void
language plpgsql
as $$
begin
  if category is null or category <> all (enum_range(null::public.garment_category)::text[]) then
    perform croquis.refuse(422, 'bad_category',
      'category must be one of the kinds of garments that are known.',
      'Send one of: ' || array_to_string(enum_range(null::public.garment_category), ', ') || '.');
  end if;
end
$$;
comment on function croquis.need_category is
  'Refuses what is no category of garments.';

create function croquis.no_such_garment() returns croquis.refusal
language sql immutable
as $$
  select (404, 'no_such_garment',
    'There is no such garment.',
    'Check the id; list yours with GET /v1/garments.')::croquis.refusal
$$;
comment on function croquis.no_such_garment is
  'Of a garment that is not there, or somebody else''s.';

create function croquis.garment_of_caller(garment uuid) returns public.garments
language plpgsql
as $$
declare
  found_garment public.garments;
begin
  perform croquis.signed_in();
  select * into found_garment from public.garments g
  where g.id = garment and public.may_act(g.owner_id)
  for update;
  if found_garment.id is null then
    perform croquis.refuse(croquis.no_such_garment());
  end if;
  return found_garment;
end
$$;
comment on function croquis.garment_of_caller is
  'Locks the garment and returns it. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function public.add_garment(
  name text,
  category text,
  content_type text,
  bytes bigint
) returns public.garments
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  limits croquis.limits;
  garment uuid := gen_random_uuid();
  added public.garments;
begin
  select * into limits from croquis.limits;
  perform croquis.need_name(add_garment.name);
  perform croquis.need_category(add_garment.category);
  perform croquis.need_photo_file(add_garment.content_type, add_garment.bytes);
  perform croquis.hold_owner(owner);
  if (select count(*) from public.garments g where g.owner_id = owner and g.created_at > now() - interval '1 day')
     >= limits.uploads_per_day then
    perform croquis.refuse(429, 'too_many_uploads',
      'You have announced as many garments today as are allowed.',
      'Go on tomorrow.');
  end if;
  if (select count(*) from public.garments g where g.owner_id = owner and g.status <> 'removed') >= limits.garments then
    perform croquis.refuse(429, 'too_many_garments',
      format('You have %s garments, the most that are kept for one owner.', limits.garments),
      'Remove some that you no longer need.');
  end if;
  insert into public.garments (id, owner_id, name, category, content_type, announced_bytes, upload_path)
  values (
    garment,
    owner,
    trim(add_garment.name),
    add_garment.category::public.garment_category,
    add_garment.content_type,
    add_garment.bytes,
    concat_ws('/', owner, garment)
  )
  returning * into added;
  return added;
end
$$;
comment on function public.add_garment is
  'Announces a garment and returns the path to which its picture may be uploaded once.';
grant execute on function public.add_garment to authenticated;

create function public.change_garment(
  garment uuid,
  name text default null,
  category text default null
) returns public.garments
language plpgsql security definer set search_path = ''
as $$
declare
  changed public.garments := croquis.garment_of_caller(garment);
begin
  if changed.status = 'removed' then
    perform croquis.refuse(croquis.no_such_garment());
  end if;
  if num_nonnulls(name, category) = 0 then
    perform croquis.refuse(422, 'nothing_to_change',
      'There is nothing to change.',
      'Send name or category.');
  end if;
  if name is not null then
    perform croquis.need_name(name);
    changed.name := trim(name);
  end if;
  if category is not null then
    perform croquis.need_category(category);
    changed.category := category::public.garment_category;
  end if;
  update public.garments g set name = changed.name, category = changed.category
  where g.id = changed.id
  returning * into changed;
  return changed;
end
$$;
comment on function public.change_garment is
  'Names a garment, or puts it into another category; null leaves a thing as it is. All of it happens or nothing.';
grant execute on function public.change_garment to authenticated;

create function public.remove_garment(garment uuid) returns public.garments
language plpgsql security definer set search_path = ''
as $$
declare
  removed public.garments := croquis.garment_of_caller(garment);
begin
  if removed.status <> 'removed' then
    update public.garments g set status = 'removed' where g.id = removed.id
    returning * into removed;
  end if;
  return removed;
end
$$;
comment on function public.remove_garment is
  'Takes a garment out of everything that its owner sees; removing it again changes nothing. Its objects are deleted a few '
  'minutes later, or when the last picture that is being made with it is over.';
grant execute on function public.remove_garment to authenticated;
