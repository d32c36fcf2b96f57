-- An owner's catalogue: find images of a model, mark them, remove them. What is removed is deleted by the sweep.

create function croquis.image_of_caller(image uuid) returns public.images
language plpgsql
as $$
declare
  found_image public.images;
begin
  perform croquis.signed_in();
  select * into found_image from public.images i where i.id = image and public.may_act(i.owner_id) for update;
  if found_image.id is null then
    perform croquis.refuse(404, 'no_such_image',
      'There is no such image.',
      'Check the id; list yours with GET /v1/models/{model_id}/images.');
  end if;
  if found_image.status <> 'saved' then
    perform croquis.refuse(409, 'image_not_saved',
      format('This image is %s; only saved ones are kept.', found_image.status),
      'Read its order until it is saved.');
  end if;
  return found_image;
end
$$;
comment on function croquis.image_of_caller is
  'Locks a saved image and returns it. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function public.read_images(
  model uuid,
  kind text default null,
  since date default null,
  until date default null,
  favourite boolean default null,
  accepted boolean default null,
  before_at timestamptz default null,
  before_id uuid default null,
  most int default 50,
  refused boolean default null
) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('images', (
    select coalesce(jsonb_agg(to_jsonb(page) order by page.created_at desc, page.id desc), '[]')
    from (
      select i.* from public.images i
      where i.model_id = m.id
        and i.status = 'saved'
        and i.removed_at is null
        and (read_images.kind is null or i.kind::text = read_images.kind)
        and (since is null or i.created_at >= since::timestamp at time zone 'UTC')
        and (until is null or i.created_at < (until + 1)::timestamp at time zone 'UTC')
        and (read_images.favourite is null or i.favourite = read_images.favourite)
        and (read_images.accepted is null or i.accepted = read_images.accepted)
        and (read_images.refused is null or (i.shown_decision is not distinct from 'refuse') = read_images.refused)
        and (before_at is null or (i.created_at, i.id) < (before_at, before_id))
      order by i.created_at desc, i.id desc
      limit least(most, 201)  -- one more than a download may hold
    ) as page
  ))
  from public.ai_models m
  where m.id = read_images.model
$$;
comment on function public.read_images is
  'A page of the saved images of a model, newest first, older than the place before_at and before_id; since and until are '
  'days in UTC, both included; refused is by the person shown; null filters nothing. Null when the caller may not see the model.';
grant execute on function public.read_images to authenticated;

create function public.change_image(
  image uuid,
  favourite boolean default null,
  accepted boolean default null
) returns public.images
language plpgsql security definer set search_path = ''
as $$
declare
  changed public.images := croquis.image_of_caller(image);
begin
  if num_nonnulls(favourite, accepted) = 0 then
    perform croquis.refuse(422, 'nothing_to_change',
      'There is nothing to change.',
      'Send favourite or accepted.');
  end if;
  if changed.removed_at is not null then
    perform croquis.refuse(404, 'no_such_image',
      'There is no such image.',
      'It was removed.');
  end if;
  update public.images i
  set favourite = coalesce(change_image.favourite, i.favourite),
      accepted = coalesce(change_image.accepted, i.accepted)
  where i.id = changed.id
  returning * into changed;
  return changed;
end
$$;
comment on function public.change_image is
  'Marks a saved image as a favourite, or as accepted, or takes that back; null leaves a mark as it is.';
grant execute on function public.change_image to authenticated;

create function public.remove_image(image uuid) returns public.images
language plpgsql security definer set search_path = ''
as $$
declare
  removed public.images := croquis.image_of_caller(image);
begin
  update public.images i set removed_at = coalesce(i.removed_at, now())
  where i.id = removed.id
  returning * into removed;
  return removed;
end
$$;
comment on function public.remove_image is
  'Takes a saved image out of everything that its owner sees; removing it again changes nothing. Its object is deleted a few '
  'minutes later; that it was made here is still known by its hash.';
grant execute on function public.remove_image to authenticated;

create function public.objects_of_removed_images(
  most int default 100,
  after uuid default null
) returns setof public.images
language sql stable security definer set search_path = ''
as $$
  select i.* from public.images i
  where (after is null or i.id > after)
    and i.removed_at < now() - interval '3 minutes'
    and i.object_deleted_at is null
  order by i.id
  limit most
$$;
comment on function public.objects_of_removed_images is
  'A page of images that were removed at least three minutes ago, when nobody can still be saving them, and whose objects '
  'have not been deleted; after is the last id of the page before.';
grant execute on function public.objects_of_removed_images to service_role;

create function public.removed_image_is_gone(image uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.images i set object_deleted_at = now() where i.id = image and i.removed_at is not null
$$;
comment on function public.removed_image_is_gone is
  'Records that the object of a removed image is deleted.';
grant execute on function public.removed_image_is_gone to service_role;
