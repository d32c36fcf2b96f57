-- An upload landed: claimed once, checked, recorded. For service_role only.

create function public.claim_upload(
  object_id uuid,
  version text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  landed public.storage_outbox;
  photo public.training_photos;
begin
  select * into landed from public.storage_outbox o
  where o.object_id = claim_upload.object_id and o.version = claim_upload.version
  for update;
  if landed.object_id is null
     or landed.done_at is not null
     or landed.claimed_at > now() - interval '2 minutes' then  -- CheckPhoto is over after 30 s
    return jsonb_build_object('action', 'nothing');
  end if;
  update public.storage_outbox o set claimed_at = now(), attempts = o.attempts + 1
  where o.object_id = landed.object_id and o.version = landed.version
  returning * into landed;

  if landed.bucket_id = 'garment-uploads' then
    return croquis.claimed_garment(landed);
  end if;
  -- the photo alone: what is uploaded keeps its job from being queued, so there is no race for the job here
  select p.* into photo from public.training_photos p
  where landed.bucket_id = 'photo-uploads' and p.upload_path = landed.name
  for update;
  -- only the object that made a photo uploaded is looked at; everything else is deleted unread
  if photo.status = 'uploaded' and photo.object_version = landed.version then
    update public.training_photos p
    set status = case
      when exists (select from public.lora_training_jobs j where j.id = p.job_id and croquis.takes_photos(j.status))
      then 'checking'::public.photo_status
      else 'removed'
    end
    where p.id = photo.id
    returning * into photo;
  end if;
  if photo.status = 'checking' and photo.object_version = landed.version then
    if landed.attempts > 3 then  -- three checks died of it, or could not read it
      update public.training_photos p
      set status = 'unreadable',
          findings = jsonb_build_array(jsonb_build_object(
            'code', 'unreadable',
            'severity', 'blocking',
            'sentence', 'This photo could not be checked.',
            'hint', 'Upload it once more; if that does not help, save it as a JPEG and upload that.'
          ))
      where p.id = photo.id;
      return jsonb_build_object('action', 'delete', 'bucket', landed.bucket_id, 'path', landed.name);
    end if;
    return jsonb_build_object(
      'action', 'check',
      'bucket', landed.bucket_id,
      'path', landed.name,
      'size', landed.size,
      'mimetype', landed.mimetype,
      'photo', to_jsonb(photo)
    );
  end if;
  return jsonb_build_object('action', 'delete', 'bucket', landed.bucket_id, 'path', landed.name);
end
$$;
comment on function public.claim_upload is
  'Claims an object that landed for two minutes and says what to do with it: check, delete or nothing. After three '
  'checks that never came back the photo, or the garment, is unreadable.';
grant execute on function public.claim_upload to service_role;

create function public.release_upload(
  object_id uuid,
  version text
) returns void
language sql security definer set search_path = ''
as $$
  update public.storage_outbox o set claimed_at = null, attempts = o.attempts - 1
  where o.object_id = release_upload.object_id
    and o.version = release_upload.version
    and o.done_at is null
    and o.claimed_at is not null
$$;
comment on function public.release_upload is
  'Takes a claim back whose check met an outage: that says nothing about the photo, so it is none of its three checks.';
grant execute on function public.release_upload to service_role;

create function public.record_photo(
  photo uuid,
  object_version text,
  verdict jsonb
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update public.training_photos p
  set status = (verdict ->> 'status')::public.photo_status,
      findings = coalesce(verdict -> 'findings', '[]'),
      width = (verdict ->> 'width')::int,
      height = (verdict ->> 'height')::int,
      bytes = (verdict ->> 'bytes')::bigint,
      sha256 = verdict ->> 'sha256',
      clean_path = verdict ->> 'clean_path',
      thumbnail_path = verdict ->> 'thumbnail_path',
      seen = nullif(verdict -> 'seen', 'null')
  where p.id = photo and p.status = 'checking' and p.object_version = record_photo.object_version;
  return found;
end
$$;
comment on function public.record_photo is
  'Records the verdict on the object that was claimed, with its clean copy and what was seen. False, and without '
  'effect, when the photo is no longer being checked.';
grant execute on function public.record_photo to service_role;

create function public.finish_upload(
  object_id uuid,
  version text
) returns void
language sql security definer set search_path = ''
as $$
  update public.storage_outbox o set done_at = now()
  where o.object_id = finish_upload.object_id and o.version = finish_upload.version and o.done_at is null
$$;
comment on function public.finish_upload is
  'Closes the outbox row: the object was dealt with. Closing it again changes nothing.';
grant execute on function public.finish_upload to service_role;

create function public.objects_of_removed_photos(
  most int default 100,
  after uuid default null
) returns setof public.training_photos
language sql stable security definer set search_path = ''
as $$
  select p.* from public.training_photos p
  where (after is null or p.id > after)
    and p.status = 'removed'
    and p.objects_deleted_at is null
    and p.updated_at < now() - interval '3 minutes'
  order by p.id
  limit most
$$;
comment on function public.objects_of_removed_photos is
  'A page of photos that were removed at least three minutes ago, when no check of them can still be running, and whose '
  'objects have not been deleted; after is the last id of the page before.';
grant execute on function public.objects_of_removed_photos to service_role;

create function public.removed_photo_is_gone(photo uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.training_photos p
  set objects_deleted_at = now(),
      clean_path = null,
      thumbnail_path = null,
      sha256 = null,
      seen = null,
      said = '{}'
  where p.id = photo and p.status = 'removed'
$$;
comment on function public.removed_photo_is_gone is
  'Records that the objects of a removed photo are deleted, and erases what was seen in it, what was said about it '
  'and what would identify it again (PR-03).';
grant execute on function public.removed_photo_is_gone to service_role;
