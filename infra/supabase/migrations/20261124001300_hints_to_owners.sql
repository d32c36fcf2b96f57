-- Hints over Realtime: an owner hears at once that a run, a photo or an image of theirs has moved, and reads it again.

-- 1. Who may listen. No policy lets a client write: what is heard on the channel was sent by this database.

do $$
begin
  if to_regclass('realtime.messages') is null then
    raise warning 'This project has no Realtime, so nobody can listen to hints; the API works without.'
      using hint = 'Once it has one, create the policy of 20261124001300_hints_to_owners.sql by hand.';
    return;
  end if;
  -- the pattern comes before the cast: a topic that does not end with an owner's id is nobody's, and no error
  create policy "an owner listens to the channel with their own id" on realtime.messages
    for select to authenticated
    using (
      messages.extension = 'broadcast'
      and public.may_act(
        substring(realtime.topic() from '^owner:([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$')::uuid
      )
    );
end
$$;

-- 2. What is heard.

create function croquis.hint_owner(
  owner uuid,
  event text,
  hint jsonb
) returns void
language plpgsql set search_path = ''
as $$
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)' using hint, event, 'owner:' || owner;
  end if;
exception when others then
  raise warning 'An owner got no hint: %', sqlstate;
end
$$;
comment on function croquis.hint_owner is
  'Broadcasts an event with its payload on the private channel owner:<owner id>, where there is a Realtime; a failure '
  'harms nothing. A hint may be lost, doubled or late: it says what to read again, and the row is the truth. Realtime '
  'adds an id of the message to the payload.';

create function croquis.hint_of_run() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or (new.status, new.step) is distinct from (old.status, old.step) then
    perform croquis.hint_owner(new.owner_id, 'training', jsonb_build_object(
      'job_id', new.job_id,
      'run', new.run,
      'status', new.status,
      'step', new.step,
      'total', new.total_steps,
      'eta', new.eta_seconds,
      'version', (select j.version from public.lora_training_jobs j where j.id = new.job_id)
    ));
  end if;
  return null;
end
$$;
comment on function croquis.hint_of_run is
  'The event "training": job_id, run, the run''s status, step, total (steps), eta (seconds), and the job''s version.';

create function croquis.hint_of_photo() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    perform croquis.hint_owner(new.owner_id, 'photo', jsonb_build_object(
      'job_id', new.job_id,
      'photo_id', new.id,
      'status', new.status,
      'version', new.version
    ));
  end if;
  return null;
end
$$;
comment on function croquis.hint_of_photo is
  'The event "photo": job_id, photo_id, the photo''s status and version.';

create function croquis.hint_of_image() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.status <> old.status then
    perform croquis.hint_owner(new.owner_id, 'image', jsonb_build_object(
      'kind', new.kind,
      'job_id', new.job_id,
      'order_id', new.order_id,
      'image_id', new.id,
      'status', new.status,
      'version', new.version
    ));
  end if;
  return null;
end
$$;
comment on function croquis.hint_of_image is
  'The event "image": kind (a preview is read with its job, a generation with its order), job_id, order_id, image_id, '
  'the image''s status and version.';

-- at the end of the transaction, when the job's version is the one that a reader finds
create constraint trigger training_runs_hint after insert or update of status, step on public.training_runs
  deferrable initially deferred for each row execute function croquis.hint_of_run();
create constraint trigger training_photos_hint after insert or update of status on public.training_photos
  deferrable initially deferred for each row execute function croquis.hint_of_photo();
create constraint trigger images_hint after insert or update of status on public.images
  deferrable initially deferred for each row execute function croquis.hint_of_image();
