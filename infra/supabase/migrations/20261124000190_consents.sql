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
  'I agree to the uses that I choose, and to no other. They are: to train an image model (LoRA) of the person in the '
  'photos and to make the pictures by which it is judged; to make further pictures with it; to try clothes on in such '
  'pictures; to measure the face in photos and pictures, only to see whether it is the same.',
  'The photos, the model and the pictures are stored at Supabase, processed on Amazon Web Services, and the training '
  'photos, their captions and prompts are sent to Replicate for training and image generation. Where an engine of '
  'Google is chosen for a try-on, Replicate passes the picture and the garments on to Google.',
  'Original photos and the training archive are deleted within 24 hours after the model is approved or the job is '
  'closed, and within 7 days in any case. The model and the pictures are kept: withdrawing this consent locks the '
  'model, and deletes neither.',
  'I can withdraw at any time; no new training or picture starts after that, and what runs is stopped. The same '
  'happens when the last day that I name is over.'
) as body;

create table public.consents (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  text_version text references public.consent_texts (version),
  text_sha256 text,
  declarations jsonb not null default '{}',
  uses text[] check (uses <@ array['train', 'generate', 'try_on', 'face_measurement']),
  providers text[],
  territories text[],
  media text[] check (media <@ array['website', 'social_media', 'advertising', 'print', 'film']),
  valid_until date,
  ask_shown_person boolean not null default false,
  renews uuid references public.consents (id),
  withdraws uuid references public.consents (id),
  withdrawn_by text check (withdrawn_by in ('owner', 'shown_person', 'term')),
  given_at timestamptz not null default now(),
  number bigint generated always as identity,
  constraint consents_given_or_withdrawn check (
    (withdraws is null and num_nulls(text_version, text_sha256, uses, providers) = 0 and withdrawn_by is null)
    or (num_nulls(withdraws, withdrawn_by) = 0 and num_nonnulls(text_version, text_sha256, uses, providers, renews) = 0)
  )
);
comment on table public.consents is
  'Append-only: a consent, a newer form of one, or the withdrawal of one. The newest form counts. Survives erasure; '
  'holds no name, e-mail or photo.';
comment on column public.consents.number is
  'Of two forms of one consent, the one with the higher number is the newer one.';
comment on column public.consents.providers is
  'Who stores and processes it, as the text names them.';
comment on column public.consents.territories is
  'The countries (ISO 3166) in which pictures may be published; null: not restricted. Kept and shown, not enforced.';
comment on column public.consents.valid_until is
  'The last day on which it stands, in UTC; null: until it is withdrawn.';
comment on column public.consents.ask_shown_person is
  'Whether the person shown may refuse single pictures, which their owner then cannot get.';
comment on column public.consents.renews is
  'The consent of which this is a newer form: that one is named by the job, and is the one to withdraw.';
create index consents_owner on public.consents (owner_id);
create index consents_renews on public.consents (renews, number);
create index consents_term on public.consents (valid_until) where valid_until is not null;
create unique index consents_withdrawn_once on public.consents (withdraws);
create trigger consents_are_append_only before update or delete on public.consents
  for each row execute function croquis.append_only();
