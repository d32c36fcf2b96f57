-- Whoever gave a consent may change what it allows, or take it back at any time: nothing new is paid from then on, and
-- what runs is stopped. So it is when its last day is over.

create function croquis.consent_of_caller(consent uuid) returns public.consents
language plpgsql
as $$
declare
  given public.consents;
begin
  perform croquis.signed_in();
  select * into given from public.consents c
  where c.id = consent and c.withdraws is null and c.renews is null and public.may_act(c.owner_id);
  if given.id is null then
    perform croquis.refuse(404, 'no_such_consent',
      'There is no such consent.',
      'Check the id; a training shows its consent.');
  end if;
  return given;
end
$$;
comment on function croquis.consent_of_caller is
  'The consent as it was first given. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function croquis.end_consent(given public.consents, ended_by text) returns jsonb
language plpgsql
as $$
declare
  of_job public.lora_training_jobs;
  image uuid;
begin
  -- the jobs first, and below each its model before its images, as every order does: who asked before is undone, who
  -- asks later is refused
  perform 1 from public.lora_training_jobs j where j.consent_id = given.id order by j.id for update;
  insert into public.consents (owner_id, withdraws, withdrawn_by)
  values (given.owner_id, given.id, ended_by)
  on conflict do nothing;

  for of_job in select j.* from public.lora_training_jobs j where j.consent_id = given.id order by j.id loop
    if of_job.status in ('draft', 'in_review') then
      of_job := croquis.end_job(of_job, 'canceled');
    end if;
    if croquis.is_working(of_job.status) then
      of_job := croquis.request_cancel(of_job);
    else  -- one that failed cannot be tried again either
      update public.lora_training_jobs j
      set photos_purge_after = least(j.photos_purge_after, croquis.purge_after(croquis.photos_kept_after_close()))
      where j.id = of_job.id;
    end if;
    update public.ai_models m set status = 'revoked' where m.job_id = of_job.id and m.status <> 'erased';
    for image in
      update public.images i
      set status = 'failed',
          failure_code = 'consent_withdrawn',
          failure_sentence = 'The consent for this person was withdrawn, or its last day is over.',
          failure_hint = 'No new images can be made.',
          ended_at = now()
      where i.job_id = of_job.id and croquis.is_open(i.status)
      returning i.id
    loop
      perform croquis.settle(null, image);
    end loop;
  end loop;
  return jsonb_build_object('consent', public.read_consent(given.id), 'attempts', (
    select coalesce(jsonb_agg(a.id order by a.created_at), '[]')
    from public.provider_attempts a
    left join public.training_runs r on r.id = a.run_id
    left join public.images i on i.id = a.image_id
    join public.lora_training_jobs j on j.id = coalesce(r.job_id, i.job_id)
    where j.consent_id = given.id and croquis.is_open(a.state)
  ));
end
$$;
comment on function croquis.end_consent is
  'Ends a consent: drafts, reviews and open images end at once, a working job is marked to be canceled, the model is '
  'revoked. Returns the consent and the attempts that may run at the provider, for the caller to have them stopped. '
  'Again, it changes nothing and returns those that are still open.';

create function public.withdraw_consent(consent_id uuid) returns jsonb
language sql security definer set search_path = ''
as $$
  select croquis.end_consent(croquis.consent_of_caller(consent_id), 'owner')
$$;
comment on function public.withdraw_consent is
  'Takes a consent back, and returns it with the attempts that may run at the provider. May be repeated.';
grant execute on function public.withdraw_consent to authenticated;

create function public.renew_consent(consent_id uuid, consent jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  given public.consents := croquis.consent_of_caller(consent_id);
begin
  -- a change and a withdrawal take turns
  perform 1 from public.lora_training_jobs j where j.consent_id = given.id order by j.id for update;
  if not croquis.consent_stands(given.id) then
    perform croquis.refuse(409, 'consent_over',
      'This consent was withdrawn, or its last day is over: it cannot be changed any more.',
      'Open a new training with a new consent.');
  end if;
  if (select count(*) from public.consents c where c.renews = given.id) >= 100 then
    perform croquis.refuse(409, 'too_many_changes',
      'This consent was changed a hundred times, as often as is allowed.',
      'Withdraw it, and open a new training with a new consent.');
  end if;
  perform croquis.record_consent(given.owner_id, consent, given.id);
  return public.read_consent(given.id);
end
$$;
comment on function public.renew_consent is
  'Adds a newer form of a consent that stands, which counts as a whole from then on; what runs is not stopped by it.';
grant execute on function public.renew_consent to authenticated;

create function public.consents_past_term(
  most int default 100,
  after uuid default null
) returns setof public.consents
language sql stable security definer set search_path = ''
as $$
  select c.* from public.consents c
  where (after is null or c.id > after)
    and c.id in (
      select coalesce(late.renews, late.id) from public.consents late
      where late.valid_until < (now() at time zone 'UTC')::date
    )
    and not exists (select from public.consents w where w.withdraws = c.id)
    and not croquis.consent_stands(c.id)
  order by c.id
  limit most
$$;
comment on function public.consents_past_term is
  'A page of consents whose last day is over and that were not ended yet; after is the last id of the page before.';
grant execute on function public.consents_past_term to service_role;

create function public.end_consent_past_term(consent_id uuid) returns jsonb
language sql security definer set search_path = ''
as $$
  select croquis.end_consent(c, 'term')
  from public.consents c
  where c.id = end_consent_past_term.consent_id and c.withdraws is null and c.renews is null
    and not croquis.consent_stands(c.id)
$$;
comment on function public.end_consent_past_term is
  'Ends a consent whose last day is over, as if it had been withdrawn then. Null while it stands.';
grant execute on function public.end_consent_past_term to service_role;
