-- The face of a full-length picture made anew: another image, ordered by its owner, cut out and judged by the workflow.

create function croquis.why_not_repaired(source public.images) returns setof croquis.refusal
language plpgsql stable
as $$
declare
  refusal croquis.refusal := croquis.why_not_made_from(source);
begin
  if refusal.code is not null then
    return next refusal;
  end if;
  if source.kind = 'repair' then
    return next (409, 'repaired_already',
      'This picture is a repair: each repair of a repair would lead farther away.',
      'Repair the picture that it was made from (source_image_id), with another seed or strength.')::croquis.refusal;
  end if;
  if source.framing <> 'full_body' then
    return next (409, 'not_full_length',
      format('This picture is a %s: its face is large already.', replace(source.framing::text, '_', ' ')),
      'Repair full-length pictures; order this one again, or with other words, instead.')::croquis.refusal;
  end if;
  if source.checks -> 'codes' ?| array['no_person', 'several_people', 'head_cut'] then
    return next (409, 'no_face_found',
      'The checks of this picture found no single person with a face.',
      'Choose a picture of one person whose face can be seen.')::croquis.refusal;
  end if;
  if (source.checks ->> 'face_pixels')::int > croquis.largest_face_to_repair() then
    return next (409, 'face_large_enough',
      'The face in this picture is large already: enlarging it gains nothing.',
      'Order the picture again with another seed instead.')::croquis.refusal;
  end if;
end
$$;
comment on function croquis.why_not_repaired is
  'Every reason why the face of this picture cannot be made anew, by what is known of it; what nobody has looked at yet is '
  'looked at before anything is paid.';

create function croquis.refusals_to_repair(
  source public.images,
  of_model public.ai_models
) returns setof croquis.refusal
language sql stable
as $$
  select * from croquis.why_not_repaired(source)
  union all
  select * from croquis.refusals_to_generate(of_model, 1)
$$;
comment on function croquis.refusals_to_repair is
  'Every reason why a repair of this picture cannot be ordered now, the most telling first.';

create function public.order_repair(
  image uuid,
  idempotency_key text,
  request jsonb,
  wish jsonb,
  sent_sha256 text default null
) returns public.image_orders
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object('image', image, 'sent', coalesce(to_jsonb(sent_sha256), request));
  earlier uuid := croquis.order_before(owner, idempotency_key, 'repairs', asked);
  source public.images := croquis.source_of_caller(image);
  of_model public.ai_models;
  ordered public.image_orders;
begin
  if earlier is not null then
    select * into ordered from public.image_orders o where o.id = earlier;
    return ordered;
  end if;
  if jsonb_typeof(request) is distinct from 'object' or length(request::text) > 8000 then
    perform croquis.refuse(422, 'bad_request',
      'request must be an object of what was chosen.',
      'Send what the repair was asked for with.');
  end if;
  perform croquis.need_prompt(wish ->> 'prompt');
  select * into of_model from public.ai_models m where m.id = source.model_id for update;
  perform croquis.hold_owner(of_model.owner_id);
  perform croquis.refuse(why) from croquis.refusals_to_repair(source, of_model) as why limit 1;
  insert into public.image_orders (owner_id, model_id, kind, request, expected_seconds)
  values (of_model.owner_id, of_model.id, 'repair', request, croquis.expected_image_seconds())
  returning * into ordered;
  insert into public.images (
    order_id, owner_id, model_id, job_id, run,
    kind, position, source_image_id, prompt, framing, asked_width, asked_height, wishes,
    provider_version, seed, lora_scale, guidance, strength,
    reserved_usd, deadline_at
  )
  select
    ordered.id, of_model.owner_id, of_model.id, of_model.job_id, of_model.active_run,
    'repair', 1, source.id, wish ->> 'prompt', source.framing, 1024, 1024, source.wishes,
    r.provider_version, coalesce((wish ->> 'seed')::bigint, croquis.drawn_seed()),
    coalesce(source.lora_scale, 1), coalesce(source.guidance, 3), (wish ->> 'strength')::float8,
    croquis.price_of('flux-dev-lora'), now() + croquis.time_for_image()
  from public.training_runs r
  where r.job_id = of_model.job_id and r.run = of_model.active_run;
  perform croquis.reserve(i.owner_id, null, i.id, i.reserved_usd) from public.images i where i.order_id = ordered.id;
  perform croquis.remember_order(owner, idempotency_key, 'repairs', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.order_repair is
  'Reserves the money for a repair of an image''s face and queues it, with the version of the model''s active run. The same '
  'key with the same request returns the same order and costs nothing; sent_sha256 is the hash of the request as it came in.';
grant execute on function public.order_repair to authenticated;

create function public.dry_run_repair(image uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  source public.images;
  of_model public.ai_models;
  of_run public.training_runs;
begin
  perform croquis.signed_in();
  select * into source from public.images i where i.id = image and public.may_act(i.owner_id);
  if source.id is null then
    perform croquis.refuse(croquis.no_such_image());
  end if;
  select * into of_model from public.ai_models m where m.id = source.model_id;
  select * into of_run from public.training_runs r
  where r.job_id = of_model.job_id and r.run = coalesce(of_model.active_run, 1);
  return jsonb_build_object(
    'image', to_jsonb(source),
    'model', to_jsonb(of_model),
    'provider_version', of_run.provider_version,
    'exam', of_run.exam,
    'expected_usd', croquis.price_of('flux-dev-lora'),
    'history', croquis.history_of_images(),
    'refusals', (
      select coalesce(jsonb_agg(to_jsonb(why)), '[]') from croquis.refusals_to_repair(source, of_model) as why
    )
  );
end
$$;
comment on function public.dry_run_repair is
  'What a repair of this image would reserve and take, and every reason why it would be refused now.';
grant execute on function public.dry_run_repair to authenticated;

create function public.record_cut_out(
  image uuid,
  cut_out jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  kept jsonb;
begin
  update public.images i set cut_out = coalesce(i.cut_out, record_cut_out.cut_out)
  where i.id = image and i.kind = 'repair' and croquis.is_open(i.status)
  returning i.cut_out into kept;
  if kept is null then
    perform croquis.refuse(410, 'run_over', 'This image is done.');
  end if;
  return kept;
end
$$;
comment on function public.record_cut_out is
  'Keeps what part of its source a repair makes anew, and returns it; the first answer stays. 410 when the repair is done.';
grant execute on function public.record_cut_out to service_role;

create function public.cut_outs_to_forget(
  most int default 100,
  after uuid default null
) returns setof public.images
language sql stable security definer set search_path = ''
as $$
  select i.* from public.images i
  where (after is null or i.id > after)
    and i.cut_out is not null
    and i.cut_out_deleted_at is null
    and i.ended_at < now() - interval '5 minutes'
  order by i.id
  limit most
$$;
comment on function public.cut_outs_to_forget is
  'A page of repairs that ended at least five minutes ago, when nobody can still be writing what was cut out for them, and '
  'whose cut-outs have not been deleted; after is the last id of the page before.';
grant execute on function public.cut_outs_to_forget to service_role;

create function public.cut_out_is_gone(image uuid) returns void
language sql security definer set search_path = ''
as $$
  update public.images i set cut_out_deleted_at = now() where i.id = image and i.ended_at is not null
$$;
comment on function public.cut_out_is_gone is
  'Records that what was cut out for a repair is deleted.';
grant execute on function public.cut_out_is_gone to service_role;
