-- The person shown has no account: their owner makes them a link. Of its token only the hash is here, and whoever holds the
-- token sees what is made of that one person, may refuse pictures where their owner asks, and may withdraw the consent.

create table public.consent_links (
  id uuid primary key default gen_random_uuid(),
  consent_id uuid not null references public.consents (id),
  token_sha256 text not null unique check (token_sha256 ~ '^[0-9a-f]{64}$'),
  used_by text check (croquis.is_line(used_by, 80)),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table public.consent_links is
  'Links for the person shown. Nobody reads them but the functions here.';
comment on column public.consent_links.used_by is
  'Who uses the pictures, as the owner introduces themselves to the person shown.';
create index consent_links_consent on public.consent_links (consent_id);
create index consent_links_age on public.consent_links ((least(expires_at, revoked_at)));
alter table public.consent_links enable row level security;

-- 1. For the owner.

create function public.open_consent_link(
  consent_id uuid,
  days int,
  used_by text,
  token_sha256 text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  given public.consents := croquis.consent_of_caller(consent_id);
  opened public.consent_links;
begin
  if days is null or days not between 1 and 90 then
    perform croquis.refuse(422, 'bad_days',
      'A link is good for 1 to 90 days.',
      'Send days between 1 and 90; a new link can be made at any time.');
  end if;
  perform croquis.hold_owner(given.owner_id);
  if (select count(*) from public.consent_links l
      where l.consent_id = given.id and l.revoked_at is null and l.expires_at > now()) >= 20 then
    perform croquis.refuse(409, 'too_many_links',
      'There are 20 links for this person that are good, the most allowed at once.',
      'Revoke one first: DELETE /v1/consents/{consent_id}/links/{link_id}.');
  end if;
  insert into public.consent_links (consent_id, token_sha256, used_by, expires_at)
  values (given.id, open_consent_link.token_sha256, open_consent_link.used_by, now() + make_interval(days => days))
  returning * into opened;
  return to_jsonb(opened) - 'token_sha256';
end
$$;
comment on function public.open_consent_link is
  'Makes a link for the person shown, of whose token only the hash is given here.';
grant execute on function public.open_consent_link to authenticated;

create function public.revoke_consent_link(consent_id uuid, link uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  given public.consents := croquis.consent_of_caller(consent_id);
  revoked public.consent_links;
begin
  update public.consent_links l set revoked_at = coalesce(l.revoked_at, now())
  where l.id = link and l.consent_id = given.id
  returning * into revoked;
  if revoked.id is null then
    perform croquis.refuse(404, 'no_such_link',
      'There is no such link.',
      'Check the id; the answer that gave you the link has it.');
  end if;
  return to_jsonb(revoked) - 'token_sha256';
end
$$;
comment on function public.revoke_consent_link is
  'Closes a link at once. May be repeated.';
grant execute on function public.revoke_consent_link to authenticated;

create function public.good_consent_links(consent_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    jsonb_agg(to_jsonb(l) - 'token_sha256' order by l.created_at, l.id) filter (where l.id is not null), '[]'
  )
  from croquis.consent_of_caller(good_consent_links.consent_id) as given
  left join public.consent_links l on l.consent_id = given.id and l.revoked_at is null and l.expires_at > now()
$$;
comment on function public.good_consent_links is
  'The links that open something now, without their tokens, which nobody has any more.';
grant execute on function public.good_consent_links to authenticated;

-- 2. For whoever holds the token; asked by the door with the workers' key.

create function croquis.link_of(token_sha256 text) returns public.consent_links
language plpgsql stable
as $$
declare
  found_link public.consent_links;
begin
  select * into found_link from public.consent_links l
  where l.token_sha256 = link_of.token_sha256 and l.revoked_at is null and l.expires_at > now();
  if found_link.id is null then
    perform croquis.refuse(401, 'link_not_valid',
      'This link is not valid: it is incomplete, too old, or was taken back.',
      'Open it once more, exactly as it was sent; if that does not help, ask whoever sent it for a new one.');
  end if;
  return found_link;
end
$$;
comment on function croquis.link_of is
  'The link whose token has that hash. One that is old, revoked or guessed is refused in the same words.';

create function public.shown_person(
  token_sha256 text,
  before_at timestamptz,
  before_id uuid,
  most int
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'used_by', link.used_by,
    'expires_at', link.expires_at,
    'name', (select j.model_name from public.lora_training_jobs j where j.consent_id = link.consent_id limit 1),
    'consent', consent,
    'text', (select t.body from public.consent_texts t where t.version = consent ->> 'text_version'),
    'images', (
      select coalesce(jsonb_agg(to_jsonb(page) order by page.created_at desc, page.id desc), '[]')
      from (
        select i.* from public.images i
        join public.lora_training_jobs j on j.id = i.job_id
        where j.consent_id = link.consent_id
          and i.status = 'saved'
          and i.removed_at is null
          and (before_at is null or (i.created_at, i.id) < (before_at, before_id))
        order by i.created_at desc, i.id desc
        limit least(most, 100)
      ) as page
    )
  )
  from croquis.link_of(shown_person.token_sha256) as link
  cross join public.read_consent(link.consent_id) as consent
$$;
comment on function public.shown_person is
  'What the person behind a link sees: the consent with its text, who uses it, and a page of the pictures, newest first.';
grant execute on function public.shown_person to service_role;

create function public.decide_shown_image(
  token_sha256 text,
  image uuid,
  decision text
) returns public.images
language plpgsql security definer set search_path = ''
as $$
declare
  link public.consent_links := croquis.link_of(decide_shown_image.token_sha256);
  decided public.images;
begin
  if decision is null or decision not in ('approve', 'refuse') then
    perform croquis.refuse(422, 'bad_decision',
      'decision must be approve or refuse.',
      'Send one of the two.');
  end if;
  if not (croquis.current_consent(link.consent_id)).ask_shown_person then
    perform croquis.refuse(409, 'not_asked',
      'Single pictures are not for you to decide under this consent.',
      'Ask whoever sent you the link to have it changed; you can withdraw the whole consent.');
  end if;
  update public.images i set shown_decision = decision, shown_decided_at = now()
  where i.id = image
    and i.status = 'saved'
    and i.removed_at is null
    and exists (select from public.lora_training_jobs j where j.id = i.job_id and j.consent_id = link.consent_id)
  returning * into decided;
  if decided.id is null then
    perform croquis.refuse(404, 'no_such_image',
      'There is no such picture.',
      'Read the list again.');
  end if;
  return decided;
end
$$;
comment on function public.decide_shown_image is
  'The person shown approves or refuses a picture of theirs; the last word counts. A refused one is closed to its owner.';
grant execute on function public.decide_shown_image to service_role;

create function public.withdraw_shown(token_sha256 text) returns jsonb
language sql security definer set search_path = ''
as $$
  select croquis.end_consent(c, 'shown_person')
  from croquis.link_of(withdraw_shown.token_sha256) as link
  join public.consents c on c.id = link.consent_id
$$;
comment on function public.withdraw_shown is
  'The person shown takes the consent back, exactly as its owner can. May be repeated.';
grant execute on function public.withdraw_shown to service_role;
