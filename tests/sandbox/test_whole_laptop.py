"""What `make up` starts, called as a page calls it: every route, its preflight, and what nobody hears."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from contracts.openapi import CONTRACT
from contracts.test_template import routes
from jsonschema import Draft202012Validator
from laptops import laptop
from route_checks import PAGE, assert_a_page_may_call, assert_others_hear_nothing
from scenes import small_photos
from studio import CONSENT
from waiting import until
from whole_day import WAITING, Called, Day, Page

from sandbox.laptop.keys import Keys
from sandbox.laptop.launcher import Addresses

DOCUMENT = json.loads(CONTRACT.read_text())
ROUTES = pytest.mark.parametrize("route", sorted(routes()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laptop")


@pytest.fixture(scope="module")
def addresses(folder: Path, weights: None) -> Iterator[Addresses]:
    with laptop(folder) as addresses:
        yield addresses


@contextmanager
def page_of(addresses: Addresses, email: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {addresses.sign_in(email)}", "Origin": PAGE}
    with httpx.Client(base_url=addresses.api, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def page(addresses: Addresses) -> Iterator[httpx.Client]:
    with page_of(addresses, "maya@example.com") as page:
        yield page


@pytest.fixture(scope="module")
def day(addresses: Addresses, folder: Path) -> Iterator[dict[str, Called]]:
    """What the last call of each route was answered, by route; its user has no account when it is over."""
    keys = Keys.of(folder)

    def attempt_of(job: str) -> tuple[str, str]:
        found = "select a.marker, a.provider_id from provider_attempts a join training_runs r on r.id = a.run_id"
        return one(addresses, f"{found} where r.job_id = %s", job)

    def landed_of(job: str) -> dict[str, str]:
        found = "select object_id::text, version from storage_outbox where name like %s limit 1"
        return dict(zip(("object_id", "version"), one(addresses, found, f"%/{job}/%"), strict=True))

    with page_of(addresses, "noor@example.com") as page:
        spent = Day(Page(page), keys.storage_hook_secret, keys.webhook_secret, attempt_of, landed_of)
        spent.spend()
        yield spent.page.calls


def one(addresses: Addresses, query: Any, *values: object) -> Any:
    """The one row of a query, past all rights; of a statement that gives none, nothing."""
    with psycopg.connect(addresses.postgres, autocommit=True) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchone() if cursor.description else None


def documented(route: str) -> tuple[int, dict[str, Any] | None]:
    """The status of success, and the schema of its body if it has one."""
    method, path = route.split()
    answers = DOCUMENT["paths"][path][method.lower()]["responses"]
    status = max(status for status in answers if status.startswith("2"))  # an order's, where 200 is its dry run's
    content = answers[status].get("content")
    return int(status), content["application/json"]["schema"] if content else None


@ROUTES
def test_every_route_is_called_by_a_page_and_answers_what_is_documented(day: dict[str, Called], route: str) -> None:
    """AS-13: through a real socket, a worker process and back, after the preflight that a browser makes."""
    assert route in day, f"nobody calls {route}: let somebody do so in tests/whole_day.py"
    called, (status, schema) = day[route], documented(route)
    assert called.preflight.status_code in (200, 204)
    allowed = {name: called.preflight.headers[f"access-control-allow-{name}"] for name in ("origin", "methods")}
    assert (allowed["origin"], called.asked["Access-Control-Request-Method"] in allowed["methods"]) == (PAGE, True)
    wanted = set(filter(None, called.asked["Access-Control-Request-Headers"].split(",")))
    assert wanted <= set(called.preflight.headers["access-control-allow-headers"].lower().replace(" ", "").split(","))
    assert (called.answer.status_code, called.answer.headers["access-control-allow-origin"]) == (status, PAGE)
    if schema is None:
        assert called.answer.content == b""
    else:
        checked = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
        assert [error.message for error in checked.iter_errors(called.answer.json())] == []


def test_a_removed_photo_is_gone_when_the_answer_is_there(page: httpx.Client) -> None:
    job = opened(page)
    photo = {"slot": 1, "content_type": "image/jpeg", "bytes": 100_000}
    announced = page.post(f"/v1/trainings/{job}/photos", json=photo).json()["photo"]["id"]
    for _ in range(2):  # whoever did not hear the first answer asks again
        removed = page.delete(f"/v1/trainings/{job}/photos/{announced}")
        assert (removed.status_code, removed.content) == (204, b"")
        assert removed.headers["access-control-allow-origin"] == PAGE
        assert page.get(f"/v1/trainings/{job}").json()["photos"] == []


def opened(page: httpx.Client) -> str:
    asked = {"model_name": "Maya Chen", "gender": "female", "consent": CONSENT}
    return str(page.post("/v1/trainings", json=asked).json()["id"])


@contextmanager
def kicks_go(addresses: Addresses, where: str) -> Iterator[None]:
    """The storage trigger sends its kicks there."""
    secret, change = "croquis_storage_hook_url", "update vault.secrets set secret = %s where name = %s"
    (usual,) = one(addresses, "select secret from vault.secrets where name = %s", secret)
    one(addresses, change, where, secret)
    try:
        yield
    finally:
        one(addresses, change, usual, secret)


def test_a_photo_whose_kick_is_lost_is_checked_within_the_next_look_of_the_laptops_clock(
    addresses: Addresses, page: httpx.Client
) -> None:
    """WH-21: nobody sweeps here but the clock."""
    job, data = opened(page), small_photos()[0]
    with kicks_go(addresses, "http://127.0.0.1:9/nobody"):
        announced = {"slot": 1, "content_type": "image/jpeg", "bytes": len(data)}
        url = page.post(f"/v1/trainings/{job}/photos", json=announced).json()["upload_url"]
        httpx.put(url, content=data, headers={"Content-Type": "image/jpeg"}).raise_for_status()
        [photo] = page.get(f"/v1/trainings/{job}").json()["photos"]
        assert photo["status"] == "uploaded"
        one(addresses, "update storage_outbox set created_at = now() - interval '11 seconds' where name like %s",
            f"%/{job}/%")  # fmt: skip
        until(lambda: page.get(f"/v1/trainings/{job}").json()["photos"][0]["status"] not in WAITING)
    assert page.get(f"/v1/trainings/{job}").json()["photos"][0]["status"] == "accepted"


def test_replicates_own_clients_reach_its_stand_in_under_tls(
    addresses: Addresses, day: dict[str, Called], folder: Path
) -> None:
    """Their file objects are made of https links alone: tests/sandbox/test_twin_clients.py."""
    trusted = ssl.create_default_context(cafile=folder / "state/replicate/trusted.pem")
    token = {"Authorization": f"Bearer {Keys.of(folder).replicate_token}"}
    with httpx.Client(base_url=addresses.replicate_tls, verify=trusted, headers=token) as client:
        version = client.get("/v1/trainings").json()["results"][0]["output"]["version"]
        wanted = {"version": version, "input": {"prompt": "standing", "megapixels": "0.25"}}
        made = client.post("/v1/predictions", json=wanted, headers={"Prefer": "wait"}).json()
        assert made["output"][0].startswith(f"{addresses.replicate_tls}/delivery/")
        assert client.get(made["output"][0]).status_code == 200


@ROUTES
def test_a_page_may_ask_first_and_then_hear_a_refusal(page: httpx.Client, route: str) -> None:
    assert_a_page_may_call(page, route)


def test_a_page_of_another_origin_hears_nothing(page: httpx.Client) -> None:
    assert_others_hear_nothing(page)


def test_a_name_that_was_rebound_to_this_machine_reaches_nothing(page: httpx.Client) -> None:
    assert page.get("/v1/models", headers={"Host": "rebound.example"}).status_code == 400
