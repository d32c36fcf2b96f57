"""The port Store is what the database has: a method for each function, its arguments and its rights, both read here."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_type_hints

import psycopg
import pytest
from contracts.deployment import ROOT

from croquis import ports
from croquis.adapters.supabase.store import SupabaseStore
from croquis.ports import Owner, Store

# asked straight in the database: by clients the published graph of a job, by policies who may act for an owner, by
# read_training what a run would cost and what was agreed to; by an operator the deployment, limits, what was erased
NOT_CALLED = {"training_moves", "may_act", "training_quotes", "read_consent"}
NOT_CALLED |= {"read_deployment", "read_limits", "set_limits", "erasures_since", "reapply_erasures"}
CATALOGUE = """
    select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as arguments,
      has_function_privilege('authenticated', p.oid, 'execute') as owner,
      has_function_privilege('service_role', p.oid, 'execute') as worker,
      has_function_privilege('anon', p.oid, 'execute') as anyone
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""


# the port imports its nouns for the types alone
MODULES = [import_module(f"{ports.__name__}.{it.name}") for it in pkgutil.iter_modules(ports.__path__)]
PROTOCOLS = {name: it for module in MODULES for name, it in vars(module).items()}


@dataclass(frozen=True)
class Call:
    """What an adapter asked the Data API for."""

    name: str
    arguments: frozenset[str]
    as_owner: bool
    of_table: bool = False


class Listening:
    """Stands where the Data API stands, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def call(self, _: Any, function: str, **arguments: object) -> Any:
        self.calls.append(Call(function, frozenset(arguments), as_owner=False))

    def call_as(self, owner: Owner, _: Any, function: str, **arguments: object) -> Any:
        self.calls.append(Call(function, frozenset(arguments), as_owner=True))

    def list_as(self, owner: Owner, _: Any, table: str, **arguments: object) -> Any:
        self.calls.append(Call(table, frozenset(arguments), as_owner=True, of_table=True))

    find, find_as = call, call_as


def methods() -> Iterator[tuple[str, str]]:
    """(noun, method) of everything that the port promises."""
    for noun, it in inspect.getmembers(Store, lambda member: isinstance(member, property)):
        protocol = get_type_hints(it.fget, localns=PROTOCOLS)["return"]
        yield from ((noun, name) for name, _ in inspect.getmembers(protocol, inspect.isfunction) if name[0] != "_")


def asked(noun: str, method: str) -> tuple[list[str], Call]:
    """The names of the method's parameters, and what it asks for."""
    api = Listening()
    ask: Callable[..., object] = getattr(getattr(SupabaseStore(api), noun), method)  # pyright: ignore[reportArgumentType]
    names = list(inspect.signature(ask).parameters)
    ask(**dict.fromkeys(names))
    (call,) = api.calls
    return names, call


@pytest.fixture(scope="module")
def catalogue(database: Any) -> dict[str, dict[str, Any]]:
    with psycopg.connect(database.dsn(), row_factory=psycopg.rows.dict_row) as connection:
        return {row["name"]: row for row in connection.execute(CATALOGUE)}


FUNCTIONS = [(noun, method) for noun, method in methods() if not method.startswith("list_")]


@pytest.mark.parametrize(("noun", "method"), FUNCTIONS)
def test_a_method_is_the_function_of_its_name_with_its_arguments_and_its_role(
    catalogue: dict[str, dict[str, Any]], noun: str, method: str
) -> None:
    """AS-08: users' functions as the user, workers' with the key, none by both."""
    names, call = asked(noun, method)
    function = catalogue[method]
    assert (call.name, call.of_table) == (method, False)
    assert [name for name in names if name != "owner"] == function["arguments"]
    assert call.arguments == set(function["arguments"])
    assert function["owner"] is call.as_owner is ("owner" in names)
    assert function["worker"] is not call.as_owner


def test_every_function_that_somebody_may_call_has_its_method(catalogue: dict[str, dict[str, Any]]) -> None:
    granted = {name for name, function in catalogue.items() if function["owner"] or function["worker"]}
    assert granted == {method for _, method in FUNCTIONS} | NOT_CALLED


def test_no_use_case_names_sql(catalogue: dict[str, dict[str, Any]]) -> None:
    for path in (ROOT / "layers/core/croquis/usecases").glob("*.py"):
        texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
        assert set(map(str, texts)) & set(catalogue) == set(), path.name


def test_nothing_is_open_to_anybody(catalogue: dict[str, dict[str, Any]]) -> None:
    """AS-08."""
    assert {name for name, function in catalogue.items() if function["anyone"]} == set()


def test_lists_are_read_from_tables_that_owners_may_read(database: Any) -> None:
    tables = {asked(noun, method)[1] for noun, method in methods() if method.startswith("list_")}
    assert {call.of_table for call in tables} == {True}
    query = "select has_table_privilege('authenticated', %s, 'select'), has_table_privilege('anon', %s, 'select')"
    with psycopg.connect(database.dsn()) as connection:
        for call in tables:
            assert connection.execute(query, [f"public.{call.name}"] * 2).fetchone() == (True, False)


def test_nothing_of_a_call_stays_in_its_session() -> None:
    """JB-09: a pooler gives the next transaction to somebody else; a call is one function, so one transaction."""
    stays = re.compile(r"pg_(try_)?advisory_(?!xact)|set_config\(|set session|create temp|\bprepare |\blisten ")
    for path in sorted((ROOT / "infra/supabase/migrations").glob("*.sql")):
        bodies = re.findall(r"as \$\$(.*?)\$\$", path.read_text(), re.DOTALL)
        assert not [found for body in bodies if (found := stays.search(body))], path.name
