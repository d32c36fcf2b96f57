-- What an owner may change of a photo: where it stands, whether it is used anyway, and the words about it.

create function croquis.said_after(
  said jsonb,
  given jsonb
) returns jsonb
language plpgsql
as $$
declare
  name text;
  value jsonb;
  line text;
  most int;
begin
  if jsonb_typeof(given) <> 'object' then
    perform croquis.refuse(422, 'bad_words',
      'said must be an object.',
      'Send it with caption, pose, clothes, background or light; leave out what stays as it is.');
  end if;
  for name, value in select e.key, e.value from jsonb_each(given) e loop
    most := case
      when name = 'caption' then 500
      when name in ('pose', 'clothes', 'background', 'light') then 80
    end;
    if most is null then
      perform croquis.refuse(422, 'bad_words',
        format('Nothing called "%s" can be said about a photo.', left(name, 40)),
        'Send caption, pose, clothes, background or light.');
    end if;
    line := btrim(value #>> '{}', croquis.blanks());
    if jsonb_typeof(value) not in ('string', 'null') or char_length(line) > most or not croquis.is_plain(line) then
      perform croquis.refuse(422, 'bad_words',
        format('%s must be one line of plain text of at most %s characters.', name, most),
        'Shorten it and leave out line breaks, or send null to take it back.');
    end if;
    said := jsonb_strip_nulls(said || jsonb_build_object(name, nullif(line, '')));
  end loop;
  return said;
end
$$;
comment on function croquis.said_after is
  'The owner''s words with these changes: null, or nothing but blanks, takes one back; anything else that is not one '
  'plain line is refused.';

create function croquis.findings_overridden(
  findings jsonb,
  at timestamptz
) returns jsonb
language sql immutable
as $$
  select coalesce(jsonb_agg(
    case when at is not null and f.finding ->> 'severity' = 'blocking'
      then f.finding || jsonb_build_object('overridden_at', at)
      else f.finding - 'overridden_at'
    end
    order by f.position
  ), '[]')
  from jsonb_array_elements(findings) with ordinality as f (finding, position)
$$;
comment on function croquis.findings_overridden is
  'The findings, of which each blocking one says when its owner overrode it; null takes that back.';

create function croquis.photo_overridden(
  of_photo public.training_photos,
  use_it boolean,
  declared boolean
) returns public.training_photos
language plpgsql
as $$
declare
  needs public.override;
  why text;
  cure text;
begin
  if (use_it and of_photo.status = 'accepted') or (not use_it and of_photo.overridden_at is null) then
    return of_photo;
  end if;
  if not use_it then
    of_photo.status := 'rejected';
    of_photo.overridden_at := null;
  else
    if of_photo.status in ('awaiting_upload', 'uploaded', 'checking') then
      perform croquis.refuse(409, 'not_overridable',
        'This photo has not been checked yet.',
        'Upload it, and wait for its check.');
    end if;
    -- by its code alone: whatever else the finding says was written by whoever checked
    select max(b.override),
           string_agg(b.sentence, ' ') filter (where b.override = 'never'),
           string_agg(b.hint, ' ') filter (where b.override = 'never')
    into needs, why, cure
    from (
      select f ->> 'sentence' as sentence, f ->> 'hint' as hint, croquis.override_of(f ->> 'code') as override
      from jsonb_array_elements(of_photo.findings) f
      where f ->> 'severity' = 'blocking'
    ) b;
    if of_photo.status <> 'rejected'
       or coalesce(needs, 'never') = 'never'
       or num_nulls(of_photo.width, of_photo.height, of_photo.bytes, of_photo.sha256,
                    of_photo.clean_path, of_photo.thumbnail_path, of_photo.seen) > 0 then
      perform croquis.refuse(409, 'not_overridable',
        concat_ws(' ', 'This photo cannot be used anyway.', coalesce(why, 'No clean copy of it was kept.')),
        coalesce(cure, 'Replace it with another photo.'));
    end if;
    if needs = 'declaration' and declared is not true then
      perform croquis.refuse(409, 'declaration_needed',
        'No person was made out in this photo, so it can be used only if it shows the person of this training and '
        'nobody else.',
        'If that is so, let them declare it: send shows_only_the_person: true together with override: true.');
    end if;
    of_photo.status := 'accepted';
    of_photo.overridden_at := now();
  end if;
  of_photo.findings := croquis.findings_overridden(of_photo.findings, of_photo.overridden_at);
  return of_photo;
end
$$;
comment on function croquis.photo_overridden is
  'The row as it is when its owner says "use it anyway", or takes that back: what that takes is in override_of(). '
  'Saves nothing.';

create function public.change_photo(
  job uuid,
  photo uuid,
  slot int default null,
  override boolean default null,
  said jsonb default null,
  shows_only_the_person boolean default null
) returns public.training_photos
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs := croquis.job_of_caller(job);
  changed public.training_photos;
  was public.photo_status;
begin
  select * into changed from public.training_photos p
  where p.id = photo and p.job_id = of_job.id and p.status <> 'removed'
  for update;
  if changed.id is null then
    perform croquis.refuse(404, 'no_such_photo',
      'This job has no such photo.',
      'Check the id; read the job to see its photos.');
  end if;
  if shows_only_the_person is not null and override is not true then
    perform croquis.refuse(422, 'declaration_alone',
      'shows_only_the_person is declared to use a photo anyway, and at no other time.',
      'Send override: true with it, or leave it out.');
  end if;
  if num_nonnulls(slot, override, nullif(said, '{}')) = 0 then
    perform croquis.refuse(422, 'nothing_to_change',
      'There is nothing to change.',
      'Send slot, override or said.');
  end if;
  perform croquis.need_open_photos(of_job);
  if slot not between 1 and 12 then
    perform croquis.refuse(422, 'bad_slot',
      'slot must be a number from 1 to 12.',
      'Use one of the slots that the job lists.');
  end if;
  if override is not null then
    was := changed.status;
    changed := croquis.photo_overridden(changed, override, shows_only_the_person);
    if shows_only_the_person and changed.status <> was then
      insert into public.photo_declarations (photo_id, job_id, owner_id, declared_by, declares)
      values (changed.id, changed.job_id, changed.owner_id, croquis.signed_in(), 'shows_only_the_person');
    end if;
  end if;
  if said is not null then
    changed.said := croquis.said_after(changed.said, said);
  end if;
  if slot is not null then
    -- whoever is in the new slot takes the old one: in one statement, or two photos would be in one slot
    update public.training_photos p
    set slot = case p.id when changed.id then change_photo.slot else changed.slot end
    where p.job_id = of_job.id and p.slot in (changed.slot, change_photo.slot) and p.status <> 'removed';
  end if;
  update public.training_photos p
  set status = changed.status,
      findings = changed.findings,
      overridden_at = changed.overridden_at,
      said = changed.said
  where p.id = changed.id
  returning * into changed;
  return changed;
end
$$;
comment on function public.change_photo is
  'Moves a photo, overrides what the check found about the body, or keeps the owner''s words. Null leaves a thing as '
  'it is; the changes of one call happen together or not at all. A declaration that an override needed is kept.';
grant execute on function public.change_photo to authenticated;
