"""Who may do what, as Postgres has it in its own catalogue, in the form of the tables in rights/*.txt."""

from pathlib import Path
from typing import LiteralString

from sql.seats import Connection

RIGHTS = Path(__file__).parent / "rights"
FUNCTIONS = """
    select n.nspname || '.' || p.proname,
      case when p.prosecdef then 'definer' else 'invoker' end,
      coalesce((select 'fixed' from unnest(p.proconfig) c where c = 'search_path=""'), 'open'),
      coalesce((select string_agg(case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
          ' ' order by g.grantee::regrole::text)
        from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee <> p.proowner), '-')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'croquis') order by n.nspname = 'croquis', p.proname, p.oid
"""
TABLES = """
    select c.relname,
      case when c.relrowsecurity then 'on' else 'OFF' end,
      coalesce((select string_agg(lower(g.privilege_type) || ':' ||
          case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
          ' ' order by g.privilege_type, g.grantee::regrole::text)
        from (select * from aclexplode(c.relacl)
              union all select x.* from pg_attribute a, aclexplode(a.attacl) x where a.attrelid = c.oid) g
        where g.grantee <> c.relowner), '-'),
      coalesce((select string_agg(p.cmd || ': ' || p.qual, '; ') from pg_policies p
        where p.schemaname = 'public' and p.tablename = c.relname), '-')
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and
      (c.relkind <> 'S' or c.relacl is not null and c.relacl <> acldefault('s', c.relowner))
    order by c.relname
"""


def functions(connection: Connection) -> str:
    """Each function of ours: whose rights it has, whether its search_path is fixed to nothing, who may call it."""
    return _table(connection, FUNCTIONS)


def tables(connection: Connection) -> str:
    """Each table that the Data API could reach: row-level security, grants, policies."""
    return _table(connection, TABLES)


def expected(name: str) -> str:
    """The reviewed table of that name, without its remarks."""
    lines = (RIGHTS / f"{name}.txt").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def _table(connection: Connection, query: LiteralString) -> str:
    rows = connection.execute(query).fetchall()
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)
