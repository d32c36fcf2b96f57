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

create function croquis.count_request(owner uuid) returns void
language plpgsql
as $$
declare
  a_minute_ago constant timestamptz := now() - interval '1 minute';
  counted int;
begin
  if public.may_act(owner) is not true then
    return;  -- a worker goes on with what was counted when it was ordered
  end if;
  update public.spend_accounts a
  set requests = case when a.requests_since > a_minute_ago then a.requests + 1 else 1 end,
      requests_since = case when a.requests_since > a_minute_ago then a.requests_since else now() end
  where a.owner_id = owner
  returning a.requests into counted;
  if counted > (select requests_per_minute from croquis.limits) then
    perform croquis.refuse(429, 'too_many_requests',
      'You have begun as much within a minute as is allowed.',
      'Go on in a minute, and more slowly.');
  end if;
end
$$;
comment on function croquis.count_request is
  'Counts what an owner begins, minute by minute, and refuses beyond requests_per_minute (AS-11). A refusal undoes its own '
  'count, so that whoever waits for a minute may go on.';

create function croquis.hold_owner(owner uuid) returns void
language plpgsql
as $$
begin
  insert into public.spend_accounts (owner_id) values (owner) on conflict do nothing;
  perform 1 from public.spend_accounts a where a.owner_id = owner for update;
  perform croquis.count_request(owner);
  -- for good: a token outlives the sign-in that it was made for
  if exists (select from public.erasures e where e.owner_id = owner and e.subject = 'account') then
    perform croquis.refuse(409, 'account_is_erased',
      'This account is being erased, or was: nothing new begins in it.',
      'GET /v1/erasures tells how far it is; to begin anew, sign up again once it is done.');
  end if;
end
$$;
comment on function croquis.hold_owner is
  'Makes calls for the same owner take turns until the end of the transaction, so that together they cannot pass a '
  'cap that each alone keeps, and counts them (AS-11). Refuses once the account is to be erased (PR-04).';

-- 2. A job.

create function croquis.need_model_name(model_name text) returns void
language plpgsql
as $$
begin
  if croquis.is_line(trim(model_name), 80) is not true then
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
  limits croquis.limits;
  opened public.lora_training_jobs;
begin
  select * into limits from croquis.limits;
  perform croquis.need_model_name(open_training.model_name);
  if open_training.gender is null or open_training.gender <> all (enum_range(null::public.gender)::text[]) then
    perform croquis.refuse(422, 'bad_gender',
      'gender must be female, male or non_binary.',
      'Send one of the three; it words the captions and prompts.');
  end if;
  perform croquis.hold_owner(owner);
  if (select count(*) from public.lora_training_jobs j where j.owner_id = owner and not croquis.is_over(j.status))
     >= limits.open_jobs then
    perform croquis.refuse(429, 'too_many_open_jobs',
      format('You have %s open training jobs, the most allowed at once.', limits.open_jobs),
      'Finish or cancel one first; drafts count too.');
  end if;
  insert into public.lora_training_jobs (owner_id, consent_id, model_name, gender, trigger_word)
  values (
    owner,
    croquis.record_consent(owner, consent),
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
