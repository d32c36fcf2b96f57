-- The tables, functions and rows over which the exchanges of postgrest.json were recorded.

create table jobs (
  id uuid primary key default gen_random_uuid(),
  owner uuid default auth.uid(),
  name text not null unique check (length(name) < 50),
  status text default 'new',
  n int default 0,
  tags text[] default '{}',
  meta jsonb default '{}',
  created_at timestamptz default now()
);
alter table jobs enable row level security;
create policy "owners have their jobs" on jobs using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

create table items (
  id uuid primary key default gen_random_uuid(),
  job_id uuid references jobs (id),
  pos int
);

grant all on jobs, items to anon, authenticated, service_role;

create function claim(p_id uuid, p_from text, p_to text) returns setof jobs language sql as $$
  update jobs set status = p_to where id = p_id and status = p_from returning *
$$;

create function add2(a int, b int) returns int language sql immutable as $$ select a + b $$;

create function boom(msg text) returns void language plpgsql as $$
begin
  raise exception '%', msg using hint = 'try later', detail = 'dtl';
end
$$;

create function teapot() returns void language plpgsql as $$
begin
  raise sqlstate 'PT409' using message = 'conflict', detail = 'd', hint = 'h';
end
$$;

create function whoami() returns json language sql stable as $$
  select json_build_object('user', current_user, 'uid', auth.uid(), 'role', auth.role())
$$;

insert into jobs (id, owner, name, status, n, tags, meta) values
  (gen_random_uuid(), '11111111-1111-1111-1111-111111111111', 'two', 'new', 2, null, '{}'),
  (gen_random_uuid(), '22222222-2222-2222-2222-222222222222', 'three', 'new', null, '{x,y}', '{}'),
  (gen_random_uuid(), null, 'd1', 'new', 2, '{}', '{}'),
  (gen_random_uuid(), null, 'd2', 'new', 0, '{}', '{}'),
  (gen_random_uuid(), null, 'min', 'new', 0, '{}', '{}'),
  ('aaaaaaaa-0000-0000-0000-000000000001', '11111111-1111-1111-1111-111111111111', 'one', 'running', 8, '{}', '{"a": 1}');

-- For embedding: one row per job at most, and two keys between the same two tables.
create table labels (job_id uuid primary key references jobs (id), label text);
create table links (id int primary key, a uuid constraint links_a references jobs (id), b uuid constraint links_b references jobs (id));
grant select on labels, links to anon, authenticated, service_role;

insert into items (id, job_id, pos) values
  ('aaaaaaaa-0000-0000-0000-000000000001', 'aaaaaaaa-0000-0000-0000-000000000001', 2),
  ('11111111-1111-1111-1111-111111111111', 'aaaaaaaa-0000-0000-0000-000000000001', 1),
  ('22222222-2222-2222-2222-222222222222', (select id from jobs where name = 'three'), 3),
  (gen_random_uuid(), null, 4);
insert into labels values ('aaaaaaaa-0000-0000-0000-000000000001', 'first');
insert into links values (1, 'aaaaaaaa-0000-0000-0000-000000000001', null);
