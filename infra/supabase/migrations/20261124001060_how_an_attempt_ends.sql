-- The end of an attempt: its result, its money, and the callback that wakes the workflow. For service_role only.

create function croquis.settle_image(image uuid) returns void
language plpgsql
as $$
declare
  settled public.images;
  paid numeric;
begin
  if exists (select from public.provider_attempts a where a.image_id = image and croquis.is_open(a.state)) then
    return;  -- what may still cost money stays reserved
  end if;
  select coalesce(sum(a.actual_usd), 0) into paid from public.provider_attempts a where a.image_id = image;
  update public.images i set money = case when paid > 0 then 'settled'::public.money_state else 'released' end
  where i.id = image and i.money = 'reserved' and not croquis.is_open(i.status)
  returning * into settled;
  if settled.id is not null then
    update public.spend_accounts s
    set reserved_usd = s.reserved_usd - settled.reserved_usd,
        spent_usd = s.spent_usd + paid
    where s.owner_id = settled.owner_id;
  end if;
end
$$;
comment on function croquis.settle_image is
  'Books the cost of an image and frees the rest: once, when it is done and no attempt of it is open (MO-10).';

create function public.record_result(
  attempt_id uuid,
  provider_status text,
  output jsonb,
  error text,
  seconds numeric
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  ended public.provider_attempts;
begin
  -- the run or image first, as those who end it do: whoever comes second sees the other's end, and settles the money
  perform 1 from public.training_runs r
  where r.id = (select a.run_id from public.provider_attempts a where a.id = attempt_id)
  for update;
  perform 1 from public.images i
  where i.id = (select a.image_id from public.provider_attempts a where a.id = attempt_id)
  for update;
  update public.provider_attempts a
  set state = 'ended',
      provider_status = record_result.provider_status,
      output = record_result.output,
      error = left(record_result.error, 2000),
      seconds = record_result.seconds,
      ended_at = now(),
      actual_usd = coalesce(record_result.seconds, 0) * (
        select p.usd from public.prices p
        where p.item = case when a.run_id is null then 'image_second' else 'training_second' end
      ),
      callback_due = case when a.task_token is not null then now() end
  where a.id = attempt_id and croquis.is_open(a.state)
  returning * into ended;
  if ended.id is null then
    select * into ended from public.provider_attempts a where a.id = attempt_id;
  elsif ended.run_id is not null and exists (
    select from public.training_runs r where r.id = ended.run_id and r.ended_at is not null
  ) then
    perform croquis.settle_run(ended.run_id);
    update public.provider_attempts a set callback_due = null, task_token = null, output = null
    where a.id = ended.id
    returning * into ended;
  elsif ended.image_id is not null then
    perform croquis.settle_image(ended.image_id);
  end if;
  return to_jsonb(ended);
end
$$;
comment on function public.record_result is
  'Ends an attempt with what the provider says; the first end wins and is returned (SF-07). Whoever finds both token '
  'and result on the row sends the callback.';
grant execute on function public.record_result to service_role;

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

create function public.callbacks_due(most int default 100) returns setof public.provider_attempts
language sql stable security definer set search_path = ''
as $$
  select a.* from public.provider_attempts a
  where a.callback_due < now() - interval '1 minute'
    and a.callback_sent_at is null
    and a.task_token is not null
  order by a.callback_due
  limit most
$$;
comment on function public.callbacks_due is
  'Attempts whose result has waited a minute for its callback, the longest first.';
grant execute on function public.callbacks_due to service_role;
