-- What an owner may do with a job's photos as long as another run may follow: announce and remove them.

create function croquis.need_open_photos(of_job public.lora_training_jobs) returns void
language plpgsql
as $$
begin
  if not croquis.takes_photos(of_job.status) then
    perform croquis.refuse(409, 'photos_are_final',
      format('The photos of a job that is %s cannot be changed.', of_job.status),
      'Change them before the job is submitted, while it is in review, or after it failed; else open a new job.');
  end if;
end
$$;
comment on function croquis.need_open_photos is
  'Refuses whatever would change the photos of a run that works, or of a job that is over for good.';

create function croquis.why_no_time(of_job public.lora_training_jobs) returns croquis.refusal
language sql stable
as $$
  select case when of_job.photos_purge_after < now() + croquis.time_for('queued') then (409, 'photos_expire',
    'The photos of this job are deleted before a run could be over.',
    'Open a new job, and upload the photos there.')::croquis.refusal
  end
$$;
comment on function croquis.why_no_time is
  'Why no run of the job''s photos can start any more.';

create function croquis.need_photo_file(
  content_type text,
  bytes bigint
) returns void
language plpgsql
as $$
begin
  if need_photo_file.content_type is null or need_photo_file.content_type <> all (''::text || croquis.photo_types()) then
    perform croquis.refuse(422, 'type_not_allowed',
      'Photos must be JPEG, PNG, WebP or HEIC.',
      'Convert the photo, or send its true content_type.');
  end if;
  if need_photo_file.bytes is null or need_photo_file.bytes not between 1 and croquis.max_photo_bytes() then
    perform croquis.refuse(422, 'too_many_bytes',
      'A photo may have at most 25,000,000 bytes.',
      'Save it as a JPEG of high quality; on a phone, choose Edit and then Resize in the gallery.');
  end if;
end
$$;
comment on function croquis.need_photo_file is
  'Refuses what is announced as a file that is not opened as a photo, of a person or of a garment.';

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
  perform croquis.need_open_photos(of_job);
  perform croquis.refuse(croquis.why_not_consented(of_job.consent_id, 'train'));
  if add_photo.slot is null or add_photo.slot not between 1 and 12 then
    perform croquis.refuse(422, 'bad_slot',
      'slot must be a number from 1 to 12.',
      'Use one of the slots that the job lists.');
  end if;
  perform croquis.need_photo_file(add_photo.content_type, add_photo.bytes);
  perform croquis.hold_owner(of_job.owner_id);
  if (select count(*) from public.training_photos p
      where p.owner_id = of_job.owner_id and p.created_at > now() - interval '1 day')
     >= (select uploads_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_uploads',
      'You have announced as many photos today as are allowed.',
      'Go on tomorrow.');
  end if;
  if exists (select from public.training_photos p where p.job_id = of_job.id) then
    perform croquis.refuse(croquis.why_no_time(of_job));
  else
    -- the first photo: its time begins now, not when the job was opened
    update public.lora_training_jobs j set photos_purge_after = croquis.purge_after(croquis.photos_kept_at_most())
    where j.id = of_job.id;
  end if;
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
  'Announces a photo and returns the path to which it may be uploaded once. A photo that is already in the slot is '
  'removed.';
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
  perform croquis.need_open_photos(of_job);
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
  'Takes a photo out of a job; removing it again changes nothing. Its objects are deleted a few minutes later.';
grant execute on function public.remove_photo to authenticated;
