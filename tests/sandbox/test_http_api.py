"""The local HTTP API gives a function what API Gateway would, and gives a page what it would."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sample_stand import GIVEN, WORD, Stand, running_sample

PAGE = "http://localhost:3000"


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with running_sample(tmp_path_factory.mktemp("aws")) as stand:
        yield stand


@pytest.fixture(scope="module")
def api(stand: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stand.api, timeout=30) as client:
        yield client


def seen(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_routes_of_the_template_exist_and_no_others(api: httpx.Client) -> None:
    assert seen(api.get("/v1/seen"))["route"] == "GET /v1/seen"
    assert seen(api.put("/v1/echo/1"))["route"] == "ANY /v1/echo/{id}"
    for method, path in (("POST", "/v1/seen"), ("HEAD", "/v1/seen"), ("GET", "/v1/other"), ("GET", "/v1/echo/1/2")):
        assert api.request(method, path).status_code == 404
    assert api.get("/v1/other").json() == {"message": "Not Found"}


def test_a_request_is_logged_by_its_route_and_never_by_its_path_or_query(
    api: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """AS-17: the path of a webhook holds its marker."""
    with caplog.at_level("INFO", "sandbox.requests"):
        api.post("/v1/echo/canary?token=canary", headers={"Authorization": "Bearer canary"})
        api.get("/canary")
    said = [it.getMessage() for it in caplog.records if it.name == "sandbox.requests"]
    assert [line.rpartition(" 200 ")[0] or line.rpartition(" 404 ")[0] for line in said] == [
        "ANY /v1/echo/{id}", "GET (no route)",
    ]  # fmt: skip
    assert "canary" not in "".join(said)


def test_a_page_that_may_not_call_is_named_in_the_log(api: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "sandbox.requests"):
        for origin in (PAGE, "http://localhost:5174"):
            api.options("/v1/seen", headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
    assert [it.getMessage() for it in caplog.records if it.name == "sandbox.requests"] == [
        "A page of 'http://localhost:5174' may not call: it is none of the allowed origins."
    ]


def test_the_function_gets_path_query_headers_and_cookies_as_they_were_sent(api: httpx.Client) -> None:
    headers = [("X-Two", "1"), ("x-two", "2"), ("Cookie", "a=1; b c;d/e=2")]
    there = seen(api.get("/v1/echo/a%20b?x=1&y=%2F&x=2", headers=headers))
    assert (there["raw_path"], there["query"]) == ("/v1/echo/a b", "x=1&y=%2F&x=2")
    assert there["parameters"] == {"id": "a b"}
    assert there["cookies"] == ["a=1", "b c", "d/e=2"]
    assert (there["headers"]["x-two"], "cookie" in there["headers"]) == ("1,2", False)
    assert seen(api.get("/v1/all/a/b%2Fc"))["parameters"] == {"rest": "a/b/c"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '\ufeff{"a" : 1,\r\n "ä": "\\u00e9"}\r\n'.encode()),
        ("application/json; charset=utf-8", b'{"log": "' + "é\u2028".encode() * 40_000 + b'"}'),
        ("application/json", b'{"broken": "\xff\xfe"}'),
        ("application/octet-stream", bytes(range(256)) * 100),
        ("application/x-www-form-urlencoded", b"a=%20b+c&d"),
    ],
)
def test_a_function_gets_the_body_byte_for_byte(api: httpx.Client, content_type: str, body: bytes) -> None:
    """A signature over the raw body depends on it."""
    answer = api.post("/v1/echo/1", content=body, headers={"content-type": content_type})
    assert seen(answer)["sha256"] == hashlib.sha256(body).hexdigest()


def test_answers_come_through_whatever_they_are(api: httpx.Client) -> None:
    empty, raw, bare = (api.post(f"/v1/trouble/{kind}") for kind in ("empty", "bytes", "none"))
    assert (empty.status_code, empty.content) == (204, b"")
    assert raw.content == bytes(range(256))
    assert (bare.status_code, bare.headers["content-type"]) == (200, "application/json")
    assert bare.json()["pid"]
    assert api.get("/v1/seen").headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_what_is_too_large_never_reaches_the_function(api: httpx.Client) -> None:
    """WH-09: 10 MB at the API, 6 MB as an event, base64 counted."""
    for size, media in ((10 * 2**20 + 1, "text/plain"), (6 * 2**20, "text/plain"), (5 * 2**20, "image/jpeg")):
        answer = api.post("/v1/echo/1", content=b"x" * size, headers={"content-type": media})
        assert (answer.status_code, answer.json()["message"]) == (413, "Request Entity Too Large")
    assert api.post("/v1/echo/1", content=b"x" * (5 * 2**20), headers={"content-type": "text/plain"}).is_success


def test_a_route_has_its_own_throttle(api: httpx.Client) -> None:
    """OP-08."""
    assert [api.get("/v1/seldom").status_code for _ in range(3)] == [200, 200, 429]
    assert api.get("/v1/seen").status_code == 200


def test_a_page_reaches_the_api_from_the_origins_that_the_template_allows(api: httpx.Client) -> None:
    """AS-13: a list in a parameter is a list here too."""
    asked = api.options("/v1/seen", headers={"Origin": PAGE, "Access-Control-Request-Method": "GET"})
    assert asked.is_success
    assert {name: asked.headers[f"access-control-{name}"] for name in ("allow-origin", "allow-methods", "max-age")} == {
        "allow-origin": PAGE,
        "allow-methods": "GET, POST",
        "max-age": "600",
    }
    for path in ("/v1/seen", "/v1/other"):  # an error can be read as well
        assert api.get(path, headers={"Origin": PAGE}).headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-origin" not in api.get("/v1/seen", headers={"Origin": "http://other"}).headers


def test_a_function_sees_its_own_environment_and_nothing_of_the_launchers(api: httpx.Client, stand: Stand) -> None:
    environ = seen(api.get("/v1/seen"))["environ"]
    assert {**environ, **GIVEN, "WORD": WORD, "NUMBER": "7"} == environ  # SANDBOX is "0" in the template
    assert (environ["AWS_ENDPOINT_URL"], environ["AWS_CONFIG_FILE"]) == (stand.aws, "/dev/null")
    assert {"HOME", "DONE", "HEARD"} & set(environ) == set()


def test_what_a_function_prints_is_in_one_file(api: httpx.Client, stand: Stand) -> None:
    assert seen(api.get("/v1/seen"))["mark"] in stand.log.read_text()


def test_a_worker_is_kept_for_the_next_call(api: httpx.Client) -> None:
    assert len({seen(api.get("/v1/seen"))["pid"] for _ in range(5)}) == 1


@pytest.mark.parametrize("kind", ["die", "raise", "hang"])
def test_a_function_that_fails_says_nothing_of_why_and_the_next_call_finds_another(
    api: httpx.Client, kind: str
) -> None:
    """AS-18; its Timeout is one second."""
    before = api.post("/v1/trouble/none").json()["pid"]
    failed = api.post(f"/v1/trouble/{kind}")
    assert (failed.status_code, failed.json()) == (500, {"message": "Internal Server Error"})
    after = api.post("/v1/trouble/none").json()["pid"]
    assert (after == before) == (kind == "raise")  # an error is no reason to begin anew


def test_no_more_calls_run_at_once_than_a_function_reserves(api: httpx.Client, tmp_path: Path) -> None:
    """OP-07: this function reserves one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as other:
        held = other.submit(api.post, "/v1/busy/hold", content=str(pipe), headers={"Content-Type": "text/plain"})
        with pipe.open("w"):  # opens when the function reads
            assert api.post("/v1/busy/none").status_code == 503
        assert held.result().status_code == 200
    assert api.post("/v1/busy/none").status_code == 200
