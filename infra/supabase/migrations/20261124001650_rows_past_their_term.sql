-- Rows that have a term of their own.

create function public.purge_rows(most int default 100) returns int
language sql security definer set search_path = ''
as $$
  with keys as (
    delete from public.idempotency_keys k where (k.owner_id, k.key) in (
      select l.owner_id, l.key from public.idempotency_keys l
      where l.created_at < now() - croquis.rows_kept('idempotency_keys') limit most
    ) returning 1
  ), outbox as (
    delete from public.storage_outbox o where (o.object_id, o.version) in (
      select l.object_id, l.version from public.storage_outbox l
      where l.done_at < now() - croquis.rows_kept('storage_outbox') limit most
    ) returning 1
  ), inbox as (
    delete from public.webhook_inbox w where (w.provider, w.webhook_id) in (
      select l.provider, l.webhook_id from public.webhook_inbox l
      where l.received_at < now() - croquis.rows_kept('webhook_inbox') limit most
    ) returning 1
  ), links as (
    delete from public.consent_links c where c.id in (
      select l.id from public.consent_links l
      where least(l.expires_at, l.revoked_at) < now() - croquis.rows_kept('consent_links') limit most
    ) returning 1
  ), old as materialized (
    select l.id from public.downloads l
    where l.object_deleted_at < now() - croquis.rows_kept('downloads') limit most
  ), held as (
    delete from public.download_images di where di.download_id in (select id from old)
  ), zips as (
    delete from public.downloads d where d.id in (select id from old) returning 1
  )
  select (
    (select count(*) from keys) + (select count(*) from outbox) + (select count(*) from inbox)
    + (select count(*) from links) + (select count(*) from zips)
  )::int
$$;
comment on function public.purge_rows is
  'Deletes rows that are past the term of their table, so many of each, and answers how many it was.';
grant execute on function public.purge_rows to service_role;
