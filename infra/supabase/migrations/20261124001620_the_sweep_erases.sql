-- The sweep erases: once nothing runs, the rows in one transaction, then the files and versions that it wrote down there,
-- and in the end it looks. For service_role only; each call may be repeated.

create function public.erasures_to_work(
  most int default 100,
  after uuid default null
) returns setof public.erasures
language sql stable security definer set search_path = ''
as $$
  select e.* from public.erasures e
  where (after is null or e.id > after)
    and e.status <> 'done'
    and (e.status <> 'erased' or e.erased_at < now() - croquis.time_for_uploads())
  order by e.id
  limit most
$$;
comment on function public.erasures_to_work is
  'A page of erasures with something left to do; after is the last id of the page before.';
grant execute on function public.erasures_to_work to service_role;

create function croquis.strip_money_rows(jobs uuid[]) returns void
language plpgsql
as $$
declare
  erased constant text := 'erased';
begin
  -- what a try-on was to be made again for is given back first
  update public.images i set retry_usd = null where i.job_id = any (jobs) and i.retry_usd is not null;
  perform croquis.settle(null, i.id) from public.images i
  where i.job_id = any (jobs) and i.owner_id <> croquis.nobody() and i.status = 'saved' order by i.id;

  update public.provider_runs p set version = null
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.images i on i.id = a.image_id
  where p.attempt_id = a.id and coalesce(r.job_id, i.job_id) = any (jobs);
  update public.provider_attempts t set output = null, error = null, task_token = null, callback_due = null
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.images i on i.id = a.image_id
  where t.id = a.id and coalesce(r.job_id, i.job_id) = any (jobs);

  update public.images i
  set owner_id = croquis.nobody(),
      prompt = erased,
      wishes = '{}',
      provider_version = erased,
      path = case when i.path is not null then erased end,
      sha256 = case when i.sha256 is not null then erased end,
      checks = null,
      cut_out = null,
      repair = null,
      shown_decision = null,
      removed_at = coalesce(i.removed_at, now()),
      object_deleted_at = coalesce(i.object_deleted_at, now())
  where i.job_id = any (jobs);
  update public.image_orders o set owner_id = croquis.nobody(), request = '{}'
  from public.ai_models m
  where m.id = o.model_id and m.job_id = any (jobs);
  update public.ai_models m
  set owner_id = croquis.nobody(),
      status = 'erased',
      active_run = null,
      name = erased,
      trigger_word = erased,
      gender = 'non_binary'
  where m.job_id = any (jobs);
  update public.look_books b
  set owner_id = croquis.nobody(), rows = '[]', columns = '[]', bound = null, bound_at = coalesce(b.bound_at, now())
  from public.ai_models m
  where m.id = b.model_id and m.job_id = any (jobs);
  update public.training_runs r
  set owner_id = croquis.nobody(),
      -- that there was a result decides who bears the cost, also when more becomes known of it later
      provider_version = case when r.provider_version is not null then erased end,
      weights_path = case when r.weights_path is not null then erased end,
      weights_sha256 = case when r.weights_sha256 is not null then erased end,
      dataset_path = null,
      dataset_sha256 = null,
      exam = null
  where r.job_id = any (jobs);
  update public.lora_training_jobs j
  set owner_id = croquis.nobody(),
      model_name = erased,
      trigger_word = croquis.new_trigger_word(),
      gender = 'non_binary',
      photos_purged_at = coalesce(j.photos_purged_at, now())
  where j.id = any (jobs);
end
$$;
comment on function croquis.strip_money_rows is
  'Takes everything that tells of the person out of the rows on which money hangs, and gives them to nobody: entries of the '
  'ledger, and attempts that cost something, keep what they belong to, and a cost that is heard of later is still booked.';

create function croquis.delete_rows(jobs uuid[], account uuid) returns void
language plpgsql
as $$
declare
  downloads constant uuid[] := array(select d.id from croquis.downloads_of(jobs, account) d);
  models constant uuid[] := array(select m.id from public.ai_models m where m.job_id = any (jobs));
begin
  delete from public.idempotency_keys k
  where k.owner_id = account
    or k.subject = any (jobs || downloads)
    or k.subject in (select o.id from public.image_orders o where o.model_id = any (models))
    or k.subject in (select b.id from public.look_books b where b.model_id = any (models));
  delete from public.download_images di where di.download_id = any (downloads);
  delete from public.downloads d where d.id = any (downloads);
  delete from public.look_book_cells c
  using public.look_books b
  where b.id = c.look_book_id and b.model_id = any (models);
  delete from public.worn_garments w using public.images i where i.id = w.image_id and i.job_id = any (jobs);
  delete from public.training_logs l using public.training_runs r where r.id = l.run_id and r.job_id = any (jobs);
  delete from public.face_references f using public.training_runs r where r.id = f.run_id and r.job_id = any (jobs);
  delete from public.training_photos p where p.job_id = any (jobs);
  delete from public.consent_links l
  using public.lora_training_jobs j
  where j.consent_id = l.consent_id and j.id = any (jobs);
  delete from public.looks l where l.owner_id = account;
  delete from public.garments g where g.owner_id = account;
  delete from public.provenance_uploads u where u.owner_id = account;
end
$$;
comment on function croquis.delete_rows is
  'Deletes the rows of these trainings, and of the account where one is given, on which no money hangs.';

create function croquis.still_at_work(jobs uuid[]) returns boolean
language sql stable
as $$
  select cardinality(croquis.open_attempts_of(jobs)) > 0
    or exists (
      select from public.lora_training_jobs j where j.id = any (jobs) and not croquis.is_over(j.status)
    )
    or exists (select from public.training_runs r where r.job_id = any (jobs) and r.ended_at is null)
    or exists (select from public.images i where i.job_id = any (jobs) and croquis.is_open(i.status))
