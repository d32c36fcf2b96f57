-- The private buckets, who may put what where, and the outbox that a landed object writes in its own transaction.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('photo-uploads', 'photo-uploads', false, croquis.max_photo_bytes(), croquis.photo_types()),
  ('garment-uploads', 'garment-uploads', false, croquis.max_photo_bytes(), croquis.photo_types()),
  ('training-photos', 'training-photos', false, 60000000, array['image/jpeg']),
  ('garments', 'garments', false, 60000000, array['image/jpeg']),
  ('datasets', 'datasets', false, 500000000, array['application/zip']),
  -- rank 16 over every layer is 171.8 MB: raise the project's own upload limit too, or use the compact preset
  ('lora-weights', 'lora-weights', false, 700000000, array['application/octet-stream']),
  ('images', 'images', false, 50000000, array['image/png', 'image/jpeg']),
  ('face-cut-outs', 'face-cut-outs', false, 10000000, array['image/png'])
on conflict (id) do update set
  public = false,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy "a photo goes exactly where its row says, while it is awaited" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'photo-uploads'
    and exists (
      select from public.training_photos p
      where p.upload_path = objects.name and public.may_act(p.owner_id) and p.status = 'awaiting_upload'
    )
  );

create policy "a garment's picture goes exactly where its row says, while it is awaited" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'garment-uploads'
    and exists (
      select from public.garments g
      where g.upload_path = objects.name and public.may_act(g.owner_id) and g.status = 'awaiting_upload'
    )
  );

create policy "an owner sees the clean pictures of garments that are kept" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'garments'
    and exists (
      select from public.garments g
      where objects.name in (g.clean_path, g.thumbnail_path) and public.may_act(g.owner_id) and g.status = 'ready'
    )
  );

-- the pattern comes before the cast: a name that does not begin with an owner's id is nobody's, and no error
create policy "an owner sees clean photos and images below their id, but for removed or refused ones" on storage.objects
  for select to authenticated
  using (
    bucket_id in ('training-photos', 'images')
    and public.may_act(substring(objects.name from '^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/')::uuid)
    and not exists (
      select from public.images i
      where i.path = objects.name and (i.shown_decision = 'refuse' or i.removed_at is not null)
    )
  );

create table public.storage_outbox (
  object_id uuid not null,
  version text not null,
  bucket_id text not null,
  name text not null,
  size bigint,
  mimetype text,
  attempts int not null default 0,
  claimed_at timestamptz,
  looked_for_at timestamptz,
  done_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (object_id, version)
);
comment on table public.storage_outbox is
  'What landed and is not dealt with yet: the truth behind every kick of /hooks/storage.';
comment on column public.storage_outbox.looked_for_at is
  'When the sweep last asked for its check.';
create index storage_outbox_age on public.storage_outbox (done_at) where done_at is not null;
create index storage_outbox_open on public.storage_outbox (created_at, object_id) where done_at is null;

create function croquis.object_landed() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  hook_url text;
  hook_secret text;
begin
  if tg_op = 'UPDATE' and new.version is not distinct from old.version then
    return null;
  end if;
  -- what the storage may leave out, or write in a form of its own, must not make an upload fail either
  insert into public.storage_outbox (object_id, version, bucket_id, name, size, mimetype)
  values (
    new.id,
    coalesce(new.version, ''),
    new.bucket_id,
    new.name,
    case jsonb_typeof(new.metadata -> 'size') when 'number' then (new.metadata ->> 'size')::numeric::bigint end,
    new.metadata ->> 'mimetype'
  )
  on conflict do nothing;
  -- what lands where nothing is awaited changes nothing
  update public.garments g set status = 'uploaded', object_version = coalesce(new.version, '')
  where new.bucket_id = 'garment-uploads' and g.upload_path = new.name and g.status = 'awaiting_upload';
  -- the job first, as its owner's calls do: it and a submit take turns
  perform 1 from public.lora_training_jobs j join public.training_photos p on p.job_id = j.id
  where new.bucket_id = 'photo-uploads' and p.upload_path = new.name
  for share of j;
  update public.training_photos p set status = 'uploaded', object_version = coalesce(new.version, '')
  where new.bucket_id = 'photo-uploads'
    and p.upload_path = new.name
    and p.status = 'awaiting_upload'
    and exists (select from public.lora_training_jobs j where j.id = p.job_id and croquis.takes_photos(j.status));
  -- the kick may be lost or doubled; an upload must never fail because of it
  begin
    select decrypted_secret into hook_url from vault.decrypted_secrets where name = 'croquis_storage_hook_url';
    select decrypted_secret into hook_secret from vault.decrypted_secrets where name = 'croquis_storage_hook_secret';
    if hook_url is not null and hook_secret is not null then
      perform net.http_post(
        url := hook_url,
        body := jsonb_build_object('object_id', new.id, 'version', new.version),
        headers := jsonb_build_object('Content-Type', 'application/json', 'x-croquis-hook-secret', hook_secret),
        timeout_milliseconds := 5000
      );
    end if;
  exception when others then
    raise warning 'The storage hook was not kicked: %', sqlstate;
  end;
  return null;
end
$$;
comment on function croquis.object_landed is
  'Writes the outbox row with the object and marks its photo, or garment, as uploaded, then kicks the storage hook '
  '(WH-21).';
create trigger croquis_object_landed after insert or update on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'garment-uploads'))
  execute function croquis.object_landed();
