-- The part of bootstrap.sql that stands for Realtime: what is inserted here, the gateway tells the sockets that may hear
-- it, once it is committed. Running it again only clears old messages away.

create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated, service_role;

create table if not exists realtime.messages (
  id uuid not null default gen_random_uuid(),
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  primary key (id, inserted_at)
);
alter table realtime.messages enable row level security;
-- The roles may touch the table, and without a policy they see and write no row of it.
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

-- Which channel a policy is being asked about.
create or replace function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

create or replace function realtime.send(
  payload jsonb, event text, topic text, private boolean default true
) returns void language plpgsql as $$
declare
  message uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, topic, extension, payload, event, private)
    values (message, topic, 'broadcast', jsonb_build_object('id', message) || payload, event, private);
exception when others then
  raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

create or replace function realtime.tell_gateway() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_notify('realtime_messages', new.id::text);
  return null;
end
$$;

create or replace trigger tell_gateway after insert on realtime.messages
  for each row execute function realtime.tell_gateway();

delete from realtime.messages where inserted_at < now() - interval '72 hours';  -- as the real one does
