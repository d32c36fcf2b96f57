-- Whoever gave a consent may take it back at any time: nothing new is paid from then on, and what runs is stopped.

create function public.withdraw_consent(consent_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  given public.consents;
  of_job public.lora_training_jobs;
  image uuid;
begin
  perform croquis.signed_in();
  select * into given from public.consents c
  where c.id = withdraw_consent.consent_id and c.text_version is not null and public.may_act(c.owner_id);
  if given.id is null then
    perform croquis.refuse(404, 'no_such_consent',
      'There is no such consent.',
      'Check the id; a training shows its consent.');
  end if;
  -- the jobs first, and below each its model before its images, as every order does: who asked before is undone, who
  -- asks later is refused
  perform 1 from public.lora_training_jobs j where j.consent_id = given.id order by j.id for update;
  insert into public.consents (owner_id, withdraws) values (given.owner_id, given.id) on conflict do nothing;

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
          failure_sentence = 'The consent for this person was withdrawn.',
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
comment on function public.withdraw_consent is
  'Takes a consent back: drafts, reviews and open images end at once, a working job is marked to be canceled, the '
  'model is revoked. Returns the consent and the attempts that may run at the provider, for the caller to have them '
  'stopped. Again, it changes nothing and returns those that are still open.';
grant execute on function public.withdraw_consent to authenticated;
