-- Besides the tables of postgrest.sql: one of each kind of function, and a table for pages and filters.

create table numbers (id int primary key, x numeric, at timestamptz default now(), seen boolean default false);
grant all on numbers to authenticated, service_role;

create table hidden (id int);

create function twice(n int) returns setof int language sql stable as $$ select n union all select n $$;

create function pair(n int, out low int, out high int) language sql stable as $$ select n, n + 1 $$;

create function listed(n int) returns table (value int) language sql stable as $$ select * from generate_series(1, n) $$;

create function total(numbers int[], factor int default 1) returns bigint language sql immutable as $$
  select sum(n) * factor from unnest(numbers) n
$$;

create function nothing() returns void language sql volatile as $$ select 1 $$;

create function write_number() returns int language sql volatile as $$
  insert into numbers (id) values (77) returning id
$$;

create function sneaky() returns int language plpgsql stable as $$ begin return write_number(); end $$;

create function for_the_service_only() returns int language sql as $$ select 1 $$;
revoke execute on function for_the_service_only() from public;
grant execute on function for_the_service_only() to service_role;

create function same(x numeric) returns numeric language sql immutable as $$ select x $$;

create function write_job(title text, of_user uuid default auth.uid()) returns setof jobs language sql volatile as $$
  insert into jobs (name, owner) values (title, of_user) returning *
$$;

create function write_item(job uuid) returns uuid language sql volatile as $$
  insert into items (job_id) values (job) returning id
$$;

create function see_all() returns setof numbers language sql volatile as $$ update numbers set seen = true returning * $$;
