-- Money: one ledger, whose entries alone move a balance. An entry is a difference, so that a later truth is one more entry.

create function croquis.move_balance() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.borne_by = 'owner' then
    update public.spend_accounts a
    set reserved_usd = a.reserved_usd + new.reserved_usd,
        spent_usd = a.spent_usd + new.spent_usd
    where a.owner_id = new.owner_id;
  end if;
  return null;
end
$$;
comment on function croquis.move_balance is
  'Keeps the balances of an account equal to the sums of its entries, in the statement that adds the entry.';
create trigger ledger_entries_move_balance after insert on public.ledger_entries
  for each row execute function croquis.move_balance();

create function croquis.who_bears(what text) returns public.bearer
language sql immutable
return case what
  when 'kept' then 'owner'::public.bearer  -- a result: the weights were registered, the image saved
  when 'canceled' then 'owner'             -- its owner stopped it
  else 'operator'                          -- failed there, or could not be kept, or a second run that nobody ordered
end;
comment on function croquis.who_bears is
  'The one table of who bears the cost of a run at the provider.';

create function croquis.reserve(
  owner uuid,
  of_run uuid,
  of_image uuid,
  usd numeric
) returns void
language sql
as $$
  insert into public.ledger_entries (key, kind, borne_by, owner_id, run_id, image_id, reserved_usd)
  values ('reserve:' || coalesce(of_run, of_image), 'reservation', 'owner', owner, of_run, of_image, usd)
$$;
comment on function croquis.reserve is
  'Reserves money for a run or an image in the transaction of its order (MO-10); the owner is held and can afford it.';

create function croquis.release(
  of_run uuid,
  of_image uuid
) returns void
language sql
as $$
  insert into public.ledger_entries (key, kind, borne_by, owner_id, run_id, image_id, reserved_usd)
  select 'release:' || coalesce(of_run, of_image), 'release', 'owner', e.owner_id, of_run, of_image, -sum(e.reserved_usd)
  from public.ledger_entries e
  where e.run_id = of_run or e.image_id = of_image
  group by e.owner_id
  having sum(e.reserved_usd) > 0
  on conflict (key) do nothing
$$;
comment on function croquis.release is
  'Gives back what is reserved for a run or an image, once.';

create function croquis.book(
  provider_run text,
  what text,
  owner uuid,
  of_run uuid,
  of_image uuid
) returns void
language plpgsql
as $$
begin
  perform 1 from public.provider_runs p where p.id = provider_run for update;  -- one after the other
  insert into public.ledger_entries (key, kind, borne_by, owner_id, run_id, image_id, provider_run, spent_usd)
  select
    concat_ws(':', 'cost', p.id, bearer, booked.entries),
    case booked.entries when 0 then 'settlement' else 'correction' end,
    bearer, owner, of_run, of_image, p.id, due.usd - booked.usd
  from public.provider_runs p
  cross join unnest(enum_range(null::public.bearer)) as bearer
  cross join lateral (
    select case when bearer = croquis.who_bears(what) then p.cost_usd else 0 end as usd
  ) due
  cross join lateral (
    select
      count(*) as entries,
      coalesce(sum(e.spent_usd) filter (where e.borne_by = bearer), 0) as usd
    from public.ledger_entries e
    where e.provider_run = p.id
  ) booked
  where p.id = book.provider_run and due.usd <> booked.usd;
end
$$;
comment on function croquis.book is
  'Books what a run at the provider has cost so far to whoever bears it: by the difference to what is booked, so that '
  'calling it again adds nothing, and a higher cost or another bearer adds a correction.';

create function croquis.settle(
  of_run uuid,
  of_image uuid
) returns void
language plpgsql
as $$
declare
  verdict text := case
    when of_run is not null then (
      select case
        when r.weights_path is not null then 'kept'
        when r.status = 'canceled' then 'canceled'
        when r.ended_at is not null then 'failed'
      end
      from public.training_runs r where r.id = of_run)
    else (
      select case
        when i.status = 'saved' then 'kept'
        when i.failure_code in ('consent_withdrawn', 'source_gone') then 'canceled'
        when i.status = 'failed' then 'failed'
      end
      from public.images i where i.id = of_image)
  end;
begin
  if verdict is null then
    return;  -- not decided yet: all of it stays reserved
  end if;
  perform croquis.book(
    p.id,
    case when p.id is distinct from a.provider_id then 'surplus' when p.status = 'failed' then 'failed' else verdict end,
    a.owner_id, of_run, of_image
  )
  from public.provider_attempts a
  join public.provider_runs p on p.attempt_id = a.id
  where (a.run_id = of_run or a.image_id = of_image) and p.over
  order by p.id;
  -- what may still cost money stays reserved, and what a try-on may be made again for until that is decided
  if not exists (
    select from public.images i where i.id = of_image and i.status = 'saved' and i.retry_usd is not null
  ) and not exists (
    select from public.provider_attempts a
    where (a.run_id = of_run or a.image_id = of_image) and croquis.is_open(a.state)
  ) then
    perform croquis.release(of_run, of_image);
  end if;
  update public.training_runs r
  set actual_usd = paid.usd, borne_by = paid.borne_by
  from (
    select coalesce(sum(e.spent_usd), 0) as usd, min(e.borne_by) filter (where e.spent_usd > 0) as borne_by
    from public.ledger_entries e where e.run_id = of_run
  ) paid
  where r.id = of_run and (r.actual_usd, r.borne_by) is distinct from (paid.usd, paid.borne_by);
  update public.images i
  set actual_usd = paid.usd
  from (
    select coalesce(sum(e.spent_usd) filter (where e.borne_by = 'owner'), 0) as usd
    from public.ledger_entries e where e.image_id = of_image
  ) paid
  where i.id = of_image and i.actual_usd is distinct from paid.usd;
end
$$;
comment on function croquis.settle is
  'Books whatever a run or an image has cost once it is decided what became of it, and gives back the rest once no '
  'attempt of it is open. Called after each step that may decide it, and again whenever more is known.';
