-- Images of an active model: ordered by the owner, saved or failed by the workflow.

create function croquis.refusals_to_generate(
  of_model public.ai_models,
  wanted int
) returns setof croquis.refusal
language plpgsql stable
as $$
declare
  refusal croquis.refusal;
begin
  if of_model.status <> 'active' then
    return next (409, 'model_not_active',
      format('This model is %s; images are made of active models.', of_model.status),
      case of_model.status
        when 'archived' then 'Take it out of the archive with PATCH /v1/models/{model_id}, or restore one of its runs.'
        when 'candidate' then 'Approve its training first.'
        else 'Nothing new can be made of this person; open a new training with a new consent.'
      end)::croquis.refusal;
  end if;
  refusal := croquis.why_not_consented(
    (select j.consent_id from public.lora_training_jobs j where j.id = of_model.job_id), 'generate'
  );
  if refusal.code is not null then
    return next refusal;
  end if;
  if (wanted between 1 and 8) is not true then
    return next (422, 'bad_count',
      'An order makes 1 to 8 images.',
      'Send count between 1 and 8; order again for more.')::croquis.refusal;
  end if;
  if wanted + (
       select count(*) from public.images i
       where i.owner_id = of_model.owner_id and i.kind <> 'preview' and i.created_at > now() - interval '1 day'
     ) > (select images_per_day from croquis.limits) then
    return next (429, 'too_many_images',
      'You have ordered as many images today as are allowed.',
      'Go on tomorrow.')::croquis.refusal;
  end if;
  return query select * from croquis.refusals_to_reserve(
    of_model.owner_id, wanted * croquis.price_of('flux-dev-lora')
  );
end
$$;
comment on function croquis.refusals_to_generate is
  'Every reason why so many images of this model cannot be ordered now, the most telling first.';

create function croquis.place_generations(
  of_model public.ai_models,
  request jsonb,
  wishes jsonb
) returns public.image_orders
language plpgsql
as $$
declare
  price numeric := croquis.price_of('flux-dev-lora');
  ordered public.image_orders;
begin
  insert into public.image_orders (owner_id, model_id, kind, request, expected_seconds)
  values (of_model.owner_id, of_model.id, 'generation', request, croquis.expected_image_seconds())
  returning * into ordered;
  insert into public.images (
    order_id, owner_id, model_id, job_id, run,
    kind, position, prompt, framing, asked_width, asked_height, wishes,
    provider_version, seed, lora_scale, guidance,
    reserved_usd, deadline_at
  )
  select
    ordered.id, of_model.owner_id, of_model.id, of_model.job_id, of_model.active_run,
    'generation', w.position, w.wish ->> 'prompt', (w.wish ->> 'framing')::public.framing,
    (w.wish ->> 'width')::int, (w.wish ->> 'height')::int, coalesce(w.wish -> 'wishes', '{}'),
    r.provider_version, coalesce((w.wish ->> 'seed')::bigint, croquis.drawn_seed()),
    coalesce((w.wish ->> 'lora_scale')::float8, 1), coalesce((w.wish ->> 'guidance')::float8, 3),
    price, now() + croquis.time_for_image()
  from jsonb_array_elements(wishes) with ordinality as w (wish, position)
  join public.training_runs r on r.job_id = of_model.job_id and r.run = of_model.active_run;
  perform croquis.reserve(i.owner_id, null, i.id, i.reserved_usd) from public.images i where i.order_id = ordered.id;
  return ordered;
end
$$;
comment on function croquis.place_generations is
  'Reserves the money for these images of a model and queues them. Whoever calls it holds the owner, and has asked what '
  'stands against it.';

create function public.order_generations(
  model uuid,
  idempotency_key text,
  request jsonb,
  wishes jsonb,
  sent_sha256 text default null
) returns public.image_orders
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := croquis.signed_in();
  asked jsonb := jsonb_build_object('model', model, 'sent', coalesce(to_jsonb(sent_sha256), request));
  earlier uuid := croquis.order_before(owner, idempotency_key, 'generations', asked);
  of_model public.ai_models;
  wanted int;
  ordered public.image_orders;
