-- What an order would be, and all that stands against it now: nothing is reserved, written or remembered.

create function croquis.quantile_place(
  share float8,
  many int
) returns float8
language sql immutable
as $$
  select case when many > 1 then (least(greatest(share * (many + 1), 1), many) - 1) / (many - 1) else 0 end
$$;
comment on function croquis.quantile_place is
  'Where percentile_cont finds that share of so many values, so that the next one of their kind lies below it as often as '
  'the share says, whatever their distribution: at share * (many + 1), and not outside of what was seen.';

create function croquis.spread(taken float8[]) returns jsonb
language sql immutable
as $$
  select jsonb_build_object(
    'finished', count(it),
    'low', percentile_cont(croquis.quantile_place(0.1, cardinality(taken))) within group (order by it),
    'middle', percentile_cont(0.5) within group (order by it),
    'high', percentile_cont(croquis.quantile_place(0.9, cardinality(taken))) within group (order by it)
  )
  from unnest(taken) as it
$$;
comment on function croquis.spread is
  'How many there are, and between what the next one will lie eight times of ten, from nine on; null where there are none.';

create function croquis.since_change(taken float8[]) returns float8[]
language sql immutable
as $$
  select case
    when cardinality(taken) < 2 * last.many then taken
    when (croquis.spread(taken[:last.many]) ->> 'middle')::float8
      between (earlier.lay ->> 'low')::float8 and (earlier.lay ->> 'high')::float8 then taken
    else taken[:last.many] end
  from croquis.fewest_finished() as last (many)
  cross join croquis.spread(taken[last.many + 1:]) as earlier (lay)
$$;
comment on function croquis.since_change is
  'The newest come first. Where the middle of the last nine lies outside of the range of those before, the provider has '
  'become another: then these nine alone; else all.';

create function croquis.history_of_runs(planned public.training_runs) returns jsonb
language sql stable
as $$
  with ended as materialized (
    select
      e.id,
      extract(epoch from e.at - r.created_at) / (r.expected_seconds + croquis.seconds_around_training()) as taken,
      r.actual_usd / nullif(r.reserved_usd, 0) as paid,
      r.preset = planned.preset and r.resolution = planned.resolution as alike
    from public.job_events e
    join public.training_runs r on r.job_id = e.job_id and r.run = e.run
    where e.to_status = 'in_review'
    order by e.id desc
    limit 500
  ), compared as (
    select *
    from ended
    where alike or (select count(*) < croquis.fewest_finished() from ended where alike)
    order by id desc
    limit 50
  )
  select jsonb_build_object(
    'minutes', croquis.spread(croquis.since_change(array(select taken from compared order by id desc))),
    'usd', croquis.spread(croquis.since_change(array(
      select paid from compared where paid is not null order by id desc
    )))
  )
$$;
comment on function croquis.history_of_runs is
  'How long the last fifty runs of this preset and resolution took from submit to review, and what they cost, whoever''s '
  'they were, as shares of what was expected of each; of any preset where fewer than nine of these were finished.';

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

create function croquis.expected_review_seconds(planned public.training_runs) returns float8
language sql stable
as $$
  select (planned.expected_seconds + croquis.seconds_around_training()) * case
    when (minutes ->> 'finished')::int >= croquis.fewest_finished() then (minutes ->> 'middle')::float8 else 1 end
  from (select croquis.history_of_runs(planned) -> 'minutes' as minutes) as history
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
  history jsonb := croquis.history_of_runs(planned);
  standing croquis.refusal := case when retry then croquis.why_not_retry(of_job) else croquis.why_not_submit(of_job) end;
begin
  return jsonb_build_object(
    'trigger_word', of_job.trigger_word,
    'expected_seconds', planned.expected_seconds,
    'expected_usd', planned.reserved_usd,
    'history', history -> 'minutes',
    'prices', history -> 'usd',
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
  of_run public.training_runs;
begin
  perform croquis.signed_in();
  select * into of_model from public.ai_models m where m.id = model and public.may_act(m.owner_id);
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  select * into of_run from public.training_runs r
  where r.job_id = of_model.job_id and r.run = coalesce(of_model.active_run, 1);
  return jsonb_build_object(
    'model', to_jsonb(of_model),
    'provider_version', of_run.provider_version,
    'exam', of_run.exam,
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
