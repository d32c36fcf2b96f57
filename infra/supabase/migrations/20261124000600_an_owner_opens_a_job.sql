-- What an owner does first: record the consent and open a job. Anyone signed in may call the owners' functions, in this
-- and the next files, straight over HTTP, so each checks everything itself; who is asking comes from the token.

-- 1. Shared by the owners' functions.

create function croquis.new_trigger_word() returns text
language sql volatile
as $$
  -- eight consonants: no word of any language we know, one token sequence per model, safe everywhere
  select translate(substr(replace(gen_random_uuid()::text, '-', ''), 1, 8), '0123456789abcdef', 'bcdfghjklmnpqrtx')
$$;
comment on function croquis.new_trigger_word is
  'A random trigger word; the table refuses one that is taken.';

create function croquis.consent_stands(consent uuid) returns boolean
language sql stable
as $$
  select exists (
    select from public.consents c
    where c.id = consent and c.text_version is not null
      and not exists (select from public.consents w where w.withdraws = c.id)
  )
$$;
comment on function croquis.consent_stands is
  'Whether the consent was given and has not been withdrawn (PR-01).';

create function public.read_consent(consent_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', c.id,
    'text_version', c.text_version,
    'given_at', c.given_at,
    'withdrawn_at', (select w.given_at from public.consents w where w.withdraws = c.id)
  )
  from public.consents c
  where c.id = read_consent.consent_id
$$;
comment on function public.read_consent is
  'A consent, with the time of its withdrawal. Null when the caller may not see it.';
grant execute on function public.read_consent to authenticated;

create function croquis.job_of_caller(job uuid) returns public.lora_training_jobs
language plpgsql
as $$
declare
  found_job public.lora_training_jobs;
begin
  perform croquis.signed_in();
  select * into found_job from public.lora_training_jobs j
  where j.id = job and public.may_act(j.owner_id)
  for update;
  if found_job.id is null then
    perform croquis.refuse(404, 'no_such_training',
      'There is no such training job.',
      'Check the id; list yours with GET /v1/trainings.');
  end if;
  return found_job;
end
$$;
comment on function croquis.job_of_caller is
  'Locks the job and returns it. One that the caller may not act for is refused like one that does not exist (AS-07).';

create function croquis.hold_owner(owner uuid) returns void
language plpgsql
as $$
begin
  insert into public.spend_accounts (owner_id) values (owner) on conflict do nothing;
  perform 1 from public.spend_accounts a where a.owner_id = owner for update;
end
$$;
comment on function croquis.hold_owner is
  'Makes calls for the same owner take turns until the end of the transaction, so that together they cannot pass a '
  'cap that each alone keeps (AS-11).';

-- 2. A job.

create function croquis.need_model_name(model_name text) returns void
language plpgsql
as $$
begin
  if model_name is null or char_length(trim(model_name)) not between 1 and 80 or model_name ~ '[[:cntrl:]]' then
    perform croquis.refuse(422, 'bad_model_name',
      'The model''s name must have 1 to 80 characters.',
      'Send model_name with a shorter name in one line.');
  end if;
end
$$;
comment on function croquis.need_model_name is
  'Refuses what cannot be the name of a model.';

create function public.open_training(
  model_name text,
  gender text,
  consent jsonb
) returns public.lora_training_jobs
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  declarations constant jsonb := jsonb_build_object(
    'adult', true,
    'own_photos_or_authorised', true,
    'training', true,
    'storage', true,
    'processors', true
  );
  limits croquis.limits;
  consent_row uuid;
  opened public.lora_training_jobs;
begin
  select * into limits from croquis.limits;
  perform croquis.need_model_name(open_training.model_name);
  if open_training.gender is null or open_training.gender <> all (enum_range(null::public.gender)::text[]) then
    perform croquis.refuse(422, 'bad_gender',
      'gender must be female, male or non_binary.',
      'Send one of the three; it words the captions and prompts.');
  end if;
  if not coalesce(consent @> declarations, false) then
    perform croquis.refuse(422, 'no_consent',
      'No photo is accepted without the full consent of the person it shows.',
      'Show the current text (table consent_texts) and send consent with its text_version and adult, '
      'own_photos_or_authorised, training, storage and processors, each true.');
  end if;
  if not exists (select from public.consent_texts t where t.version = consent ->> 'text_version') then
    perform croquis.refuse(422, 'no_consent',
      'There is no consent text of the version that consent.text_version names.',
      'Show the current text (table consent_texts) and send its version.');
  end if;
  perform croquis.hold_owner(owner);
  if (select count(*) from public.lora_training_jobs j where j.owner_id = owner and not croquis.is_over(j.status))
     >= limits.open_jobs then
    perform croquis.refuse(429, 'too_many_open_jobs',
      format('You have %s open training jobs, the most allowed at once.', limits.open_jobs),
      'Finish or cancel one first; drafts count too.');
  end if;
  -- the row outlives the account: only what was asked for goes into it, nothing else that was sent along (PR-02)
  insert into public.consents (owner_id, text_version, declarations)
  values (owner, consent ->> 'text_version', declarations)
  returning id into consent_row;
  insert into public.lora_training_jobs (owner_id, consent_id, model_name, gender, trigger_word)
  values (
    owner,
    consent_row,
    trim(open_training.model_name),
    open_training.gender::public.gender,
    croquis.new_trigger_word()
  )
  returning * into opened;
  return opened;
end
$$;
comment on function public.open_training is
  'Opens a draft for the caller together with the consent of the person whom its photos will show. Every call opens '
  'another one, up to the cap on open jobs.';
grant execute on function public.open_training to authenticated;
