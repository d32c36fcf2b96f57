"""What `make up` starts, called as a page calls it: every route, a preflight, an answer without a body."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from contracts.test_template import MACHINE_ROUTES, routes

from sandbox.laptop.addresses import Ports
from sandbox.laptop.launcher import Addresses, Laptop
from sandbox.laptop.postgres import free_port

PAGE = "http://localhost:5173"
DECLARATIONS = ("adult", "own_photos_or_authorised", "training", "storage", "processors")
CONSENT = {"text_version": "2026-11", **dict.fromkeys(DECLARATIONS, True)}


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    ports = Ports(**{name: free_port() for name in Ports.__dataclass_fields__})
    folder = tmp_path_factory.mktemp("laptop")
    with Laptop(ports, lambda _: None, folder / "state", logs=folder / "log") as addresses:
        yield addresses


@pytest.fixture(scope="module")
def page(addresses: Addresses) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {addresses.sign_in()}", "Origin": PAGE}
    with httpx.Client(base_url=addresses.api, headers=headers, timeout=60) as client:
        yield client


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_page_may_ask_first_and_then_call(page: httpx.Client, route: str) -> None:
    """AS-13: the preflight of a named origin is answered, and every route leads to its own function."""
    method, path = route.split()
    path = re.sub(r"\{\w+\}", str(uuid4()), path)
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    preflight = page.options(path, headers=asked)
    assert preflight.status_code in (200, 204)
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert method in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = page.request(method, path, json={} if method in ("POST", "PATCH") else None)
    assert answer.headers["access-control-allow-origin"] == PAGE
    if route in MACHINE_ROUTES:
        assert answer.status_code == 401
    elif path in ("/v1/trainings", "/v1/models") and method == "GET":
        assert answer.status_code == 200
    else:  # nothing of theirs is there, or the body lacks something; whoever answers says it as a problem
        assert answer.status_code in (400, 404, 422)
        assert answer.json()["code"]


def test_a_page_of_another_origin_hears_nothing(page: httpx.Client) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    assert "access-control-allow-origin" not in page.options("/v1/models", headers=asked).headers


def test_an_answer_without_a_body_arrives(page: httpx.Client) -> None:
    opened = page.post("/v1/trainings", json={"model_name": "Maya Chen", "gender": "female", "consent": CONSENT})
    job = opened.json()["id"]
    photo = {"slot": 1, "content_type": "image/jpeg", "bytes": 100_000}
    announced = page.post(f"/v1/trainings/{job}/photos", json=photo).json()["photo"]["id"]
    removed = page.delete(f"/v1/trainings/{job}/photos/{announced}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert page.get(f"/v1/trainings/{job}").json()["photos"] == []
