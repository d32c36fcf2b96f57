-- What an operator reads and sets with the project's secret key, where before they needed SQL. For service_role only.

create function public.read_limits() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select to_jsonb(l) - 'only_row' || jsonb_build_object('usd_ordered_in_24_hours', croquis.usd_posted_in_a_day())
  from croquis.limits l
$$;
comment on function public.read_limits is
  'The switches and caps as they stand, and what all orders of the last 24 hours cost as expected, which usd_per_day caps.';
grant execute on function public.read_limits to service_role;

create function public.set_limits(changes jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  held croquis.limits;
  wanted jsonb;
  limit_name text;
begin
  -- like whoever is about to post: when this returns, nobody is past a switch that it has closed
  select * into held from croquis.limits for no key update;
  if jsonb_typeof(changes) is distinct from 'object' or changes = '{}' or exists (
    select from jsonb_object_keys(changes) as name
    where name in ('only_row', 'weights_refused_bytes') or not to_jsonb(held) ? name
  ) then
    perform croquis.refuse(422, 'no_such_limit',
      'This names no limit, or one that there is not.',
      'read_limits() has their names; weights_refused_bytes is found out, and not set.');
  end if;
  wanted := to_jsonb(jsonb_populate_record(held, changes));
  for limit_name in select jsonb_object_keys(changes) loop
    -- of null and NaN the type differs: beyond NaN no sum is, so that it would cap nothing
    if jsonb_typeof(wanted -> limit_name) <> jsonb_typeof(to_jsonb(held) -> limit_name)
      or jsonb_typeof(wanted -> limit_name) = 'number' and (wanted -> limit_name)::numeric < 0 then
      perform croquis.refuse(422, 'bad_limit',
        format('%s cannot be that.', limit_name),
        'A limit is a number from 0 on, a switch is true or false, closed_until is a time; none of them is null.');
    end if;
    execute format('update croquis.limits set %1$I = (jsonb_populate_record(null::croquis.limits, $1)).%1$I', limit_name)
      using changes;
  end loop;
  return public.read_limits();
end
$$;
comment on function public.set_limits is
  'Changes the limits that are named and leaves the others: those of read_limits() but what is found out. Counts for the '
  'next POST (OP-14); repeated, it changes nothing.';
grant execute on function public.set_limits to service_role;