$$;
comment on function croquis.still_at_work is
  'Whether something of these trainings is not over yet, here or at the provider: until then its rows are needed, or a '
  'paid run would go on unseen.';

create function public.erase_rows(erasure uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_erasure public.erasures;
  account uuid;
begin
  select * into of_erasure from public.erasures e where e.id = erasure for update;
  if of_erasure.status = 'stopping' then
    if of_erasure.subject = 'account' then
      account := of_erasure.owner_id;
      -- whoever passed hold_owner before there was this erasure has committed from here on; an order at the same moment
      -- may end one of the two as a deadlock, which costs a repeat
      perform 1 from public.spend_accounts s where s.owner_id = account for update;
      -- what began in the very moment in which the account was to be erased
      perform croquis.end_consent(c, 'owner')
      from public.consents c
      where c.id in (
        select j.consent_id from public.lora_training_jobs j
        where j.owner_id = account and j.id <> all (of_erasure.job_ids)
      )
      order by c.id;
      update public.erasures e
      set job_ids = e.job_ids || array(
        select j.id from public.lora_training_jobs j where j.owner_id = account and j.id <> all (e.job_ids)
      )
      where e.id = erasure
      returning * into of_erasure;
    end if;
    if croquis.still_at_work(of_erasure.job_ids) then
      return jsonb_build_object(
        'erasure', to_jsonb(of_erasure),
        'attempts', to_jsonb(croquis.open_attempts_of(of_erasure.job_ids)),
        'trainings', '[]'::jsonb
      );
    end if;
    of_erasure.folders := croquis.folders_of(of_erasure.job_ids, account);
    update public.erasures e
    set status = 'deleting',
        folders = of_erasure.folders,
        provider_versions = croquis.versions_of(of_erasure.job_ids),
        rows_deleted = croquis.counted_rows(of_erasure.job_ids, account, of_erasure.folders),
        objects_deleted = croquis.counted_objects(of_erasure.folders),
        rows_gone_at = now()
    where e.id = erasure
    returning * into of_erasure;
    perform croquis.delete_rows(of_erasure.job_ids, account);
    perform croquis.strip_money_rows(of_erasure.job_ids);
  end if;
  return jsonb_build_object(
    'erasure', to_jsonb(of_erasure),
    'attempts', '[]'::jsonb,
    -- what the provider itself says that they made: a version that was never registered here is deleted, too
    'trainings', (
      select coalesce(jsonb_agg(p.id order by p.id), '[]')
      from public.provider_runs p
      join public.provider_attempts a on a.id = p.attempt_id
      join public.training_runs r on r.id = a.run_id
      where r.job_id = any (of_erasure.job_ids)
    )
  );
end
$$;
comment on function public.erase_rows is
  'Once nothing of it is at work, deletes the rows in one transaction and writes down which folders and versions are to '
  'go; until then names the attempts to stop. Returns the erasure with the provider''s ids of its trainings; again, it '
  'changes nothing.';
grant execute on function public.erase_rows to service_role;

create function public.objects_to_erase(erasure uuid, most int default 100) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('bucket', o.bucket, 'path', o.name)), '[]')
  from (
    select found.* from public.erasures e, croquis.objects_in(e.folders) found
    where e.id = erasure and e.status in ('deleting', 'erased')
    limit most
  ) as o
$$;
comment on function public.objects_to_erase is
  'So many objects that are there still; none before the rows are gone.';
grant execute on function public.objects_to_erase to service_role;

create function public.looked_for_erased(
  erasure uuid,
  versions int,
  sign_in_gone boolean default false
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  of_erasure public.erasures;
begin
  select * into of_erasure from public.erasures e where e.id = erasure for update;
  if of_erasure.status not in ('deleting', 'erased') then
    return of_erasure.status;
  end if;
  delete from public.storage_outbox o
  where exists (select from unnest(of_erasure.folders) as folder where starts_with(o.name, folder));
  if exists (select from croquis.objects_in(of_erasure.folders))
     or croquis.counted_rows(
          of_erasure.job_ids, case of_erasure.subject when 'account' then of_erasure.owner_id end, of_erasure.folders
        ) <> '{}' then
    return of_erasure.status;
  end if;
  if of_erasure.status = 'deleting' then
    update public.erasures e set status = 'erased', erased_at = now() where e.id = erasure returning * into of_erasure;
  elsif of_erasure.erased_at < now() - croquis.time_for_uploads()
    and (of_erasure.subject <> 'account' or sign_in_gone) then
    update public.erasures e set status = 'done', ended_at = now(), folders = '{}', provider_versions = '{}'
    where e.id = erasure
    returning * into of_erasure;
    insert into public.erasure_receipts (
      erasure_id, owner_id, subject, rows_deleted, objects_deleted, versions_deleted, verified, asked_at, erased_at
    )
    values (
      of_erasure.id, of_erasure.owner_id, of_erasure.subject, of_erasure.rows_deleted, of_erasure.objects_deleted,
      looked_for_erased.versions,
      array['every table counted', 'every bucket listed', 'each version asked for at the provider and not found']
        || case of_erasure.subject when 'account' then array['the sign-in asked for and not found'] end,
      of_erasure.asked_at, of_erasure.erased_at
    );
  end if;
  return of_erasure.status;
end
$$;
comment on function public.looked_for_erased is
  'Whoever calls it has just found no version at the provider, and with sign_in_gone no sign-in. Looks itself for rows and '
  'objects: where there are none the erasure is erased, and at the second look, when nothing can land any more and an '
  'account''s sign-in is gone, done, with its receipt. Returns its status.';
grant execute on function public.looked_for_erased to service_role;
