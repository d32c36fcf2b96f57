-- A garment's picture landed: claimed as photos are, checked, recorded; and what the clock removes. For service_role only.

create function croquis.claimed_garment(landed public.storage_outbox) returns jsonb
language plpgsql
as $$
declare
  garment public.garments;
begin
  select g.* into garment from public.garments g where g.upload_path = landed.name for update;
  -- only the object that made a garment uploaded is looked at; everything else is deleted unread
  if garment.status in ('uploaded', 'checking') and garment.object_version = landed.version then
    if landed.attempts <= 3 then
      update public.garments g set status = 'checking' where g.id = garment.id
      returning * into garment;
      return jsonb_build_object(
        'action', 'check',
        'bucket', landed.bucket_id,
        'path', landed.name,
        'size', landed.size,
        'garment', to_jsonb(garment)
      );
    end if;
    -- three checks died of it, or could not read it
    update public.garments g
    set status = 'unreadable',
        findings = jsonb_build_array(jsonb_build_object(
          'code', 'unreadable',
          'severity', 'blocking',
          'sentence', 'This picture could not be checked.',
          'hint', 'Add the garment once more; if that does not help, save the picture as a JPEG and upload that.'
        ))
    where g.id = garment.id;
  end if;
  return jsonb_build_object('action', 'delete', 'bucket', landed.bucket_id, 'path', landed.name);
end
$$;
comment on function croquis.claimed_garment is
  'What claim_upload() says of a garment''s picture: to be checked by whoever asks, or deleted.';

create function public.record_garment(
  garment uuid,
  object_version text,
  verdict jsonb
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update public.garments g
  set status = (verdict ->> 'status')::public.garment_status,
      findings = coalesce(verdict -> 'findings', '[]'),
      width = (verdict ->> 'width')::int,
      height = (verdict ->> 'height')::int,
      bytes = (verdict ->> 'bytes')::bigint,
      sha256 = verdict ->> 'sha256',
      clean_path = verdict ->> 'clean_path',
      thumbnail_path = verdict ->> 'thumbnail_path',
      seen = nullif(verdict -> 'seen', 'null')
  where g.id = garment and g.status = 'checking' and g.object_version = record_garment.object_version;
  return found;
end
$$;
comment on function public.record_garment is
  'Records the verdict on the object that was claimed, with its clean copy and what was measured. False, and without '
  'effect, when the garment is no longer being checked.';
grant execute on function public.record_garment to service_role;

create function public.remove_unsent_garments(most int default 100) returns int
language sql security definer set search_path = ''
as $$
  with late as materialized (
    select g.id from public.garments g
    -- its signed upload lives two hours
    where g.status = 'awaiting_upload' and g.created_at < now() - interval '3 hours'
    order by g.created_at
    limit most
    for update skip locked
  ), gone as (
    update public.garments g set status = 'removed' from late where g.id = late.id returning 1
  )
  select count(*)::int from gone
$$;
comment on function public.remove_unsent_garments is
  'Removes that many garments whose pictures never came, and answers how many it was.';
grant execute on function public.remove_unsent_garments to service_role;

create function public.garments_to_forget(
  most int default 100,
  after uuid default null
) returns setof public.garments
language sql stable security definer set search_path = ''
as $$
  select g.* from public.garments g
  where (after is null or g.id > after)
    and g.status = 'removed'
    and g.objects_deleted_at is null
    and g.updated_at < now() - interval '3 minutes'
    and not exists (
      select from public.worn_garments w
      join public.images i on i.id = w.image_id
      where w.garment_id = g.id and croquis.is_open(i.status)
    )
  order by g.id
  limit most
$$;
comment on function public.garments_to_forget is
  'A page of garments that were removed at least three minutes ago, when no check of them can still be running, with which '
  'no picture is being made, and whose objects have not been deleted; after is the last id of the page before.';
grant execute on function public.garments_to_forget to service_role;

create function public.removed_garment_is_gone(garment uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.garments g
  set objects_deleted_at = now(), clean_path = null, thumbnail_path = null, sha256 = null, seen = null
  where g.id = garment and g.status = 'removed'
$$;
comment on function public.removed_garment_is_gone is
  'Records that the objects of a removed garment are deleted, and erases what was measured of it.';
grant execute on function public.removed_garment_is_gone to service_role;

-- Its owner hears of each step.

create function croquis.hint_of_garment() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    perform croquis.hint_owner(new.owner_id, 'garment', jsonb_build_object(
      'garment_id', new.id,
      'status', new.status,
      'version', new.version
    ));
  end if;
  return null;
end
$$;
comment on function croquis.hint_of_garment is
  'The event "garment": garment_id, the garment''s status and version.';
create constraint trigger garments_hint after insert or update of status on public.garments
  deferrable initially deferred for each row execute function croquis.hint_of_garment();
