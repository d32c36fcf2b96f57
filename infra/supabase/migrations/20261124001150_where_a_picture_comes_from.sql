-- Where does a picture come from? Anyone signed in may ask; only its owner hears which one it is.

create table public.provenance_uploads (
  id uuid primary key,
  owner_id uuid not null,
  path text not null unique,
  created_at timestamptz not null default now()
);
comment on table public.provenance_uploads is
  'Pictures that somebody brings to be looked at; each is deleted when it was, or within the hour.';
create index provenance_uploads_owner on public.provenance_uploads (owner_id, created_at);
alter table public.provenance_uploads enable row level security;
grant select on public.provenance_uploads to authenticated, service_role;
create policy "an owner reads what they brought" on public.provenance_uploads
  for select to authenticated using (public.may_act(owner_id));

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('provenance-uploads', 'provenance-uploads', false, croquis.max_photo_bytes(),
    array['image/png', 'image/jpeg', 'image/webp'])
on conflict (id) do update set
  public = false,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy "a picture to be looked at goes exactly where its row says, within the hour" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'provenance-uploads'
    and exists (
      select from public.provenance_uploads u
      where u.path = objects.name and public.may_act(u.owner_id) and u.created_at > now() - interval '1 hour'
    )
  );

create function public.announce_provenance() returns public.provenance_uploads
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  upload uuid := gen_random_uuid();
  added public.provenance_uploads;
begin
  perform croquis.hold_owner(owner);
  if (select count(*) from public.provenance_uploads u
      where u.owner_id = owner and u.created_at > now() - interval '1 day')
     >= (select uploads_per_day from croquis.limits) then
    perform croquis.refuse(429, 'too_many_uploads',
      'You have announced as many pictures today as are allowed.',
      'Go on tomorrow, or ask by the sha256 of the file.');
  end if;
  insert into public.provenance_uploads (id, owner_id, path)
  values (upload, owner, concat_ws('/', owner, upload))
  returning * into added;
  return added;
end
$$;
comment on function public.announce_provenance is
  'Where a picture may be uploaded that its bringer wants to know about.';
grant execute on function public.announce_provenance to authenticated;

create function public.find_provenance(
  sha256 text,
  image uuid
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'made_here', count(*) > 0,
    'image', (jsonb_agg(to_jsonb(i)) filter (where public.may_act(i.owner_id) and i.removed_at is null)) -> 0
  )
  from (
    select i.* from public.images i
    where croquis.signed_in() is not null
      and i.status = 'saved'
      and (i.sha256 = find_provenance.sha256 or i.id = find_provenance.image)
    order by i.sha256 = find_provenance.sha256 desc, i.id
  ) as i
$$;
comment on function public.find_provenance is
  'Whether a file of this hash, or an image of this id, was saved here; and the image, for whoever may act for its owner, '
  'unless they removed it.';
grant execute on function public.find_provenance to authenticated;

create function public.provenance_upload(upload uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select to_jsonb(u) from public.provenance_uploads u where u.id = upload and public.may_act(u.owner_id)
$$;
comment on function public.provenance_upload is
  'What the caller announced under this id; null for what is somebody else''s, or gone.';
grant execute on function public.provenance_upload to authenticated;

create function public.provenance_to_forget(
  most int default 100,
  after uuid default null
) returns setof public.provenance_uploads
language sql stable security definer set search_path = ''
as $$
  select u.* from public.provenance_uploads u
  where (after is null or u.id > after) and u.created_at < now() - interval '1 hour'
  order by u.id
  limit most
$$;
comment on function public.provenance_to_forget is
  'A page of pictures that were brought more than an hour ago; after is the last id of the page before.';
grant execute on function public.provenance_to_forget to service_role;

create function public.provenance_is_gone(upload uuid) returns void
language sql security definer set search_path = ''
as $$
  -- its signed upload lives two hours, in which another object may land there
  delete from public.provenance_uploads u where u.id = upload and u.created_at < now() - interval '3 hours'
$$;
comment on function public.provenance_is_gone is
  'Forgets a picture whose object was deleted, once nothing can land at its path any more.';
grant execute on function public.provenance_is_gone to service_role;
