-- Images as one file: chosen by their owner. What becomes of it is in 20261124001370_downloads_are_packed_and_end.sql.

create table public.downloads (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  status public.download_status not null default 'working',
  path text not null unique generated always as (owner_id::text || '/' || id::text || '.zip') stored,
  images int not null check (images >= 0),
  image_bytes bigint not null,
  bytes bigint,
  tries int not null default 0 check (tries between 0 and croquis.most_executions()),
  claimed_at timestamptz,
  released boolean not null default false,
  failure_code text,
  failure_sentence text,
  failure_hint text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  expires_at timestamptz,
  object_deleted_at timestamptz,
  export_of uuid[],
  of_account boolean not null default false,
  constraint downloads_of_images_or_an_export
    check (export_of is not null or images between 1 and croquis.most_images_in_download()),
  constraint downloads_ready_is_whole check (status <> 'ready' or num_nulls(bytes, ended_at, expires_at) = 0)
);
comment on table public.downloads is
  'One ZIP of images that their owner chose: one object in the bucket downloads.';
comment on column public.downloads.export_of is
  'Of an export the trainings whose rows and photos it holds, too; null where images alone were chosen.';
comment on column public.downloads.claimed_at is
  'When a worker last began to pack it.';
comment on column public.downloads.released is
  'Whoever claimed it is taken not to live any more: another worker may begin at once.';
create index downloads_owner on public.downloads (owner_id, created_at);
create index downloads_gone on public.downloads (object_deleted_at) where object_deleted_at is not null;
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
  ('downloads', 'downloads', false, 700000000, array['application/zip'])
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

create function croquis.most_bytes_in_download() returns bigint
language sql immutable parallel safe
return 690000000;
comment on function croquis.most_bytes_in_download is
  'How many bytes the images of one ZIP may have together: with its manifest less than the project takes as one file.';

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
        public.read_images(model, kind, since, until, favourite, accepted, most => 201, refused => false) -> 'images'
      ) with ordinality as it (image, place)
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

create function croquis.hold_downloads(owner uuid) returns void
language plpgsql
as $$
begin
  perform croquis.hold_owner(owner);
  if (select count(*) from public.downloads d where d.owner_id = owner and d.created_at > now() - interval '1 day')
     >= (select downloads_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_downloads',
      'You have ordered as many downloads today as are allowed.',
      'Go on tomorrow; each image has a download_url of its own.');
  end if;
end
$$;
comment on function croquis.hold_downloads is
  'Makes an owner''s orders of downloads wait for each other, and refuses one more than a day has.';

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
  perform croquis.hold_downloads(owner);
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
