-- The closed sets of words that columns hold, and the sets of statuses that several functions ask for. Each enum equals the
-- StrEnum of its name in croquis.domain: tests/sql/test_enums.py.

create type public.job_status as enum (
  'draft',       -- photos come and go; nothing has been paid
  'queued',      -- submitted: the money is reserved and a workflow is about to start
  'preparing',   -- the dataset is being built
  'training',    -- the training was ordered from the provider
  'ingesting',   -- the weights are being copied into the storage
  'previewing',  -- the model is registered, its previews are being made
  'in_review',   -- its owner decides
  'approved',    -- final: the model is active
  'rejected',    -- final: the model is archived
  'failed',      -- over, but its owner may retry
  'canceled'     -- final
);
comment on type public.job_status is
  'How far a training job is, as its owner sees it. Which change may follow which is in training_moves().';

create type public.run_status as enum (
  'queued',
  'preparing',
  'training',
  'ingesting',
  'previewing',
  'in_review',
  'approved',
  'rejected',
  'retried',     -- its owner chose another run instead of this result
  'failed',
  'canceled'
);
comment on type public.run_status is
  'How far one run of a job is: the words of job_status, without draft and with retried. A run is never reopened.';

create type public.photo_status as enum (
  'awaiting_upload',  -- announced: the storage accepts one object at its path
  'uploaded',         -- its object landed: we have it, and its check is about to begin
  'checking',         -- a worker claimed the object
  'accepted',         -- part of the dataset
  'rejected',         -- a finding blocks it; its owner may override findings about the body
  'unreadable',       -- no clean copy could be made
  'removed'           -- taken out by its owner, or never looked at because the job was canceled; its objects go later
);
comment on type public.photo_status is
  'What became of one photo of a job.';

create type public.garment_status as enum (
  'awaiting_upload',  -- announced: the storage accepts one object at its path
  'uploaded',         -- its object landed, and its check is about to begin
  'checking',         -- a worker claimed the object
  'ready',            -- it may be worn
  'unreadable',       -- no clean copy could be made
  'removed'           -- by its owner, or its picture never came; its objects go later
);
comment on type public.garment_status is
  'What became of one garment''s picture.';

create type public.garment_category as enum (
  'upper',
  'lower',
  'dress',
  'outerwear',  -- worn over an upper or a dress
  'shoes',
  'bag',
  'hat',
  'accessory'
);
comment on type public.garment_category is
  'What a garment is, from which follows what it is worn with: croquis.covers().';

create type public.override as enum (
  'click',        -- its owner says "use it anyway"
  'declaration',  -- its owner declares besides that the picture shows only the person of the job
  'never'
);
comment on type public.override is
  'What it takes to use a photo although a finding blocks it, in the order of how much that is.';

create type public.model_status as enum (
  'candidate',  -- waits for its owner's review
  'active',     -- images may be ordered
  'archived',   -- rejected or canceled
  'revoked',    -- the consent was withdrawn
  'erased'      -- weights and versions are deleted
);
comment on type public.model_status is
  'Whether images may be ordered from a model.';

create type public.image_status as enum (
  'queued',
  'running',  -- ordered from the provider
  'saved',    -- its object is complete in the bucket images
  'failed'
);
comment on type public.image_status is
  'How far one image is.';

create type public.image_kind as enum (
  'preview',    -- made for the review of a run, at the run's price
  'generation', -- ordered from an active model
  'repair',     -- another picture again, with its face made anew
  'try_on'      -- another picture again, with other clothes
);
comment on type public.image_kind is
  'What an image was made for, and so what it is made of.';

create type public.download_status as enum (
  'working',  -- a worker packs it, or is about to
  'ready',    -- its ZIP is complete in the bucket downloads
  'failed',   -- it could not be packed
  'expired'   -- its time is over, or one of its images may not be given any more; its ZIP goes
);
comment on type public.download_status is
  'How far a download is.';

create type public.look_book_status as enum (
  'running',
  'paused',    -- what was ordered comes to its end, nothing new is
  'done',      -- every cell ended
  'canceled'   -- what was ordered comes to its end
);
comment on type public.look_book_status is
  'How far a look-book is.';

create type public.cell_status as enum (
  'waiting',  -- for its turn, or for the picture that it is made from
  'working',  -- its picture was ordered
  'done',     -- with a picture
  'failed',   -- with a sentence
  'canceled'  -- before its picture was ordered
);
comment on type public.cell_status is
  'How far one cell of a look-book is.';

