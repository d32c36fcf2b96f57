-- What an order would be, and all that stands against it now: nothing is reserved, written or remembered.

create function croquis.spread(taken float8[]) returns jsonb
language sql immutable
as $$
  select jsonb_build_object(
    'finished', count(it),
    'low', percentile_cont(0.1) within group (order by it),
    'middle', percentile_cont(0.5) within group (order by it),
    'high', percentile_cont(0.9) within group (order by it)
  )
  from unnest(taken) as it
$$;
comment on function croquis.spread is
  'How many there are, and between what eight of ten lie; null where there are none.';

create function croquis.history_of_runs() returns jsonb
language sql stable
as $$
  select croquis.spread(array(
    select extract(epoch from e.at - r.created_at) / (r.expected_seconds + croquis.seconds_around_training())
    from public.job_events e
    join public.training_runs r on r.job_id = e.job_id and r.run = e.run
    where e.to_status = 'in_review'
    order by e.id desc
    limit 100
  ))
$$;
comment on function croquis.history_of_runs is
  'How long the last hundred runs took from submit to review, whoever''s they were, as shares of what was expected of each.';

create function croquis.history_of_images() returns jsonb
language sql stable
as $$
  select croquis.spread(array(
    select extract(epoch from i.ended_at - i.created_at)
    from public.images i
    where i.status = 'saved' and i.kind <> 'preview'
    order by i.ended_at desc
    limit 100
  ))
$$;
comment on function croquis.history_of_images is
  'How many seconds the last hundred images took that were ordered, whoever''s they were.';

create function croquis.expected_review_seconds(training_seconds int) returns float8
language sql stable
as $$
  select (training_seconds + croquis.seconds_around_training()) * case
    when (history ->> 'finished')::int >= croquis.fewest_finished() then (history ->> 'middle')::float8 else 1 end
  from croquis.history_of_runs() as history
$$;
comment on function croquis.expected_review_seconds is
  'From submit to review, by the history where it is long enough; the same as in domain/runs/estimate.py.';

create function croquis.expected_image_seconds() returns float8
language sql stable
as $$
  select case when (history ->> 'finished')::int >= croquis.fewest_finished()
    then (history ->> 'middle')::float8 else croquis.seconds_of_image() end
  from croquis.history_of_images() as history
$$;
comment on function croquis.expected_image_seconds is
  'From the order of an image until it is saved; the same.';

create function public.dry_run_training(
  job uuid,
  retry boolean,
  parameters jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  of_job public.lora_training_jobs := croquis.job_of_caller(job);
  planned public.training_runs := croquis.planned_run(parameters);
  standing croquis.refusal := case when retry then croquis.why_not_retry(of_job) else croquis.why_not_submit(of_job) end;
begin
  return jsonb_build_object(
    'trigger_word', of_job.trigger_word,
    'expected_seconds', planned.expected_seconds,
    'expected_usd', planned.reserved_usd,
    'history', croquis.history_of_runs(),
    'refusals', (
      select coalesce(jsonb_agg(to_jsonb(why)), '[]')
      from (
        select (standing).* where standing.code is not null
        union all
        select * from croquis.refusals_to_start(of_job, planned)
      ) as why
    )
  );
end
$$;
comment on function public.dry_run_training is
  'What a submit, or a retry, with these parameters would reserve and take, and every reason why it would be refused now.';
grant execute on function public.dry_run_training to authenticated;

create function public.dry_run_images(
  model uuid,
  wanted int
) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  of_model public.ai_models;
begin
  perform croquis.signed_in();
  select * into of_model from public.ai_models m where m.id = model and public.may_act(m.owner_id);
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  return jsonb_build_object(
    'model', to_jsonb(of_model),
    'provider_version', (
      select r.provider_version from public.training_runs r
      where r.job_id = of_model.job_id and r.run = coalesce(of_model.active_run, 1)
    ),
    'expected_usd', wanted * croquis.price_of('flux-dev-lora'),
    'history', croquis.history_of_images(),
    'refusals', (
      select coalesce(jsonb_agg(to_jsonb(why)), '[]') from croquis.refusals_to_generate(of_model, wanted) as why
    )
  );
end
$$;
comment on function public.dry_run_images is
  'What so many images of a model would reserve and take, and every reason why they would be refused now.';
grant execute on function public.dry_run_images to authenticated;
