-- Images as one file: chosen by their owner, packed into a ZIP by a worker, deleted when its time is over. Whatever
-- takes an image from its owner ends every download that holds it, in the same transaction.

create table public.downloads (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  status public.download_status not null default 'working',
  path text not null unique generated always as (owner_id::text || '/' || id::text || '.zip') stored,
  images int not null check (images between 1 and croquis.most_images_in_download()),
  image_bytes bigint not null,
  bytes bigint,
  tries int not null default 0 check (tries between 0 and croquis.most_executions()),
  claimed_at timestamptz,
  failure_code text,
  failure_sentence text,
  failure_hint text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  expires_at timestamptz,
  object_deleted_at timestamptz,
  constraint downloads_ready_is_whole check (status <> 'ready' or num_nulls(bytes, ended_at, expires_at) = 0)
);
comment on table public.downloads is
  'One ZIP of images that their owner chose: one object in the bucket downloads.';
comment on column public.downloads.claimed_at is
  'When a worker last began to pack it.';
create index downloads_owner on public.downloads (owner_id, created_at);
create index downloads_working on public.downloads (id) where status = 'working';
create index downloads_objects on public.downloads (id) where object_deleted_at is null;
alter table public.downloads enable row level security;
grant select on public.downloads to authenticated, service_role;
create policy "owners read their own rows" on public.downloads
  for select to authenticated using (public.may_act(owner_id));

create table public.download_images (
  download_id uuid not null references public.downloads (id),
  position int not null,
  image_id uuid not null references public.images (id),
  primary key (download_id, position)
);
comment on table public.download_images is
  'Which images a download holds, in the order of its files.';
create index download_images_image on public.download_images (image_id);
alter table public.download_images enable row level security;
grant select on public.download_images to service_role;

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('downloads', 'downloads', false, 2100000000, array['application/zip'])
on conflict (id) do update set
  public = false,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy "an owner takes a ZIP home while it is ready" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'downloads'
    and exists (
      select from public.downloads d
      where d.path = objects.name and public.may_act(d.owner_id) and d.status = 'ready' and d.expires_at > now()
    )
  );

-- 1. For owners.

create function croquis.most_bytes_in_download() returns bigint
language sql immutable parallel safe
return 2000000000;
comment on function croquis.most_bytes_in_download is
  'How many bytes the images of one ZIP may have together: what a worker can copy in its time.';

create function croquis.why_not_downloaded(image uuid) returns croquis.refusal
language plpgsql stable
as $$
declare
  wanted public.images;
begin
  select * into wanted from public.images i where i.id = image and public.may_act(i.owner_id) and i.removed_at is null;
  if wanted.id is null then
    return (404, 'no_such_image',
      format('There is no such image: %s.', image),
      'Leave it out; list yours with GET /v1/models/{model_id}/images.')::croquis.refusal;
  end if;
  if wanted.status <> 'saved' then
    return (409, 'image_not_saved',
      format('The image %s is %s; only saved ones can be downloaded.', image, wanted.status),
      'Leave it out, or read its order until it is saved.')::croquis.refusal;
  end if;
  if wanted.shown_decision = 'refuse' then
    return (409, 'refused_by_shown_person',
      format('The person shown has refused the image %s.', image),
      'Leave it out; only they can approve it, behind their link.')::croquis.refusal;
  end if;
  if not croquis.consent_stands((select j.consent_id from public.lora_training_jobs j where j.id = wanted.job_id)) then
    return (403, 'consent_withdrawn',
      format('The consent for the person in the image %s was withdrawn, or its last day is over.', image),
      'Leave out the images of this person.')::croquis.refusal;
  end if;
  return null;
end
$$;
comment on function croquis.why_not_downloaded is
  'Why the caller may not have this image in a ZIP; null if they may.';

create function croquis.chosen_images(
  image_ids jsonb,
  model uuid,
  kind text,
  since date,
  until date,
  favourite boolean,
  accepted boolean
) returns uuid[]
language plpgsql
as $$
begin
  if model is not null then
    perform croquis.refuse(croquis.no_such_model())
    where not exists (select from public.ai_models m where m.id = model and public.may_act(m.owner_id));
    return array(
      select (it.image ->> 'id')::uuid
      from jsonb_array_elements(
        public.read_images(model, kind, since, until, favourite, accepted, most => 201) -> 'images'
      ) with ordinality as it (image, place)
      where it.image ->> 'shown_decision' is distinct from 'refuse'
      order by it.place
    );
  end if;
  return array(
    select it.id::uuid
    from jsonb_array_elements_text(image_ids) with ordinality as it (id, place)
    group by it.id
    order by min(it.place)
  );
end
$$;
comment on function croquis.chosen_images is
  'The ids as they were sent, each once; or those of a model''s images that fit the filters and were not refused by the '
  'person shown, the newest first, and one more than fit into a download where there are more.';

