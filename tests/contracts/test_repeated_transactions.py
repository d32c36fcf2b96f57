"""JB-10: a call of the database is made again only when Postgres itself has undone it."""

import httpx
import pytest

from croquis.adapters.supabase.data_api import DataApi
from croquis.errors import CroquisError, Unavailable


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


@pytest.mark.parametrize(
    "fault",
    [refusal("57014", 500), refusal("23505", 409), httpx.ReadTimeout("late"), httpx.ConnectError("gone")],
    ids=["statement time-out", "unique violation", "no answer", "no connection"],
)
def test_what_may_have_been_committed_is_never_sent_again(fault: httpx.Response | Exception) -> None:
    asked: list[str] = []
    with pytest.raises(CroquisError):
        api([fault, fault], asked).call(int, "claim_attempts_to_ask")
    assert len(asked) == 1
