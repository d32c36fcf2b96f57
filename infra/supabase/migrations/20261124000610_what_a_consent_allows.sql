-- What else a person agreed to, beyond what every training needs.

create function croquis.consents_to(
  consent uuid,
  use text
) returns boolean
language sql stable
as $$
  select croquis.consent_stands(consent)
    and exists (select from public.consents c where c.id = consent and c.declarations -> 'uses' ? use)
$$;
comment on function croquis.consents_to is
  'Whether the consent stands and names this use: face_measurement.';
