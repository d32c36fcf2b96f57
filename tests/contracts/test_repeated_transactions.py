"""JB-10: a call of the database is made again when Postgres itself has undone it, or when it changes nothing more."""

import httpx
import pytest

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import OwnerId
from croquis.errors import CroquisError, Unavailable
from croquis.ports import Owner


def api(answers: list[httpx.Response | Exception], asked: list[str]) -> DataApi:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        given = answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return DataApi("http://database", publishable_key="public", secret_key=lambda: "secret", http=http)


def refusal(code: str, status: int) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "no", "details": None, "hint": None})


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_transaction_that_postgres_undid_is_tried_three_times(code: str) -> None:
    asked: list[str] = []
    answers: list[httpx.Response | Exception] = [refusal(code, 500), refusal(code, 500), httpx.Response(200, json=7)]

    assert api(answers, asked).call(int, "claim_attempts_to_ask") == 7
    assert len(asked) == 3


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_after_the_third_time_the_caller_is_told(code: str) -> None:
    asked: list[str] = []
    with pytest.raises(Unavailable):
        api([refusal(code, 500)] * 4, asked).call(int, "claim_attempts_to_ask")
    assert len(asked) == 3


FAULTS = pytest.mark.parametrize(
    "fault",
    [refusal("57P01", 500), refusal("PGRST002", 503), httpx.ReadError("cut"), httpx.ConnectError("gone")],
    ids=["shut down", "no database", "cut after the server acted", "no connection"],
)


@FAULTS
@pytest.mark.parametrize("function", ["attempt_started", "open_training_attempt", "saw_run"])
def test_a_workers_call_without_an_answer_is_made_again_because_it_changes_nothing_more(
    fault: httpx.Response | Exception, function: str
) -> None:
    asked: list[str] = []
    assert api([fault, fault, httpx.Response(200, json=7)], asked).call(int, function) == 7
    assert len(asked) == 3


@FAULTS
@pytest.mark.parametrize("function", ["claim_attempts_to_ask", "next_execution"])
def test_what_is_given_once_is_never_asked_for_again(fault: httpx.Response | Exception, function: str) -> None:
    asked: list[str] = []
    with pytest.raises(CroquisError):
        api([fault, fault], asked).call(int, function)
    assert len(asked) == 1


@FAULTS
def test_a_users_call_that_may_have_been_committed_is_never_sent_again(fault: httpx.Response | Exception) -> None:
    asked: list[str] = []
    with pytest.raises(CroquisError):
        api([fault, fault], asked).call_as(Owner(OwnerId("o"), "token"), int, "open_training")
    assert len(asked) == 1


def test_a_refusal_is_an_answer() -> None:
    asked: list[str] = []
    with pytest.raises(CroquisError):
        api([refusal("23505", 409), refusal("23505", 409)], asked).call(int, "attempt_started")
    assert len(asked) == 1
