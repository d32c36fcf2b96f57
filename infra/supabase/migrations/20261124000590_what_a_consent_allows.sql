-- What the newest form of a consent allows today. Asked in the functions that accept an order, and again before a POST.

create function croquis.current_consent(consent uuid) returns public.consents
language sql stable
as $$
  select c.* from public.consents c
  where c.withdraws is null and (c.renews = consent or (c.id = consent and c.renews is null))
  order by c.number desc
  limit 1
$$;
comment on function croquis.current_consent is
  'The newest form of a consent; null for what is none, or only a newer form of one.';

create function croquis.consent_stands(consent uuid) returns boolean
language sql stable
as $$
  select exists (
    select from croquis.current_consent(consent) c
    where c.id is not null
      and (c.valid_until is null or c.valid_until >= (now() at time zone 'UTC')::date)
      and not exists (select from public.consents w where w.withdraws = consent)
  )
$$;
comment on function croquis.consent_stands is
  'Whether the consent was given, has not been withdrawn and is not past its last day (PR-01).';

create function croquis.consents_to(consent uuid, use text) returns boolean
language sql stable
as $$
  select croquis.consent_stands(consent)
    and coalesce(use = any ((croquis.current_consent(consent)).uses), false)
$$;
comment on function croquis.consents_to is
  'Whether the consent stands and names that use: train, generate, try_on or face_measurement (PR-01).';

create function croquis.use_of(kind public.image_kind) returns text
language sql immutable
return case kind when 'preview' then 'train' when 'try_on' then 'try_on' else 'generate' end;
comment on function croquis.use_of is
  'The use that an image is: previews belong to the training, and what is repaired was generated.';

create function croquis.why_not_consented(consent uuid, use text) returns croquis.refusal
language sql stable
as $$
  select case
    when croquis.consents_to(consent, use) then null
    when croquis.consent_stands(consent) then (403, 'use_not_consented',
      format('The person shown has not agreed to this use: %s.', replace(use, '_', ' ')),
      'Ask them, and send what they agree to with POST /v1/consents.')::croquis.refusal
    else (403, 'consent_withdrawn',
      'The consent for this person was withdrawn, or its last day is over.',
      'Nothing new can be made of this person; open a new training with a new consent.')::croquis.refusal
  end
$$;
comment on function croquis.why_not_consented is
  'Why something may not be ordered under that consent; null if it may.';

create function public.read_consent(consent_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', read_consent.consent_id,
    'text_version', c.text_version,
    'text_sha256', c.text_sha256,
    'uses', c.uses,
    'providers', c.providers,
    'territories', c.territories,
    'media', c.media,
    'valid_until', c.valid_until,
    'ask_shown_person', c.ask_shown_person,
    'given_at', c.given_at,
    'withdrawn_at', w.given_at,
    'withdrawn_by', w.withdrawn_by
  )
  from public.consents c
  left join public.consents w on w.withdraws = read_consent.consent_id
  where c.withdraws is null
    and (c.renews = read_consent.consent_id or (c.id = read_consent.consent_id and c.renews is null))
  order by c.number desc
  limit 1
$$;
comment on function public.read_consent is
  'The newest form of a consent, with the time of its withdrawal. Null when the caller may not see it.';
grant execute on function public.read_consent to authenticated;

create function croquis.record_consent(
  owner uuid,
  consent jsonb,
  renews uuid default null
) returns uuid
language plpgsql
as $$
declare
  declarations constant jsonb := jsonb_build_object(
    'adult', true,
    'own_photos_or_authorised', true,
    'training', true,
    'storage', true,
    'processors', true
  );
  given constant jsonb := jsonb_strip_nulls(consent);
  of_text public.consent_texts;
  recorded public.consents;
begin
  if not coalesce(consent @> declarations, false) then
    perform croquis.refuse(422, 'no_consent',
      'No photo is accepted without the full consent of the person it shows.',
      'Show the current text (table consent_texts) and send consent with its text_version and adult, '
      'own_photos_or_authorised, training, storage and processors, each true.');
  end if;
  select * into of_text from public.consent_texts t where t.version = given ->> 'text_version';
  if of_text.version is null then
    perform croquis.refuse(422, 'no_consent',
      'There is no consent text of the version that consent.text_version names.',
      'Show the current text (table consent_texts) and send its version.');
  end if;
  -- what is an array of something else is a wrong value; face_measurement is never implied
  recorded.uses := array(select jsonb_array_elements_text(coalesce(given -> 'uses', '["train", "generate"]')));
  recorded.territories := case when given ? 'territories' then array(
    select jsonb_array_elements_text(given -> 'territories')) end;
  recorded.media := case when given ? 'media' then array(select jsonb_array_elements_text(given -> 'media')) end;
  recorded.valid_until := (given ->> 'valid_until')::date;
  if 0 in (cardinality(recorded.uses), cardinality(recorded.territories), cardinality(recorded.media))
     or cardinality(recorded.territories) > 250
     or exists (select from unnest(recorded.territories) as country where country !~ '^[A-Z]{2}$')
     or not recorded.uses <@ array['train', 'generate', 'try_on', 'face_measurement']
     or not recorded.media <@ array['website', 'social_media', 'advertising', 'print', 'film'] then
    perform croquis.refuse(422, 'bad_scope',
      'uses, territories or media holds something that it cannot, or nothing.',
      'uses of train, generate, try_on, face_measurement; territories of two capital letters each, such as DE; media '
      'of website, social_media, advertising, print, film. Leave out what is not restricted.');
  end if;
  if recorded.valid_until <= (now() at time zone 'UTC')::date or recorded.valid_until = 'infinity' then
    perform croquis.refuse(422, 'bad_term',
      'The last day of a consent must be after today.',
      'Send valid_until as a later date, such as 2030-12-31, or leave it out: then it stands until it is withdrawn.');
  end if;
  -- the row outlives the account: only what was asked for goes into it, nothing else that was sent along (PR-02)
  insert into public.consents (
    owner_id, text_version, text_sha256, declarations,
    uses, providers, territories, media, valid_until, ask_shown_person, renews
  )
  values (
    owner, of_text.version, of_text.sha256, declarations,
    array(select distinct use from unnest(recorded.uses) as use order by use),
    array['Supabase', 'Amazon Web Services', 'Replicate', 'Google'],
    recorded.territories, recorded.media, recorded.valid_until,
    coalesce((given ->> 'ask_shown_person')::boolean, false),
    record_consent.renews
  )
  returning * into recorded;
  return recorded.id;
end
$$;
comment on function croquis.record_consent is
  'Adds a consent, or a newer form of the one that it renews; refuses one that is not whole. Without uses it is for '
  'train and generate.';
