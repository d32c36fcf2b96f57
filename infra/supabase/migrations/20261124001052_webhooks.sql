-- Webhooks: events that are stored before they are answered, and the live log that they bring. For service_role only.

create function public.receive_webhook(
  webhook_id text,
  marker text,
  seen jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_attempt public.provider_attempts;
  agrees boolean;
  claims boolean;
  looks boolean;
begin
  select * into found_attempt from public.provider_attempts a where a.marker = receive_webhook.marker for update;
  if found_attempt.id is null then
    return jsonb_build_object('outcome', 'unknown_marker');
  end if;
  agrees := coalesce(found_attempt.provider_id = seen ->> 'id', false);
  -- the answer of the POST may come later than the first webhook: only what the signature covers counts, not the URL
  claims := not agrees
    and croquis.is_unanswered(found_attempt.state)
    and seen ->> 'address' is not distinct from found_attempt.marker
    and coalesce(seen -> 'markers' ? found_attempt.listed_as, false)
    and not exists (select from public.provider_attempts a where a.provider_id = seen ->> 'id');
  looks := claims or agrees and found_attempt.state = 'started'
    and (coalesce((seen ->> 'over')::boolean, false) or croquis.is_unwanted(found_attempt));
  if claims or agrees and (seen ->> 'over')::boolean then
    perform croquis.see_run(
      case when found_attempt.run_id is null then 'image'::public.run_kind else 'training' end,
      seen, found_attempt.id, false
    );
  end if;
  if (seen ->> 'over')::boolean then
    insert into public.webhook_inbox (provider, webhook_id, attempt_id, provider_id, status, matched)
    values ('replicate', receive_webhook.webhook_id, found_attempt.id, seen ->> 'id', seen ->> 'status', agrees)
    on conflict do nothing;
  end if;
  return jsonb_build_object(
    'outcome', case when agrees then 'stored' when claims then 'unconfirmed' else 'unmatched' end,
    'attempt_id', found_attempt.id,
    'kind', case when found_attempt.run_id is null then 'image' else 'training' end,
    'look', looks
  );
end
$$;
comment on function public.receive_webhook is
  'Stores a webhook before it is answered, once per webhook_id if it says how the run ended. The marker of the URL, '
  'the id in the body and our row must agree (WH-15); where our row has no id yet, the signed body must hold the marker '
  'twice, and even then the run is adopted only when the provider itself shows it. look: the caller asks the provider.';
grant execute on function public.receive_webhook to service_role;

create function croquis.without_words(
  lines text[],
  words text[]
) returns text[]
language sql immutable
as $$
  select coalesce(array_agg(
    case when lower(l.line) ~ ('\m(' || array_to_string(words, '|') || ')\M') then '[…]' else l.line end
    order by l.place
  ), '{}')
  from unnest(lines) with ordinality as l (line, place)
$$;
comment on function croquis.without_words is
  'The lines, without those that hold one of these words (small letters and digits only), whatever its case.';

create function croquis.words_of_person(job uuid) returns text[]
language sql stable
as $$
  -- the trigger word stands in every caption and prompt; what is shorter than three letters would hit too much
  select array_agg(word)
  from public.lora_training_jobs j
  cross join regexp_split_to_table(lower(concat_ws(' ', j.trigger_word, j.model_name)), '[^[:alnum:]]+') as word
  where j.id = job and char_length(word) >= 3
$$;
comment on function croquis.words_of_person is
  'By what a line of a log is known to be about the person: a caption, a prompt, a name.';

create function public.record_progress(
  marker text,
  provider_id text,
  log jsonb,
  at_once boolean
) returns boolean
language sql security definer set search_path = ''
as $$
  with told as (
    select bar.*, said.*
    from jsonb_to_record(log) as said (last_line int, lines jsonb, points jsonb)
    cross join jsonb_to_record(coalesce(nullif(log -> 'progress', 'null'), '{}')) as bar (
      step int, total int, loss float8, eta_seconds int
    )
  ), moved as (
    update public.training_runs r
    set step = coalesce(told.step, r.step),
        total_steps = coalesce(told.total, r.total_steps),
        loss = case when told.step is null then r.loss else told.loss end,
        eta_seconds = case when told.step is null then r.eta_seconds else told.eta_seconds end,
        progress_at = now()
    from told, public.provider_attempts a
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and a.run_id = r.id
      and a.state = 'started'
      and r.status = 'training'
      and coalesce(told.step, r.step, 0) >= coalesce(r.step, 0)
      and (at_once or r.progress_at is null or r.progress_at <= now() - interval '2 seconds')
    returning r.id, r.owner_id, r.job_id
  ), kept as (
    insert into public.training_logs as l (run_id, owner_id, last_line, lines, points, purge_after)
    select
      moved.id,
      moved.owner_id,
      told.last_line,
      croquis.without_words(
        array(select jsonb_array_elements_text(told.lines)),
        croquis.words_of_person(moved.job_id)
      ),
      told.points,
      croquis.purge_after(croquis.logs_kept())
    from moved, told
    on conflict (run_id) do update
    set last_line = excluded.last_line,
        lines = excluded.lines,
        points = excluded.points,
        purge_after = excluded.purge_after
    where excluded.last_line >= l.last_line
  )
  select exists (
    select from public.provider_attempts a join public.training_runs r on r.id = a.run_id
    where a.marker = record_progress.marker
      and a.provider_id = record_progress.provider_id
      and r.ended_at is null
  )
$$;
comment on function public.record_progress is
  'Shows how far a training is, and the end of its log: one conditional update, never backwards, and at most every two '
  'seconds unless at_once is true, for what the provider said when it was asked (WH-19). False when the run is over or '
  'not ours; then receive_webhook decides.';
grant execute on function public.record_progress to service_role;
