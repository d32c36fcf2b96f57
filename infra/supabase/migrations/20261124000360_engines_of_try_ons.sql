-- The engines that put garments on a person. Another engine: its row and its prices here, its input's schema in
-- layers/core/croquis/adapters/replicate/schemas/, its answer in sandbox/replicate/try_on_engines.py.

alter table croquis.limits add column noncommercial boolean not null default false;
comment on column croquis.limits.noncommercial is
  'Whether this deployment is declared non-commercial: only then engines of such a licence may be ordered.';

create table croquis.engines (
  name text primary key check (name ~ '^[a-z0-9-]+/[a-z0-9._-]+$'),
  version text check (version ~ '^[0-9a-f]{64}$'),
  schema_sha256 text check (schema_sha256 ~ '^[0-9a-f]{64}$'),
  licence text not null check (licence in ('commercial', 'noncommercial')),
  retires_on date,
  is_default boolean not null default false,
  has_seed boolean not null,
  marks_pictures boolean not null,
  passed_on_to text,
  refusal_words text[] not null default '{}',
  most_garments int not null check (most_garments between 1 and 6),
  takes jsonb not null default '{}' check (jsonb_typeof(takes) = 'object'),
  categories jsonb not null default '{}' check (jsonb_typeof(categories) = 'object')
);
comment on table croquis.engines is
  'Each engine that can put garments on a person, or once could. Its price is in prices: the item of its name for the '
  'first garment, _further for each more; with _second it is paid by the second, and the others are expectations.';
comment on column croquis.engines.version is
  'As pinned; null where the provider runs the newest under the name alone.';
comment on column croquis.engines.schema_sha256 is
  'The fingerprint of the input that it is known to take; null of one that was never written down.';
comment on column croquis.engines.retires_on is
  'From this day on it is not ordered any more.';
comment on column croquis.engines.marks_pictures is
  'Whether its pictures come with a mark of its maker inside, such as SynthID.';
comment on column croquis.engines.passed_on_to is
  'Who else gets what it is sent, as consents name them; null where it runs at Replicate itself.';
comment on column croquis.engines.refusal_words is
  'Words in the error of a picture that it refused for what it shows.';
comment on column croquis.engines.takes is
  'Its input, where $person, $garments and other words stand for what is only known at the order (domain/images/engines.py).';
comment on column croquis.engines.categories is
  'Its words for ours; where it has any, garments of other categories cannot be worn with it.';
create unique index engines_one_default on croquis.engines (is_default) where is_default;

insert into croquis.engines (
  name, version, schema_sha256,
  licence, retires_on, is_default, has_seed, marks_pictures, passed_on_to, refusal_words, most_garments,
  takes, categories
) values
  ('prunaai/p-image-try-on', '6aaa4749ee142241dfa3bf5736f9e8d16e0796d4452e450ba2e92e40cf7e676a',
    '4149d630d12daec623990920cfa795c6e730d5019d97a42e631c663da8d53ee1',
    'commercial', null, true, true, false, null, array['NSFW', 'sensitive'], 6,
    '{"person_image": "$person", "garment_images": "$garments", "seed": "$seed", "preserve_input_size": true,
      "output_format": "jpg", "output_quality": 95}',
    '{}'),
  ('google/nano-banana-pro', null,
    '1ad8013121653448348c0fe5fb9da1c039293ebb15855633caa8dc513cc06b2b',
    'commercial', null, false, false, true, 'Google', array['E005', 'sensitive', 'safety'], 6,
    '{"prompt": "$prompt", "image_input": "$person_and_garments", "aspect_ratio": "match_input_image",
      "resolution": "2K", "output_format": "png", "safety_filter_level": "block_only_high"}',
    '{}'),
  ('cuuupid/idm-vton', 'c871bb9b046607b680449ecbae55fd8c6d945e0a1948644bf2361b3d021d3ff4',
    'c9f263153035a29c58ec52176d4fd82a0d04e0cec46d7f91635e55ffd0e2dbba',
    'noncommercial', null, false, true, false, null, array['NSFW'], 1,
    '{"human_img": "$person", "garm_img": "$garment", "garment_des": "$words", "category": "$category",
      "crop": false, "force_dc": false, "steps": 30, "seed": "$seed"}',
    '{"upper": "upper_body", "outerwear": "upper_body", "lower": "lower_body", "dress": "dresses"}'),
  ('google/nano-banana', null, null, 'commercial', '2026-10-02', false, false, true, 'Google', '{}', 6, '{}', '{}'),
  ('google/nano-banana-2', null, null, 'commercial', '2026-10-29', false, false, true, 'Google', '{}', 6, '{}', '{}');

