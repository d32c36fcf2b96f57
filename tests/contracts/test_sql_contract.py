"""What Python calls is what the database has: names, arguments and rights, read from the sources and the catalogue."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from croquis.domain.runs.failure import Failure
from croquis.http.schemas import AddPhoto, OpenTraining
from croquis.ports import ProviderRun
from croquis.usecases import provider_attempts

SOURCES = Path(__file__).parents[2] / "layers" / "core" / "croquis"
ANSWERED = ProviderRun("id", None, None, None, (), None, "", None)
# what stands behind a ** in a call; everything else is written out
STARRED = {
    "open_training": set(OpenTraining.model_fields),
    "add_photo": set(AddPhoto.model_fields),
    "record_failure": set(Failure._fields),
    "fail_picture": set(Failure._fields),
    "record_result": set(provider_attempts._result(ANSWERED)),
}
# read by clients straight from the database: the published graph of a job
NOT_CALLED = {"training_moves"}
CATALOGUE = """
    select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as arguments, p.pronargdefaults as defaults,
      has_function_privilege('authenticated', p.oid, 'execute') as owner,
      has_function_privilege('service_role', p.oid, 'execute') as worker,
      has_function_privilege('anon', p.oid, 'execute') as anyone
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype"""


@dataclass(frozen=True)
class Call:
    """One call of a SQL function in the sources."""

    function: str
    arguments: frozenset[str]
    as_owner: bool
    where: str


@cache
def calls() -> tuple[Call, ...]:
    return tuple(call for path in sorted(SOURCES.rglob("*.py")) for call in _calls_in(path))


def _calls_in(path: Path) -> Iterator[Call]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        method = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        # the sweep hands the name on to its pages: _late(croquis, "runs_to_start")
        position = {"call": 0, "call_as": 1, "_late": 1}.get(method)
        if position is None or len(node.args) <= position or not isinstance(node.args[position], ast.Constant):
            continue
        name = str(ast.literal_eval(node.args[position]))
        given = {keyword.arg for keyword in node.keywords if keyword.arg}
        if method == "_late":
            given = {"most", "after"}
        if any(keyword.arg is None for keyword in node.keywords):
            given |= STARRED[name]
        yield Call(name, frozenset(given), method == "call_as", f"{path.name}:{node.lineno}")


@pytest.fixture(scope="module")
def catalogue(database: Any) -> dict[str, dict[str, Any]]:
    with psycopg.connect(database.dsn(), row_factory=psycopg.rows.dict_row) as connection:
        return {row["name"]: row for row in connection.execute(CATALOGUE)}


def test_the_calls_are_found() -> None:
    assert len(calls()) > 30
    assert {"submit_training", "record_result", "runs_to_start", "callbacks_due"} <= {call.function for call in calls()}


def test_every_call_names_a_function_with_exactly_its_arguments(catalogue: dict[str, dict[str, Any]]) -> None:
    for call in calls():
        function = catalogue[call.function]
        names = function["arguments"]
        required = set(names[: len(names) - function["defaults"]])
        assert call.arguments <= set(names), call
        assert required <= call.arguments, call


def test_every_call_is_made_by_a_role_that_may(catalogue: dict[str, dict[str, Any]]) -> None:
    """AS-08: users' functions as the user, workers' with the key, none by both or by anybody."""
    for call in calls():
        function = catalogue[call.function]
        assert function["owner"] is call.as_owner, call
        assert function["worker"] is not call.as_owner, call


def test_nothing_is_open_to_anybody(catalogue: dict[str, dict[str, Any]]) -> None:
    """AS-08."""
    assert {name for name, function in catalogue.items() if function["anyone"]} == set()


def test_every_function_that_somebody_may_call_is_called(catalogue: dict[str, dict[str, Any]]) -> None:
    granted = {name for name, function in catalogue.items() if function["owner"] or function["worker"]}
    assert granted - {call.function for call in calls()} == NOT_CALLED


def test_lists_are_read_from_tables_that_owners_may_read(database: Any) -> None:
    tables = {
        str(ast.literal_eval(node.args[1]))
        for path in (SOURCES / "usecases").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "list_as"
    }
    assert tables
    with psycopg.connect(database.dsn()) as connection:
        for table in tables:
            query = (
                "select has_table_privilege('authenticated', %s, 'select'), has_table_privilege('anon', %s, 'select')"
            )
            assert connection.execute(query, [f"public.{table}"] * 2).fetchone() == (True, False)
