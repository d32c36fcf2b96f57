-- The one graph of a training job's life: every move that there is.

create function public.training_moves() returns table (
  from_status public.job_status,
  to_status public.job_status
)
language sql immutable set search_path = ''
as $$
  values
    ('draft'::public.job_status, 'queued'::public.job_status),
    ('draft', 'canceled'),
    ('queued', 'preparing'),
    ('preparing', 'training'),
    ('training', 'ingesting'),
    ('ingesting', 'previewing'),
    ('previewing', 'in_review'),
    ('in_review', 'approved'),
    ('in_review', 'rejected'),
    ('in_review', 'canceled'),
    ('in_review', 'queued'),
    ('failed', 'queued'),
    -- until the model is registered a run may fail; after that a paid result is never thrown away
    ('queued', 'failed'),
    ('preparing', 'failed'),
    ('training', 'failed'),
    ('ingesting', 'failed'),
    ('queued', 'canceled'),
    ('preparing', 'canceled'),
    ('training', 'canceled'),
    ('ingesting', 'canceled'),
    ('previewing', 'canceled')
$$;
comment on function public.training_moves is
  'The published graph of a training job: every change of status that is allowed. Nothing else decides.';
grant execute on function public.training_moves to authenticated, service_role;

create function croquis.may_move(
  from_status public.job_status,
  to_status public.job_status
) returns boolean
language sql stable
as $$
  select exists (
    select from public.training_moves() m
    where m.from_status = may_move.from_status and m.to_status = may_move.to_status
  )
$$;
comment on function croquis.may_move(public.job_status, public.job_status) is
  'Whether the graph lets a job go from one status to the other.';

create function croquis.takes_photos(status public.job_status) returns boolean
language sql stable
as $$
  select croquis.may_move(status, 'queued')
$$;
comment on function croquis.takes_photos is
  'Another run may follow, so photos may come, go and be changed: before the first run, in review, after a failure. Those '
  'of a run that works stay as they are.';

create function croquis.may_move(
  from_status public.run_status,
  to_status public.run_status
) returns boolean
language sql stable
as $$
  select (from_status, to_status) = ('in_review', 'retried')
    or to_status <> 'queued' and exists (
      select from public.training_moves() m
      where m.from_status::text = may_move.from_status::text and m.to_status::text = may_move.to_status::text
    )
$$;
comment on function croquis.may_move(public.run_status, public.run_status) is
  'A run follows its job''s graph, but is never queued again: a retry is a new run.';
