-- What becomes of a download: packed into a ZIP by a worker, deleted when its time is over. Whatever takes an image from
-- its owner ends every download that holds it, in the same transaction.

-- 1. For workers.

create function public.claim_download(download uuid) returns jsonb
language sql security definer set search_path = ''
as $$
  with claimed as (
    update public.downloads d
    set claimed_at = now(),
        released = false,
        tries = d.tries + 1
    where d.id = download
      and d.status = 'working'
      and d.tries < croquis.most_executions()
      and (d.released or coalesce(d.claimed_at < now() - croquis.time_for_download(), true))
    returning *
  )
  select jsonb_build_object('download', to_jsonb(c), 'images', (
    select coalesce(jsonb_agg(to_jsonb(i) order by di.position), '[]')
    from public.download_images di
    join public.images i on i.id = di.image_id
    where di.download_id = c.id
  ))
  from claimed c
$$;
comment on function public.claim_download is
  'Gives a download with its images to one worker, for eleven minutes; null when it is not to be packed, or not now.';
grant execute on function public.claim_download to service_role;

create function public.download_is_packed(download uuid, bytes bigint) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update public.downloads d
  set status = 'ready',
      bytes = download_is_packed.bytes,
      ended_at = now(),
      -- a ZIP holds no photo for longer than the photo itself is kept
      expires_at = least(now() + croquis.downloads_kept(), (
        select min(j.photos_purge_after) from public.lora_training_jobs j
        where j.id = any (d.export_of) and j.photos_purged_at is null
      ))
  where d.id = download and d.status = 'working';
  return exists (select from public.downloads d where d.id = download and d.status = 'ready');
end
$$;
comment on function public.download_is_packed is
  'Records that the ZIP is complete. False when it is not to be given any more: then it must not stay.';
grant execute on function public.download_is_packed to service_role;

create function public.fail_download(
  download uuid,
  code text,
  sentence text,
  hint text
) returns void
language sql security definer set search_path = ''
as $$
  update public.downloads d
  set status = 'failed',
      failure_code = code,
      failure_sentence = sentence,
      failure_hint = hint,
      ended_at = now()
  where d.id = download and d.status = 'working'
$$;
comment on function public.fail_download is
  'Ends a download that cannot be packed; one that has ended stays as it is.';
grant execute on function public.fail_download to service_role;

create function public.downloads_to_pack(
  most int default 100,
  after uuid default null,
  at_once boolean default false
) returns setof public.downloads
language sql security definer set search_path = ''
as $$
  with late as materialized (
    select d.id from public.downloads d
    where (after is null or d.id > after)
      and d.status = 'working'
      and (
        at_once and d.tries < croquis.most_executions()
        or coalesce(d.claimed_at + croquis.time_for_download(), d.created_at + interval '1 minute') < now()
      )
    order by d.id
    limit most
  ), taken_back as (
    update public.downloads d set released = at_once and d.tries < croquis.most_executions()
    from late
    where d.id = late.id
    returning d.*
  )
  select * from taken_back order by id
$$;
comment on function public.downloads_to_pack is
  'A page of downloads that no worker began within a minute, or that one began and did not end; or at once all that are '
  'not packed, whoever claimed them. after is the last id of the page before.';
grant execute on function public.downloads_to_pack to service_role;

create function public.downloads_to_forget(
  most int default 100,
  after uuid default null
) returns setof public.downloads
language sql stable security definer set search_path = ''
as $$
  select d.* from public.downloads d
  where (after is null or d.id > after)
    and d.object_deleted_at is null
    and (d.status in ('failed', 'expired') or d.expires_at < now())
  order by d.id
  limit most
$$;
comment on function public.downloads_to_forget is
  'A page of downloads whose ZIP is to be deleted; after is the last id of the page before.';
grant execute on function public.downloads_to_forget to service_role;

create function public.download_is_gone(download uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.downloads d
  set status = case d.status when 'ready' then 'expired' else d.status end,
      -- a worker that began before may still bring its ZIP
      object_deleted_at = case when coalesce(d.claimed_at < now() - croquis.time_for_download(), true) then now() end
  where d.id = download and (d.status in ('failed', 'expired') or d.expires_at < now())
$$;
comment on function public.download_is_gone is
  'Records that the ZIP of a download was deleted, once nobody can bring it any more.';
grant execute on function public.download_is_gone to service_role;

-- 2. What takes an image from its owner ends the downloads that hold it.

create function croquis.end_downloads(lost uuid[]) returns void
language sql
as $$
  update public.downloads d
  set status = 'expired',
      failure_code = 'image_withdrawn',
      failure_sentence = 'An image in this download was removed or refused, or the consent for it has ended.',
      failure_hint = 'Order a download of the images that are left.',
      ended_at = coalesce(d.ended_at, now())
  where d.status in ('working', 'ready')
    and exists (select from public.download_images di where di.download_id = d.id and di.image_id = any (lost))
$$;
comment on function croquis.end_downloads is
  'Closes every download that holds one of these images; the sweep deletes their ZIPs.';

create function croquis.image_is_lost() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform croquis.end_downloads(array[new.id]);
  return null;
end
$$;
comment on function croquis.image_is_lost is
  'The image was removed, or refused by the person shown.';

create trigger images_end_downloads after update of removed_at, shown_decision on public.images
  for each row when (new.removed_at is not null or new.shown_decision = 'refuse')
  execute function croquis.image_is_lost();

create function croquis.consent_is_lost() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform croquis.end_downloads(array(
    select i.id
    from public.images i
    join public.lora_training_jobs j on j.id = i.job_id
    where j.consent_id = new.withdraws
  ));
  update public.downloads d
  set status = 'expired',
      failure_code = 'image_withdrawn',
      failure_sentence = 'The consent for a person in this export has ended.',
      failure_hint = 'Order an export of what is left.',
      ended_at = coalesce(d.ended_at, now())
  where d.status in ('working', 'ready')
    and d.export_of && array(select j.id from public.lora_training_jobs j where j.consent_id = new.withdraws);
  return null;
end
$$;
comment on function croquis.consent_is_lost is
  'The consent for the person was withdrawn, or its last day is over.';

create trigger consents_end_downloads after insert on public.consents
  for each row when (new.withdraws is not null)
  execute function croquis.consent_is_lost();

-- 3. What the owner hears.

create function croquis.hint_of_download() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    perform croquis.hint_owner(new.owner_id, 'download', jsonb_build_object(
      'download_id', new.id,
      'status', new.status
    ));
  end if;
  return null;
end
$$;
comment on function croquis.hint_of_download is
  'The event "download": download_id and the download''s status.';

create constraint trigger downloads_hint after insert or update of status on public.downloads
  deferrable initially deferred for each row execute function croquis.hint_of_download();