insert into public.prices (item, usd, source) values
  ('prunaai/p-image-try-on', 0.015, 'Pruna''s list, the first garment'),
  ('prunaai/p-image-try-on_further', 0.008, 'Pruna''s list, each further garment'),
  ('google/nano-banana-pro', 0.15, 'Google''s list, one picture at 1K or 2K'),
  ('google/nano-banana-pro_further', 0, 'Google''s list: the number of pictures sent costs nothing'),
  ('cuuupid/idm-vton', 0.024, 'expected of one picture: 17 s'),
  ('cuuupid/idm-vton_further', 0, 'it takes one garment'),
  ('cuuupid/idm-vton_second', 0.0014, 'Replicate, A100 per second');

-- What the daily look found.

create table croquis.engine_looks (
  name text primary key,
  looked_at timestamptz not null default now(),
  is_there boolean not null,
  version text,
  changed text[] not null default '{}'
);
comment on table croquis.engine_looks is
  'What the provider last said of each engine, and of the trainer. One that is not there any more is not ordered.';

create function croquis.why_not_engine(engine text) returns croquis.refusal
language sql stable
as $$
  select case
    when e.name is null then (422, 'unknown_engine',
      'There is no such engine.',
      'Leave engine out, or send one of ' || (
        select string_agg(o.name, ', ' order by not o.is_default, o.name) from croquis.engines o
        where o.retires_on is null or o.retires_on > now()::date
      ) || '.')::croquis.refusal
    when e.retires_on <= now()::date then (409, 'engine_retired',
      format('The engine %s was retired on %s.', e.name, e.retires_on),
      'Leave engine out, and the present one is taken.')::croquis.refusal
    when e.licence = 'noncommercial' and not (select l.noncommercial from croquis.limits l) then
      (403, 'engine_not_licensed',
      format('The engine %s may be used for non-commercial purposes alone, and this deployment is not declared so.', e.name),
      'Leave engine out, and one that may be used is taken.')::croquis.refusal
    when not l.is_there then (409, 'engine_disabled',
      format('The provider does not offer the engine %s at the moment.', e.name),
      'Send another engine, or try again tomorrow.')::croquis.refusal
  end
  from (select engine as asked) it
  left join croquis.engines e on e.name = it.asked
  left join croquis.engine_looks l on l.name = it.asked
$$;
comment on function croquis.why_not_engine is
  'Why nothing may be ordered from this engine now; null if it may.';

create function croquis.default_engine() returns text
language sql stable
return (select e.name from croquis.engines e where e.is_default);
comment on function croquis.default_engine is
  'The engine of an order that names none.';

create function croquis.price_of_try_on(
  engine text,
  garments int
) returns numeric
language sql stable
as $$
  select croquis.price_of(engine) + (garments - 1) * croquis.price_of(engine || '_further')
$$;
comment on function croquis.price_of_try_on is
  'What one picture with so many garments is expected to cost, in dollars.';

create function croquis.price_of_image(image public.images) returns numeric
language sql stable
as $$
  select case image.kind
    when 'try_on' then croquis.price_of_try_on(
      image.engine, (select count(*)::int from public.worn_garments w where w.image_id = image.id)
    )
    else croquis.price_of(image.engine)
  end
$$;
comment on function croquis.price_of_image is
  'What one image is expected to cost, in dollars.';

create function public.engines_to_look_at() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', e.name, 'version', e.version, 'schema_sha256', e.schema_sha256
  ) order by e.name), '[]')
  from croquis.engines e
  where e.schema_sha256 is not null and (e.retires_on is null or e.retires_on > now()::date)
$$;
comment on function public.engines_to_look_at is
  'Every engine that may be ordered, and what is known of it.';
grant execute on function public.engines_to_look_at to service_role;

create function public.record_engine_look(
  engine text,
  seen jsonb
) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  before croquis.engine_looks;
begin
  select * into before from croquis.engine_looks l where l.name = engine for update;
  insert into croquis.engine_looks (name, is_there, version, changed)
  values (
    engine,
    (seen ->> 'is_there')::boolean,
    seen ->> 'version',
    array(select jsonb_array_elements_text(seen -> 'changed'))
  )
  on conflict (name) do update set
    looked_at = now(),
    is_there = excluded.is_there,
    version = excluded.version,
    changed = excluded.changed;
  return before.name is null or before.version is distinct from seen ->> 'version';
end
$$;
comment on function public.record_engine_look is
  'Keeps what the provider says of an engine, or of the trainer; one that is not there is not ordered from then on. True '
  'when its newest version is another one than at the last look, or nobody had looked before.';
grant execute on function public.record_engine_look to service_role;
