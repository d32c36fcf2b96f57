-- The callback that wakes the workflow once an attempt is over. For service_role only.

create function public.forget_token(attempt_id uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.provider_attempts a set task_token = null where a.id = attempt_id
$$;
comment on function public.forget_token is
  'Forgets the token of a task that is over, so that nobody is woken with it (SF-11).';
grant execute on function public.forget_token to service_role;

create function public.callback_sent(
  attempt_id uuid,
  token text
) returns boolean
language sql security definer set search_path = ''
as $$
  with sent as (
    update public.provider_attempts a set callback_sent_at = now(), task_token = null
    where a.id = attempt_id and a.task_token = token and a.callback_due is not null
    returning 1
  )
  select exists (select from sent)
$$;
comment on function public.callback_sent is
  'Records that the task was woken. False, and without effect, when a newer token is stored or nothing was due.';
grant execute on function public.callback_sent to service_role;

create function public.callbacks_due(
  most int default 100,
  after uuid default null
) returns setof public.provider_attempts
language sql stable security definer set search_path = ''
as $$
  select a.* from public.provider_attempts a
  where (after is null or a.id > after)
    and a.callback_due < now() - interval '1 minute'
    and a.callback_sent_at is null
    and a.task_token is not null
  order by a.id
  limit most
$$;
comment on function public.callbacks_due is
  'A page of attempts whose result has waited a minute for its callback; after is the last id of the page before.';
grant execute on function public.callbacks_due to service_role;
