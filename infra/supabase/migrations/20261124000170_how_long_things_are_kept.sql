-- How long what tells of a person is kept, and how long a stage may take: each number once.
-- consent_texts promises the first two in words; tests/sql/test_retention.py holds the words and the numbers together.

create function croquis.photos_kept_after_close() returns interval
language sql immutable parallel safe
return interval '24 hours';
comment on function croquis.photos_kept_after_close is
  'Photos and the training archive are gone so long after their job is over for good (PR-03).';

create function croquis.photos_kept_at_most() returns interval
language sql immutable parallel safe
return interval '7 days';
comment on function croquis.photos_kept_at_most is
  'Photos and the training archive are gone so long after the first photo was announced, whatever became of the job.';

create function croquis.logs_kept() returns interval
language sql immutable parallel safe
return interval '30 days';
comment on function croquis.logs_kept is
  'A run''s log is gone so long after the provider''s last word about it.';

create function croquis.purge_after(kept interval) returns timestamptz
language sql stable parallel safe
return now() + kept - interval '1 hour';
comment on function croquis.purge_after is
  'When deleting begins, so that it is done when the time is over: an hour for late sweeps and a storage that is down.';

create function croquis.time_for(stage public.run_status) returns interval
language sql immutable parallel safe
return case stage
  when 'queued' then interval '3 hours'  -- with preparing
  when 'training' then interval '115 minutes'  -- less than the 120 minutes of the state Train (JB-03)
  when 'ingesting' then interval '24 hours'  -- a paid result waits out an outage
  when 'previewing' then interval '2 hours'
end;
comment on function croquis.time_for is
  'How long a run may take from the beginning of a stage; the sweep acts on what is past it. Null where the time of '
  'the stage before goes on.';

create function croquis.time_for_image() returns interval
language sql immutable parallel safe
return interval '45 minutes';  -- its data at the provider is gone after an hour (MO-14)
comment on function croquis.time_for_image is
  'The same for an image, from its order or from the end of its waiting.';

create function croquis.downloads_kept() returns interval
language sql immutable parallel safe
return interval '24 hours';
comment on function croquis.downloads_kept is
  'The ZIP of a download is deleted so long after it was complete.';

create function croquis.time_for_binding() returns interval
language sql immutable parallel safe
return interval '15 minutes';
comment on function croquis.time_for_binding is
  'How long a worker may make the files of a look-book, and a little longer.';

create function croquis.time_for_download() returns interval
language sql immutable parallel safe
return interval '11 minutes';
comment on function croquis.time_for_download is
  'How long a worker may pack a download, and a little longer: whoever claimed it earlier is not at work any more.';

create function croquis.rows_kept(name text) returns interval
language sql immutable parallel safe
return case name
  when 'idempotency_keys' then interval '7 days'   -- an order is repeated for a day at most (MO-11)
  when 'storage_outbox' then interval '7 days'     -- after what landed was dealt with
  when 'webhook_inbox' then interval '30 days'
  when 'downloads' then interval '30 days'         -- after their ZIP was deleted
  when 'consent_links' then interval '30 days'     -- after they stopped opening anything
end;
comment on function croquis.rows_kept is
  'How long the rows of a table are kept that nobody needs to delete by hand; null for a table whose rows are kept until '
  'their owner erases them, or for good. Photos, archives, logs and faces have terms of their own.';

create function croquis.time_for_uploads() returns interval
language sql immutable parallel safe
return interval '3 hours';
comment on function croquis.time_for_uploads is
  'So long after an erasure something may still land that was under way: a signed upload is good for two hours, a ZIP is '
  'packed in eleven minutes, and a little more.';