begin
  if earlier is not null then
    select * into ordered from public.image_orders o where o.id = earlier;
    return ordered;
  end if;
  select * into of_model from public.ai_models m where m.id = model and public.may_act(m.owner_id) for update;
  if of_model.id is null then
    perform croquis.refuse(croquis.no_such_model());
  end if;
  if jsonb_typeof(request) is distinct from 'object' or length(request::text) > 8000 then
    perform croquis.refuse(422, 'bad_request',
      'request must be an object of what was chosen.',
      'Send the choices that the images'' prompts were made of.');
  end if;
  wanted := case jsonb_typeof(wishes) when 'array' then jsonb_array_length(wishes) else 0 end;
  perform croquis.hold_owner(of_model.owner_id);
  perform croquis.refuse(why) from croquis.refusals_to_generate(of_model, wanted) as why limit 1;
  perform croquis.need_prompt(w.wish ->> 'prompt') from jsonb_array_elements(wishes) as w (wish);
  ordered := croquis.place_generations(of_model, request, wishes);
  perform croquis.remember_order(owner, idempotency_key, 'generations', asked, ordered.id);
  return ordered;
end
$$;
comment on function public.order_generations is
  'Reserves the money for 1 to 8 images of an active model and queues them. The same key with the same request '
  'returns the same order and costs nothing, whatever wishes are made of it now; sent_sha256 is the hash of the request '
  'as it came in.';
grant execute on function public.order_generations to authenticated;

create function public.image_to_save(image uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'image', to_jsonb(i),
    'source', (select to_jsonb(s) from public.images s where s.id = i.source_image_id),
    'garments', croquis.worn_in(i.id),
    'refusal_words', coalesce((select to_jsonb(e.refusal_words) from croquis.engines e where e.name = i.engine), '[]'),
    'attempt', (
      select to_jsonb(a) - 'task_token'
      from public.provider_attempts a
      where a.image_id = i.id
      order by a.attempt desc
      limit 1
    ),
    'look_book', (select o.look_book_id from public.image_orders o where o.id = i.order_id)
  )
  from public.images i
  where i.id = image
$$;
comment on function public.image_to_save is
  'An image, the one that it is made from, what is worn in it, how its engine refuses, and its newest attempt, whose output says where to fetch it; null when there '
  'is no such image.';
grant execute on function public.image_to_save to service_role;

create function public.save_image(
  image uuid,
  saved jsonb
) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update public.images i
  set status = 'saved',
      path = saved ->> 'path',
      sha256 = saved ->> 'sha256',
      bytes = (saved ->> 'bytes')::bigint,
      content_type = saved ->> 'content_type',
      width = (saved ->> 'width')::int,
      height = (saved ->> 'height')::int,
      signed = (saved ->> 'signed')::boolean,
      ended_at = now()
  where i.id = image and i.status = 'running';
  perform croquis.settle(null, image);
  update public.provider_attempts a set output = null where a.image_id = image;
end
$$;
comment on function public.save_image is
  'Records an image whose object is complete, settles its money and forgets the provider''s link to it. An image '
  'that is done stays as it is.';
grant execute on function public.save_image to service_role;

create function public.fail_image(
  image uuid,
  code text,
  sentence text,
  hint text
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  of_image public.images;
begin
  select * into of_image from public.images i where i.id = image for update;
  -- after its deadline there is nothing left to wait for; the money stays reserved, because it may have been paid
  if of_image.deadline_at > now() and exists (
    select from public.provider_attempts a where a.image_id = image and croquis.is_unanswered(a.state)
  ) then
    perform croquis.refuse(409, 'attempt_unknown', 'Whether the provider makes this image is not known yet.');
  end if;
  update public.images i
  set status = 'failed',
      failure_code = code,
      failure_sentence = sentence,
      failure_hint = hint,
      ended_at = now()
  where i.id = image and croquis.is_open(i.status);
  perform croquis.settle(null, image);
  return (select i.status from public.images i where i.id = image);
end
$$;
comment on function public.fail_image is
  'Ends an image as failed and returns its status; one that is done stays as it is. Until its deadline the call is '
  'refused while it is not known whether the provider makes the image (409).';
grant execute on function public.fail_image to service_role;

create function public.next_image_execution(
  image uuid,
  seen int
) returns int
language sql security definer set search_path = ''
as $$
  update public.images i set executions = i.executions + 1
  where i.id = image and i.executions = seen and seen < croquis.most_executions() and croquis.is_open(i.status)
  returning i.executions
$$;
comment on function public.next_image_execution is
  'Claims the next execution of an image, of which there are four at most, and returns its number; null when none is '
  'left or another sweep was faster.';
grant execute on function public.next_image_execution to service_role;