create function public.order_download(
  idempotency_key text,
  image_ids jsonb default null,
  model uuid default null,
  kind text default null,
  since date default null,
  until date default null,
  favourite boolean default null,
  accepted boolean default null,
  sent_sha256 text default null
) returns public.downloads
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object(
    'sent', coalesce(to_jsonb(sent_sha256), jsonb_build_array(image_ids, model, kind, since, until, favourite, accepted))
  );
  earlier uuid := croquis.order_before(owner, idempotency_key, 'downloads', asked);
  chosen uuid[];
  together bigint;
  ordered public.downloads;
begin
  if earlier is not null then
    select * into ordered from public.downloads d where d.id = earlier;
    return ordered;
  end if;
  if (jsonb_typeof(image_ids) is not distinct from 'array') = (model is not null) then
    perform croquis.refuse(422, 'bad_selection',
      'A download is of images by their ids, or of the images of one model: one of the two.',
      'Send image_ids as a list, or model_id.');
  end if;
  chosen := croquis.chosen_images(image_ids, model, kind, since, until, favourite, accepted);
  if cardinality(chosen) = 0 then
    perform croquis.refuse(422, 'nothing_selected',
      'No image fits this selection.',
      'Name other images, or take filters away.');
  end if;
  if cardinality(chosen) > croquis.most_images_in_download() then
    perform croquis.refuse(422, 'too_many_selected',
      format('More than %s images fit this selection, and one download holds no more.', croquis.most_images_in_download()),
      'Divide them, with since and until for example.');
  end if;
  -- the jobs first, as whoever ends a consent does; then the images, as whoever removes or refuses one does: what they
  -- did before is seen here, what they do later ends this download
  perform 1 from public.lora_training_jobs j
  where j.id in (select i.job_id from public.images i where i.id = any (chosen))
  order by j.id for share;
  perform 1 from public.images i where i.id = any (chosen) order by i.id for share;
  perform croquis.refuse(croquis.why_not_downloaded(it.id)) from unnest(chosen) as it (id);
  together := (select sum(i.bytes) from public.images i where i.id = any (chosen));
  if together > croquis.most_bytes_in_download() then
    perform croquis.refuse(422, 'too_large_together',
      format('These images have %s MB together; one download holds %s MB.',
        ceil(together / 1e6), croquis.most_bytes_in_download() / 1000000),
      'Divide them.');
  end if;
  perform croquis.hold_owner(owner);
  if (select count(*) from public.downloads d where d.owner_id = owner and d.created_at > now() - interval '1 day')
     >= (select downloads_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_downloads',
      'You have ordered as many downloads today as are allowed.',
      'Go on tomorrow; each image has a download_url of its own.');
  end if;
  insert into public.downloads (owner_id, images, image_bytes) values (owner, cardinality(chosen), together)
  returning * into ordered;
  insert into public.download_images (download_id, position, image_id)
  select ordered.id, it.place, it.id from unnest(chosen) with ordinality as it (id, place);
  perform croquis.remember_order(owner, idempotency_key, 'downloads', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.order_download is
  'Has 1 to 200 images packed into a ZIP: those named, or those of a model that fit the filters. All or nothing: an image '
  'that may not be in it is named. The same key with the same request returns the same download; sent_sha256 is the hash '
  'of the request as it came in.';
grant execute on function public.order_download to authenticated;

create function public.read_download(download uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select to_jsonb(d) || jsonb_build_object(
    'status', case when d.status = 'ready' and d.expires_at <= now() then 'expired' else d.status end
  )
  from public.downloads d
  where d.id = download
$$;
comment on function public.read_download is
  'A download; one whose time is over says so before the sweep does. Null when the caller may not see it.';
grant execute on function public.read_download to authenticated;

-- 2. For workers.

create function public.claim_download(download uuid) returns jsonb
language sql security definer set search_path = ''
as $$
  with claimed as (
    update public.downloads d
    set claimed_at = now(),
        tries = d.tries + 1
    where d.id = download
      and d.status = 'working'
      and d.tries < croquis.most_executions()
      and (d.claimed_at is null or d.claimed_at < now() - croquis.time_for_download())
    returning *
  )
  select jsonb_build_object('download', to_jsonb(c), 'images', (
    select jsonb_agg(to_jsonb(i) order by di.position)
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
      expires_at = now() + croquis.downloads_kept()
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
      and (at_once or coalesce(d.claimed_at + croquis.time_for_download(), d.created_at + interval '1 minute') < now())
    order by d.id
    limit most
  ), taken_back as (
    update public.downloads d set claimed_at = case when not at_once then d.claimed_at end
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

-- 3. What takes an image from its owner ends the downloads that hold it.

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
  return null;
end
$$;
comment on function croquis.consent_is_lost is
  'The consent for the person was withdrawn, or its last day is over.';

create trigger consents_end_downloads after insert on public.consents
  for each row when (new.withdraws is not null)
  execute function croquis.consent_is_lost();

-- 4. What the owner hears.

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