create type public.erasure_status as enum (
  'stopping',  -- what runs is being stopped, and its money booked
  'deleting',  -- the rows are gone; files, and versions at the provider, go
  'erased',    -- nothing was found any more; what an upload signed before may still bring is looked for once more
  'done'       -- with a receipt
);
comment on type public.erasure_status is
  'How far the erasure of a model or an account is.';

create type public.attempt_state as enum (
  'intent',     -- written down; the POST has not been answered
  'unknown',    -- the answer was lost: the provider may be at work
  'started',    -- the provider named its run
  'absent',     -- looked for after the quarantine, and it never took effect: another attempt may follow
  'refused',    -- the provider said no; nothing was started
  'throttled',  -- the provider was busy; nothing was started, another attempt may follow
  'ended',      -- the provider's run is over, well or badly
  'lost'        -- the provider knows the run no longer, and we saw it alive: how it ended will hardly be known
);
comment on type public.attempt_state is
  'What is known about one intended paid call. The graph is drawn in docs/decisions.md.';

create type public.run_kind as enum ('training', 'image');
comment on type public.run_kind is
  'The provider''s two kinds of paid runs.';

create type public.bearer as enum ('owner', 'operator');
comment on type public.bearer is
  'Whose cost it is; which follows from croquis.who_bears().';

create type public.preset as enum ('full', 'compact', 'identity');
comment on type public.preset is
  'Where a run has its parameters from: full adapts all layers (171.8 MB), compact four (7.1 MB), identity all of them '
  'with rank 32 in 2,000 steps at 1e-4 (343.7 MB).';

create type public.gender as enum ('female', 'male', 'non_binary');
comment on type public.gender is
  'Which noun stands beside the trigger word in the captions and prompts of a job: woman, man or person.';

create type public.framing as enum ('full_body', 'half_body', 'portrait');
comment on type public.framing is
  'How much of the person an image shows.';

-- Sets of statuses.
-- Plain expressions, which the planner inlines, so that partial indexes serve them. Those indexes write the set out: a
-- predicate that calls a function is inlined once per connection, for whichever role comes first, and only the owner's
-- may execute it. A migration that moves a value into or out of a set also recreates its indexes.

create function croquis.is_working(status public.job_status) returns boolean
language sql immutable
return status in ('queued', 'preparing', 'training', 'ingesting', 'previewing');
comment on function croquis.is_working(public.job_status) is
  'A workflow is responsible for the job.';

create function croquis.is_working(status public.run_status) returns boolean
language sql immutable
return status in ('queued', 'preparing', 'training', 'ingesting', 'previewing');
comment on function croquis.is_working(public.run_status) is
  'A workflow is responsible for the run.';

create function croquis.is_over(status public.job_status) returns boolean
language sql immutable
return status in ('approved', 'rejected', 'failed', 'canceled');
comment on function croquis.is_over(public.job_status) is
  'The job has ended; its owner may still retry a failed one.';

create function croquis.is_final(status public.job_status) returns boolean
language sql immutable
return status in ('approved', 'rejected', 'canceled');
comment on function croquis.is_final is
  'The job has ended for good: no run follows, so its photos are not needed any more.';

create function croquis.is_open(status public.image_status) returns boolean
language sql immutable
return status in ('queued', 'running');
comment on function croquis.is_open(public.image_status) is
  'The image may still be made.';

create function croquis.is_open(status public.look_book_status) returns boolean
language sql immutable
return status in ('running', 'paused');
comment on function croquis.is_open(public.look_book_status) is
  'Pictures of the look-book may still be ordered.';

create function croquis.is_open(status public.cell_status) returns boolean
language sql immutable
return status in ('waiting', 'working');
comment on function croquis.is_open(public.cell_status) is
  'The cell has neither a picture nor a sentence yet.';

create function croquis.is_open(state public.attempt_state) returns boolean
language sql immutable
return state in ('intent', 'unknown', 'started');
comment on function croquis.is_open(public.attempt_state) is
  'The attempt may still cost money.';

create function croquis.is_unanswered(state public.attempt_state) returns boolean
language sql immutable
return state in ('intent', 'unknown');
comment on function croquis.is_unanswered is
  'Whether the provider took the order is not known.';

create function croquis.is_void(state public.attempt_state) returns boolean
language sql immutable
return state in ('absent', 'refused', 'throttled');
comment on function croquis.is_void is
  'The provider started nothing, so nothing is owed.';
