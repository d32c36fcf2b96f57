-- What is past its purge_after is deleted: the files by the sweep, then the rows say so. May be repeated at any point,
-- and by two sweeps at once. For service_role only.

create function public.jobs_to_purge(
  most int default 100,
  after uuid default null
) returns setof public.lora_training_jobs
language sql stable security definer set search_path = ''
as $$
  select j.* from public.lora_training_jobs j
  where (after is null or j.id > after) and j.photos_purged_at is null and j.photos_purge_after < now()
  order by j.id
  limit most
$$;
comment on function public.jobs_to_purge is
  'A page of jobs whose photos and archives are past their time; after is the last id of the page before.';
grant execute on function public.jobs_to_purge to service_role;

create function public.begin_purge(job uuid) returns setof public.training_runs
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs;
begin
  select * into of_job from public.lora_training_jobs j where j.id = job for update;
  if of_job.photos_purged_at is not null or of_job.photos_purge_after > now() then
    return;
  end if;
  if of_job.status = 'draft' then
    perform croquis.end_job(of_job, 'canceled');
  end if;
  update public.training_photos p set status = 'removed' where p.job_id = job and p.status <> 'removed';
  return query select r.* from public.training_runs r where r.job_id = job order by r.run;
end
$$;
comment on function public.begin_purge is
  'Removes the photos of a job that is past its time, so that their objects are deleted like those of every removed '
  'photo, cancels it if it is a draft, and returns its runs, whose archives the caller deletes.';
grant execute on function public.begin_purge to service_role;

create function public.end_purge(job uuid) returns boolean
language sql security definer set search_path = ''
as $$
  with purged as (
    update public.lora_training_jobs j set photos_purged_at = now()
    where j.id = job
      and j.photos_purged_at is null
      and j.photos_purge_after < now()
      and not exists (
        select from public.training_photos p where p.job_id = j.id and p.objects_deleted_at is null
      )
      -- one of these may still be writing its archive
      and not exists (
        select from public.training_runs r where r.job_id = j.id and r.status in ('queued', 'preparing')
      )
    returning 1
  )
  select exists (select from purged)
$$;
comment on function public.end_purge is
  'Records that photos and archives of a job are gone. False, and without effect, while an object of a photo may be '
  'left, or a run may still write its archive: then a later sweep begins again.';
grant execute on function public.end_purge to service_role;

create function public.purge_logs(most int default 100) returns int
language sql security definer set search_path = ''
as $$
  with late as materialized (
    select l.run_id from public.training_logs l
    where l.purge_after < now()
    order by l.purge_after
    limit most
    for update skip locked
  ), gone as (
    delete from public.training_logs l using late where l.run_id = late.run_id returning 1
  )
  select count(*)::int from gone
$$;
comment on function public.purge_logs is
  'Deletes that many logs that are past their time, and answers how many it was.';
grant execute on function public.purge_logs to service_role;
