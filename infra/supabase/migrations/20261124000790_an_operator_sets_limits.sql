-- What an operator reads and sets with the project's secret key, where before they needed SQL. For service_role only.

create function public.read_limits() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select to_jsonb(l) - 'only_row' || jsonb_build_object('usd_ordered_in_24_hours', (
    select coalesce(sum(a.expected_usd), 0)
    from public.provider_attempts a
    where a.posted_at > now() - interval '1 day'
  ))
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
  wanted croquis.limits;
begin
  -- like whoever is about to post: when this returns, nobody is past a switch that it has closed
  select * into held from croquis.limits for no key update;
  if jsonb_typeof(changes) is distinct from 'object' or changes = '{}'
    or changes - array[
      'accept_jobs', 'open_jobs', 'uploads_per_day', 'trainings_per_day', 'images_per_day', 'owner_usd_per_day',
      'usd_per_day', 'closed_until'
    ] <> '{}' then
    perform croquis.refuse(422, 'no_such_limit',
      'This names no limit, or one that there is not.',
      'read_limits() has their names; weights_refused_bytes is found out, and not set.');
  end if;
  wanted := jsonb_populate_record(held, changes);
  if num_nulls(
      wanted.accept_jobs, wanted.open_jobs, wanted.uploads_per_day, wanted.trainings_per_day, wanted.images_per_day,
      wanted.owner_usd_per_day, wanted.usd_per_day, wanted.closed_until
    ) > 0
    or least(wanted.open_jobs, wanted.uploads_per_day, wanted.trainings_per_day, wanted.images_per_day) < 0
    -- NaN is greater than every sum: it would cap nothing
    or wanted.owner_usd_per_day not between 0 and 999999
    or wanted.usd_per_day not between 0 and 999999 then
    perform croquis.refuse(422, 'bad_limit',
      'A limit is a number from 0 on, and none of them is null.',
      'Caps in dollars end at 999999; accept_jobs is true or false, closed_until a time.');
  end if;
  update croquis.limits
  set accept_jobs = wanted.accept_jobs,
      open_jobs = wanted.open_jobs,
      uploads_per_day = wanted.uploads_per_day,
      trainings_per_day = wanted.trainings_per_day,
      images_per_day = wanted.images_per_day,
      owner_usd_per_day = wanted.owner_usd_per_day,
      usd_per_day = wanted.usd_per_day,
      closed_until = wanted.closed_until;
  return public.read_limits();
end
$$;
comment on function public.set_limits is
  'Changes the limits that are named and leaves the others: those of read_limits() but weights_refused_bytes. Counts for '
  'the next POST (OP-14); repeated, it changes nothing.';
grant execute on function public.set_limits to service_role;
