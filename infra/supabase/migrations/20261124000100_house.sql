-- The private schema, how a function refuses, and the one graph of a training job's life.

do $$
begin
  if to_regclass('public.lora_training_jobs') is not null or to_regclass('public.ai_models') is not null then
    raise exception 'This project already has a table lora_training_jobs or ai_models: nothing was changed.'
      using hint = 'Rename the old tables first: docs/deploy.md, "A project that already has these tables".';
  end if;
end $$;

create schema croquis;
comment on schema croquis is 'Private to the database: not exposed over HTTP, and no role but the owner may use it.';
revoke all on schema croquis from public;

create function croquis.refuse(http_status int, code text, sentence text, mend text) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'PT' || http_status, message = sentence, detail = code, hint = mend;
end $$;
comment on function croquis.refuse is 'The one way to say no: PostgREST answers with this HTTP status, code, sentence and hint.';

create function croquis.signed_in() returns uuid language plpgsql stable as $$
begin
  if auth.uid() is null then
    perform croquis.refuse(401, 'not_signed_in', 'You are not signed in.', 'Send an access token of a signed-in user.');
  end if;
  return auth.uid();
end $$;
comment on function croquis.signed_in is 'The owner behind a user function: always from the token, never an argument.';

create function public.training_moves() returns table (from_status text, to_status text)
language sql immutable set search_path = '' as $$
  values ('draft', 'queued'), ('draft', 'canceled'),
         ('queued', 'preparing'), ('preparing', 'training'), ('training', 'ingesting'),
         ('ingesting', 'previewing'), ('previewing', 'in_review'),
         ('in_review', 'approved'), ('in_review', 'rejected'), ('in_review', 'canceled'), ('in_review', 'queued'),
         ('failed', 'queued'),
         -- until the model is registered a run may fail; after that a paid result is never thrown away
         ('queued', 'failed'), ('preparing', 'failed'), ('training', 'failed'), ('ingesting', 'failed'),
         ('queued', 'canceled'), ('preparing', 'canceled'), ('training', 'canceled'), ('ingesting', 'canceled'),
         ('previewing', 'canceled')
$$;
comment on function public.training_moves is 'The published graph of a training job: every allowed change of status. Nothing else decides.';

create function croquis.stage_rank(status text) returns int language sql immutable as $$
  select array_position(array['queued', 'preparing', 'training', 'ingesting', 'previewing', 'in_review'], status)
$$;
comment on function croquis.stage_rank is 'How far a working status is; null for draft and for every end.';

create function croquis.append_only() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or deleted.', tg_table_name using errcode = '42501';
end $$;

create function croquis.touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
