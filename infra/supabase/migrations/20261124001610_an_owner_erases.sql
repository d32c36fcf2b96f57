-- An owner asks: at once nothing new begins, and what runs is told to stop. The rest is the sweep's.

create function croquis.begin_erasure(
  owner uuid,
  of_what text,
  jobs uuid[],
  asked timestamptz default now()
) returns public.erasures
language plpgsql
as $$
declare
  begun public.erasures;
begin
  -- each consent locks its jobs, and below each its model before its images, as every order does
  perform croquis.end_consent(c, 'owner')
  from public.consents c
  where c.id in (
    select j.consent_id from public.lora_training_jobs j where j.id = any (jobs) and j.owner_id <> croquis.nobody()
  )
  order by c.id;
  insert into public.erasures (owner_id, subject, job_ids, asked_at) values (owner, of_what, jobs, asked)
  returning * into begun;
  return begun;
end
$$;
comment on function croquis.begin_erasure is
  'Ends the consents of these trainings, which stops whatever runs, and writes down what is to be erased.';

create function croquis.open_attempts_of(jobs uuid[]) returns uuid[]
language sql stable
as $$
  select coalesce(array_agg(a.id order by a.created_at), '{}')
  from public.provider_attempts a
  left join public.training_runs r on r.id = a.run_id
  left join public.images i on i.id = a.image_id
  where coalesce(r.job_id, i.job_id) = any (jobs) and croquis.is_open(a.state)
$$;
comment on function croquis.open_attempts_of is
  'What may still run at the provider, and cost money, for these trainings.';

create function croquis.jobs_of_caller(
  training uuid,
  model uuid
) returns uuid[]
language plpgsql
as $$
declare
  found_jobs uuid[];
begin
  if num_nonnulls(training, model) = 0 then
    return array(
      select j.id from public.lora_training_jobs j where public.may_act(j.owner_id) order by j.id
    );
  end if;
  found_jobs := array(
    select j.id from public.lora_training_jobs j
    left join public.ai_models m on m.job_id = j.id
    where public.may_act(j.owner_id) and (j.id = training or m.id = model)
  );
  if cardinality(found_jobs) = 0 and model is not null then
    perform croquis.refuse(croquis.no_such_model());
  elsif cardinality(found_jobs) = 0 then
    perform croquis.refuse(404, 'no_such_training',
      'There is no such training job.',
      'Check the id; list yours with GET /v1/trainings.');
  end if;
  return found_jobs;
end
$$;
comment on function croquis.jobs_of_caller is
  'The caller''s training of that id, or of that model; all of the caller''s where neither is given. Another''s is refused '
  'like one that does not exist (AS-07).';

create function public.order_erasure(
  training uuid default null,
  model uuid default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  account constant boolean := num_nonnulls(training, model) = 0;
  jobs uuid[];
  ordered public.erasures;
begin
  -- who asks twice at once waits here, and then finds the first
  perform pg_advisory_xact_lock(hashtextextended(owner::text || 'erasure', 0));
  -- asked again: also when the rows by which it could be found are gone
  select e.* into ordered from public.erasures e
  where e.owner_id = owner
    and case
      when account then e.subject = 'account'
      else e.job_ids && array(select training union select m.job_id from public.ai_models m where m.id = model)
    end
  order by e.asked_at desc
  limit 1;
  if ordered.id is null then
    jobs := croquis.jobs_of_caller(training, model);
    ordered := croquis.begin_erasure(owner, case when account then 'account' else 'model' end, jobs);
  end if;
  return jsonb_build_object(
    'erasure', public.read_erasure(ordered.id),
    'attempts', to_jsonb(croquis.open_attempts_of(ordered.job_ids))
  );
end
$$;
comment on function public.order_erasure is
  'Erases a training with its model, or the caller''s whole account where neither is given: nothing new begins from then '
  'on. Returns the erasure and the attempts that may run at the provider, for the caller to have them stopped. Asked again, '
  'it returns the same erasure.';
grant execute on function public.order_erasure to authenticated;

create function public.dry_run_erasure(
  training uuid default null,
  model uuid default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  account uuid := case when num_nonnulls(training, model) = 0 then owner end;
  jobs uuid[] := croquis.jobs_of_caller(training, model);
  folders text[] := croquis.folders_of(jobs, account);
begin
  return jsonb_build_object(
    'rows', croquis.counted_rows(jobs, account, folders),
    'objects', croquis.counted_objects(folders),
    'provider_versions', cardinality(croquis.versions_of(jobs)),
    'sign_in', account is not null,
    'running', cardinality(croquis.open_attempts_of(jobs))
  );
end
$$;
comment on function public.dry_run_erasure is
  'What would be erased, by kind and bucket, and how much of it runs at the provider now. Changes nothing.';
grant execute on function public.dry_run_erasure to authenticated;

create function croquis.counted_rows(
  jobs uuid[],
  account uuid,
  folders text[]
) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_object_agg(r.kind, r.many), '{}') from croquis.rows_of(jobs, account, folders) r where r.many > 0
$$;
comment on function croquis.counted_rows is
  'rows_of as one object, without the kinds of which there is nothing.';

create function croquis.counted_objects(folders text[]) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_object_agg(per.bucket, per.many), '{}')
  from (select o.bucket, count(*) as many from croquis.objects_in(folders) o group by o.bucket) per
$$;
comment on function croquis.counted_objects is
  'How many objects there are below these folders, by bucket.';

create function croquis.versions_of(jobs uuid[]) returns text[]
language sql stable
as $$
  select coalesce(array_agg(distinct r.provider_version), '{}')
  from public.training_runs r
  where r.job_id = any (jobs) and r.provider_version is not null and r.owner_id <> croquis.nobody()
$$;
comment on function croquis.versions_of is
  'The versions at the provider that these trainings registered.';

create function public.read_erasure(erasure uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', e.id,
    'subject', e.subject,
    'status', e.status,
    'asked_at', e.asked_at,
    'erased_at', e.erased_at,
    'receipt', (select to_jsonb(r) from public.erasure_receipts r where r.erasure_id = e.id)
  )
  from public.erasures e
  where e.id = erasure
$$;
comment on function public.read_erasure is
  'How far an erasure is, and its receipt once it is done. Null when the caller may not see it.';
grant execute on function public.read_erasure to authenticated;

create function public.read_erasures() returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(public.read_erasure(e.id) order by e.asked_at desc, e.id), '[]') from public.erasures e
$$;
comment on function public.read_erasures is
  'The erasures of the caller, newest first.';
grant execute on function public.read_erasures to authenticated;
