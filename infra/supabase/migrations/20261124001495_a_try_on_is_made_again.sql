-- A try-on that is flagged is made once more, where its owner asked for that, with money that was reserved with the order.

create function croquis.decide_retry(
  image uuid,
  again boolean
) returns uuid
language plpgsql
as $$
declare
  first public.images;
  source public.images;
  worn uuid[];
begin
  select * into first from public.images i where i.id = image and i.retry_usd is not null for update;
  if first.id is null then
    return null;
  end if;
  perform croquis.hold_owner(first.owner_id);
  update public.images i set retry_usd = null where i.id = first.id;
  perform croquis.settle(null, first.id);  -- frees what was reserved for it, which is taken again in this transaction
  select * into source from public.images i where i.id = first.source_image_id for share;
  worn := array(select w.garment_id from public.worn_garments w where w.image_id = first.id order by w.position);
  if not again or exists (select from croquis.refusals_to_try_on(source, worn, first.engine)) then
    return null;
  end if;
  return (croquis.add_try_on(source, worn, first.engine, null, first.order_id, first.position + 1)).id;
end
$$;
comment on function croquis.decide_retry is
  'Makes a try-on again in the same order, with what was reserved for that and another seed, and returns the new image; or '
  'gives the money back. Once: where it is decided nothing happens. It is given up where something stands against it by now.';

create function public.record_try_on_checks(
  image uuid,
  checks jsonb,
  again boolean
) returns uuid
language plpgsql security definer set search_path = ''
as $$
begin
  update public.images i set checks = record_try_on_checks.checks
  where i.id = image and i.status = 'saved' and i.owner_id <> croquis.nobody();
  return croquis.decide_retry(image, again);
end
$$;
comment on function public.record_try_on_checks is
  'Writes what was found in a saved try-on, and decides whether it is made again: the new image, or null.';
grant execute on function public.record_try_on_checks to service_role;

create function public.close_retries(most int default 100) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  late uuid;
  closed int := 0;
begin
  for late in
    select i.id from public.images i
    where i.retry_usd is not null and i.ended_at < now() - interval '30 minutes'
    order by i.ended_at
    limit most
    for update skip locked
  loop
    perform croquis.decide_retry(late, false);
    closed := closed + 1;
  end loop;
  return closed;
end
$$;
comment on function public.close_retries is
  'Gives back what is reserved for making so many try-ons again that nobody has looked at for half an hour, and answers how '
  'many it was.';
grant execute on function public.close_retries to service_role;
