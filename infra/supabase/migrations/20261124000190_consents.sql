-- What a person agrees to, and that they did. No foreign key to auth.users: a receipt outlives the account.

create table public.consent_texts (
  version text primary key,
  body text not null,
  sha256 text not null,
  published_at timestamptz not null default now()
);
comment on table public.consent_texts is
  'What a person agrees to, by version. A text is never changed: publish a new version.';
create trigger consent_texts_are_final before update or delete on public.consent_texts
  for each row execute function croquis.append_only();

insert into public.consent_texts (version, body, sha256)
select '2026-11', body, encode(sha256(convert_to(body, 'UTF8')), 'hex')
from concat_ws(E'\n',
  'I am an adult. The photos show me, or an adult who has authorised me in writing.',
  'I agree that the photos are used to train an image model (LoRA) of the person they show, and to make pictures '
  'with it.',
  'The photos, the model and the pictures are stored at Supabase, processed on Amazon Web Services, and the training '
  'photos and prompts are sent to Replicate for training and image generation.',
  'Original photos and the training archive are deleted within 24 hours after the model is approved or the job is '
  'closed, and within 7 days in any case. The model and the pictures are kept until I delete them or withdraw this '
  'consent.',
  'I can withdraw at any time; no new training or picture starts after that.'
) as body;

create table public.consents (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  text_version text references public.consent_texts (version),
  declarations jsonb not null default '{}',
  withdraws uuid references public.consents (id),
  given_at timestamptz not null default now(),
  constraint consents_given_or_withdrawn check ((withdraws is null) = (text_version is not null))
);
comment on table public.consents is
  'Append-only: a consent, or the withdrawal of one. Survives erasure; holds no name, e-mail or photo.';
create index consents_owner on public.consents (owner_id);
create unique index consents_withdrawn_once on public.consents (withdraws);
create trigger consents_are_append_only before update or delete on public.consents
  for each row execute function croquis.append_only();
