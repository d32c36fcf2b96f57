"""Calls every route of the deployed API as a page does: the preflight first, then the call itself."""

import re
from uuid import uuid4

import httpx
from contracts.test_template import LINK_ROUTES, MACHINE_ROUTES

PAGE = "http://localhost:5173"
NEED_NOTHING = ("GET /v1/trainings", "GET /v1/models", "GET /v1/scenes", "POST /v1/provenance/uploads")
NEED_NOTHING += ("GET /v1/erasures",)
NEED_NOTHING += ("GET /v1/garments", "GET /v1/looks", "GET /v1/look-books")


def assert_a_page_may_call(api: httpx.Client, route: str) -> None:
    """AS-13: the preflight of a named origin is answered, and every route leads to its own function."""
    method, path = route.split()
    path = re.sub(r"\{\w+\}", str(uuid4()), path)
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    preflight = api.options(path, headers=asked)
    assert preflight.status_code in (200, 204)
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert method in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = api.request(method, path, json={} if method in ("POST", "PATCH") else None)
    assert answer.headers["access-control-allow-origin"] == PAGE
    if route in MACHINE_ROUTES:
        assert answer.status_code == 401
    elif route in LINK_ROUTES:  # a person with an account has no link
        assert answer.status_code in (401, 422)
    elif route in NEED_NOTHING:
        assert answer.status_code in (200, 201)
    else:  # nothing of theirs is there, or the body lacks something; whoever answers says it as a problem
        assert answer.status_code in (400, 404, 422)
        assert answer.json()["code"]


def assert_others_hear_nothing(api: httpx.Client) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    assert "access-control-allow-origin" not in api.options("/v1/models", headers=asked).headers


def assert_an_answer_without_a_body_arrives(api: httpx.Client, consent: dict[str, object]) -> None:
    opened = api.post("/v1/trainings", json={"model_name": "Maya Chen", "gender": "female", "consent": consent})
    job = opened.json()["id"]
    photo = {"slot": 1, "content_type": "image/jpeg", "bytes": 100_000}
    announced = api.post(f"/v1/trainings/{job}/photos", json=photo).json()["photo"]["id"]
    removed = api.delete(f"/v1/trainings/{job}/photos/{announced}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert api.get(f"/v1/trainings/{job}").json()["photos"] == []
