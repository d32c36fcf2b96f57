"""Our own faults at the door: a plain 500 or 503 that says how to go on, and neither stack nor a neighbour's words."""

from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from doors.exchange import Answer, assert_problem, event, everything, send

from croquis import wiring
from croquis.domain.ids import OwnerId
from croquis.errors import Unavailable
from croquis.http.problems import problem_of
from croquis.ports import Owner
from croquis.settings import Settings

SECRET_WORDS = "select * from vault.secrets where token = 'canary-4711'"


class Failing:
    """A neighbourhood in which somebody is signed in and whatever else is touched fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def owner_of(self, authorization: str | None) -> Owner:
        return Owner(OwnerId("00000000-0000-4000-8000-000000000001"), "token")

    def __getattr__(self, name: str) -> Any:
        raise self.error


class Answering(Failing):
    """A database that answers something."""

    def __init__(self, rows: Any) -> None:
        super().__init__(AssertionError("touched"))
        self.answer = rows

    @property
    def rows(self) -> Any:
        return self

    def list_as(self, *_: object, **__: object) -> Any:
        return self.answer


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    wiring.hand_in(None)


def asked(neighbours: Any, name: str = "list_models") -> Answer:
    wiring.hand_in(neighbours)
    return send(event(name, token="x"))


@pytest.mark.parametrize(
    "error", [RuntimeError(SECRET_WORDS), KeyError("canary"), RecursionError(), MemoryError("canary")]
)
def test_an_unexpected_error_gives_a_500_without_a_stack(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """AS-18; and AS-17: the log names the error's kind and where it was raised, not its words."""
    answer = asked(Failing(error))
    assert_problem(answer, 500, "internal")
    logged = everything(caplog)
    for told in (answer.body, logged):
        assert "Traceback" not in told
        assert "canary" not in told
    assert type(error).__name__ in logged
    assert "list_models" in logged


def test_a_neighbour_that_does_not_answer_gives_a_503_that_says_when_to_come_again() -> None:
    answer = asked(Failing(Unavailable("The database did not answer.")))
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_a_row_that_does_not_fit_its_view_is_our_fault_and_not_the_callers() -> None:
    assert_problem(asked(Answering([{"id": "canary", "name": None}])), 500, "internal")
    unfit = [{"type": "missing", "loc": ("response", "id"), "msg": "Field required", "input": "canary"}]
    assert problem_of(RequestValidationError(unfit)).status == 500


def test_the_problem_names_the_request(caplog: pytest.LogCaptureFixture) -> None:
    """AS-18: the id under which we find it."""
    answer = asked(Failing(RuntimeError()))
    assert answer.json["request_id"] == event("list_models")["requestContext"]["requestId"]


def test_a_setting_that_is_missing_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    wiring.hand_in(wiring.Neighbours(Settings({})))
    assert_problem(send(event("list_models", token="a.b.c")), 500, "internal")
    assert "SUPABASE_URL" in everything(caplog)


@pytest.mark.parametrize("name", ["replicate_webhook", "storage_hook"])
def test_a_machines_door_fails_in_the_same_form(name: str) -> None:
    answer = asked(Failing(RuntimeError(SECRET_WORDS)), name)
    assert_problem(answer, 500, "internal")
    assert "canary" not in answer.body
