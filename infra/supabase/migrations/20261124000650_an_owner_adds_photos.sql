-- What an owner may do with a job's photos before paying: announce and remove them.

create function public.add_photo(
  job uuid,
  slot int,
  content_type text,
  bytes bigint
) returns public.training_photos
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs := croquis.job_of_caller(job);
  photo_id uuid := gen_random_uuid();
  added public.training_photos;
begin
  if of_job.status <> 'draft' then
    perform croquis.refuse(409, 'not_a_draft',
      'Photos can only be added before the job is submitted.',
      'Open a new job for other photos.');
  end if;
  if add_photo.slot is null or add_photo.slot not between 1 and 12 then
    perform croquis.refuse(422, 'bad_slot',
      'slot must be a number from 1 to 12.',
      'Use one of the slots that the job lists.');
  end if;
  if add_photo.content_type is null or add_photo.content_type <> all (''::text || croquis.photo_types()) then
    perform croquis.refuse(422, 'type_not_allowed',
      'Photos must be JPEG, PNG, WebP or HEIC.',
      'Convert the photo, or send its true content_type.');
  end if;
  if add_photo.bytes is null or add_photo.bytes not between 1 and croquis.max_photo_bytes() then
    perform croquis.refuse(422, 'too_many_bytes',
      'A photo may have at most 25,000,000 bytes.',
      'Save it as a JPEG of high quality; on a phone, choose Edit and then Resize in the gallery.');
  end if;
  perform croquis.hold_owner(of_job.owner_id);
  if (select count(*) from public.training_photos p
      where p.owner_id = of_job.owner_id and p.created_at > now() - interval '1 day')
     >= (select uploads_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_uploads',
      'You have announced as many photos today as are allowed.',
      'Go on tomorrow.');
  end if;
  -- the first photo: its time begins now, not when the job was opened
  update public.lora_training_jobs j set photos_purge_after = croquis.purge_after(croquis.photos_kept_at_most())
  where j.id = of_job.id and not exists (select from public.training_photos p where p.job_id = of_job.id);
  -- a photo in the same slot is replaced: new id, new path; whatever lands at the old path is deleted unread
  update public.training_photos p set status = 'removed'
  where p.job_id = of_job.id and p.slot = add_photo.slot and p.status <> 'removed';
  insert into public.training_photos (id, job_id, owner_id, slot, content_type, announced_bytes, upload_path)
  values (
    photo_id,
    of_job.id,
    of_job.owner_id,
    add_photo.slot,
    add_photo.content_type,
    add_photo.bytes,
    concat_ws('/', of_job.owner_id, of_job.id, photo_id)
  )
  returning * into added;
  return added;
end
$$;
comment on function public.add_photo is
  'Announces a photo of a draft and returns the path to which it may be uploaded once. A photo that is already in the '
  'slot is removed.';
grant execute on function public.add_photo to authenticated;

create function public.remove_photo(
  job uuid,
  photo uuid
) returns public.training_photos
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs := croquis.job_of_caller(job);
  removed public.training_photos;
begin
  if of_job.status <> 'draft' then
    perform croquis.refuse(409, 'not_a_draft',
      'Photos can only be removed before the job is submitted.',
      'Cancel the job to stop it.');
  end if;
  update public.training_photos p set status = 'removed'
  where p.id = photo and p.job_id = of_job.id
  returning * into removed;
  if removed.id is null then
    perform croquis.refuse(404, 'no_such_photo',
      'This job has no such photo.',
      'Check the id; read the job to see its photos.');
  end if;
  return removed;
end
$$;
comment on function public.remove_photo is
  'Takes a photo out of a draft; removing it again changes nothing. Its objects are deleted a few minutes later.';
grant execute on function public.remove_photo to authenticated;
