-- Everything that there is of a model, or of an account, as one ZIP: an export is a download that holds photos and rows too.

create function croquis.exported_rows(jobs uuid[], account uuid) returns jsonb
language sql stable
as $$
  with models as (select * from public.ai_models where job_id = any (jobs)),
    orders as (select * from public.image_orders where model_id in (select id from models)),
    consented as (select consent_id from public.lora_training_jobs where id = any (jobs))
  select jsonb_build_object(
    'trainings', (select jsonb_agg(j order by j.created_at, j.id) from public.lora_training_jobs j where j.id = any (jobs)),
    'runs', (select jsonb_agg(r order by r.job_id, r.run) from public.training_runs r where r.job_id = any (jobs)),
    'logs', (
      select jsonb_agg(l order by l.run_id) from public.training_logs l
      join public.training_runs r on r.id = l.run_id
      where r.job_id = any (jobs)
    ),
    'photos', (select jsonb_agg(p order by p.job_id, p.slot) from public.training_photos p where p.job_id = any (jobs)),
    'declarations', (select jsonb_agg(d order by d.id) from public.photo_declarations d where d.job_id = any (jobs)),
    'history', (select jsonb_agg(e order by e.id) from public.job_events e where e.job_id = any (jobs)),
    'models', (select jsonb_agg(m order by m.created_at, m.id) from models m),
    'image_orders', (select jsonb_agg(o order by o.created_at, o.id) from orders o),
    'images', (select jsonb_agg(i order by i.created_at, i.id) from public.images i where i.job_id = any (jobs)),
    'look_books', (
      select jsonb_agg(b order by b.created_at, b.id) from public.look_books b
      where b.model_id in (select id from models)
    ),
    'face_references', (
      select jsonb_agg(f order by f.run_id) from public.face_references f
      join public.training_runs r on r.id = f.run_id
      where r.job_id = any (jobs)
    ),
    'consents', (
      select jsonb_agg(c order by c.number) from public.consents c
      where coalesce(c.renews, c.withdraws, c.id) in (select consent_id from consented)
    ),
    'payments', (
      select jsonb_agg(l order by l.id) from public.ledger_entries l
      where l.owner_id = account
        or l.run_id in (select r.id from public.training_runs r where r.job_id = any (jobs))
        or l.image_id in (select i.id from public.images i where i.job_id = any (jobs))
    ),
    'garments', (select jsonb_agg(g order by g.created_at, g.id) from public.garments g where g.owner_id = account),
    'looks', (select jsonb_agg(l order by l.created_at, l.id) from public.looks l where l.owner_id = account),
    'receipts', (
      select jsonb_agg(e order by e.asked_at) from public.erasure_receipts e where e.owner_id = account
    )
  )
$$;
comment on function croquis.exported_rows is
  'What the tables say of these trainings, and of the account where one is given, as JSON.';

create function public.order_export(
  idempotency_key text,
  model uuid default null,
  sent_sha256 text default null
) returns public.downloads
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object('model', model, 'sent', to_jsonb(sent_sha256));
  earlier uuid := croquis.order_before(owner, idempotency_key, 'exports', asked);
  jobs uuid[];
  pictures uuid[];
  together bigint;
  ordered public.downloads;
begin
  if earlier is not null then
    select * into ordered from public.downloads d where d.id = earlier;
    return ordered;
  end if;
  jobs := croquis.jobs_of_caller(null, model);
  perform 1 from public.lora_training_jobs j where j.id = any (jobs) order by j.id for share;
  jobs := croquis.jobs_of_caller(null, model);  -- again: it may have been erased while this waited
  pictures := array(
    select i.id from public.images i
    where i.job_id = any (jobs) and i.status = 'saved' and (croquis.why_not_downloaded(i.id)).code is null
    order by i.created_at, i.id
  );
  together := (select coalesce(sum(i.bytes), 0) from public.images i where i.id = any (pictures));
  if together + (
       select coalesce(sum(p.bytes), 0) from public.training_photos p
       where p.job_id = any (jobs) and p.clean_path is not null and p.status <> 'removed'
     ) > croquis.most_bytes_in_download() then
    perform croquis.refuse(422, 'too_large_together',
      format('Photos and pictures have more than the %s MB that one ZIP holds.',
        croquis.most_bytes_in_download() / 1000000),
      'Export one model at a time, and take further pictures home with POST /v1/downloads.');
  end if;
  perform croquis.hold_downloads(owner);
  insert into public.downloads (owner_id, images, image_bytes, export_of, of_account)
  values (owner, cardinality(pictures), together, jobs, model is null)
  returning * into ordered;
  insert into public.download_images (download_id, position, image_id)
  select ordered.id, it.place, it.id from unnest(pictures) with ordinality as it (id, place);
  perform croquis.remember_order(owner, idempotency_key, 'exports', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.order_export is
  'Has everything of a model, or of the caller''s account where none is given, packed into a ZIP: rows, photos, and the '
  'pictures that the caller may have. The same key with the same request returns the same download.';
grant execute on function public.order_export to authenticated;

create function public.export_to_pack(download uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'rows', croquis.exported_rows(d.export_of, case when d.of_account then d.owner_id end),
    'photos', (
      select coalesce(jsonb_agg(
        jsonb_build_object('id', p.id, 'path', p.clean_path, 'bytes', p.bytes) order by p.job_id, p.slot, p.id
      ), '[]')
      from public.training_photos p
      where p.job_id = any (d.export_of) and p.clean_path is not null and p.status <> 'removed'
    )
  )
  from public.downloads d
  where d.id = download and d.export_of is not null
$$;
comment on function public.export_to_pack is
  'What an export holds besides its pictures: rows as JSON, and where the photos are; null for any other download.';
grant execute on function public.export_to_pack to service_role;
