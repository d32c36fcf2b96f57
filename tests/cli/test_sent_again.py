"""What is sent again, and as what: an order under its first key, an upload whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from croquis_cli import exchange
from croquis_cli.api import Api
from croquis_cli.desk import Desk
from croquis_cli.errors import Refused, Unreachable
from croquis_cli.photos import FileBody
from croquis_cli.screen import Screen
from sandbox.laptop.serving import ServerThread

PROBLEM = {"detail": "No.", "hint": "Do not.", "code": "closed", "request_id": "r-1"}


@dataclass
class Place:
    """Answers what is listed, then 202; remembers what it was sent."""

    url: str = ""
    answers: list[Response] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.keys.append(request.headers.get("idempotency-key", ""))
        return self.answers.pop(0) if self.answers else JSONResponse({"id": "made"}, 202)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    with ServerThread(Starlette(routes=[Route("/{path:path}", place.take, methods=["POST", "PUT"])])) as server:
        place.url = server.url
        yield place


@pytest.fixture
def desk(place: Place, tmp_path: Path) -> Desk:
    deployment = {"api": place.url, "supabase": place.url, "publishable_key": "k"}
    tokens = {"access_token": "a", "refresh_token": "r", "expires_at": 9e9}
    known = {"deployment": deployment, "email": "e", "user_id": "u", **tokens}
    (tmp_path / "session.json").write_text(json.dumps(known))
    return Desk(Screen(as_json=True), tmp_path)


def test_an_order_without_an_answer_keeps_its_key_and_an_answered_one_gives_it_up(desk: Desk, place: Place) -> None:
    place.answers = [Response(status_code=500)]
    with desk.api() as api:
        with pytest.raises(Unreachable):
            desk.order(api, "/v1/x", {"pose": "standing"})
        desk.order(api, "/v1/x", {"pose": "sitting"})
        desk.order(api, "/v1/x", {"pose": "standing"})
        desk.order(api, "/v1/x", {"pose": "standing"})
    lost, other, again, later = place.keys
    assert lost == again
    assert len({lost, other, later}) == 3


@pytest.mark.parametrize("status", [500, 503])
def test_an_accident_that_is_told_as_a_problem_is_no_answer_either(desk: Desk, place: Place, status: int) -> None:
    place.answers = [JSONResponse(PROBLEM, status)] * 3
    with desk.api() as api:
        with pytest.raises(Unreachable) as caught:
            desk.order(api, "/v1/x", {})
        place.answers = []
        desk.order(api, "/v1/x", {})
    assert (caught.value.exit_code, caught.value.sentence) == (5, "No.")
    assert len(set(place.keys)) == 1


def test_a_refused_order_gives_up_its_key(desk: Desk, place: Place) -> None:
    place.answers = [JSONResponse(PROBLEM, 409)]
    with desk.api() as api:
        with pytest.raises(Refused) as caught:
            desk.order(api, "/v1/x", {})
        desk.order(api, "/v1/x", {})
    assert caught.value.document["error"] == {
        "exit_code": 4, "sentence": "No.", "hint": "Do not.", "code": "closed", "request_id": "r-1",
    }  # fmt: skip
    assert len(set(place.keys)) == 2


def test_what_costs_money_is_not_sent_again_without_a_key(desk: Desk, place: Place) -> None:
    place.answers = [Response(status_code=503)]
    with Api(desk.sessions) as api, pytest.raises(Unreachable):
        api.post("/v1/x", {})
    assert len(place.bodies) == 1


def test_an_upload_that_failed_is_sent_whole_again_and_its_progress_ends_at_its_size(
    place: Place, tmp_path: Path
) -> None:
    photo, moved = tmp_path / "photo.jpg", list[int]()
    photo.write_bytes(bytes(range(256)) * 600)
    place.answers = [Response(status_code=503)]
    with exchange.client() as http:
        body = FileBody(photo, moved.append)
        answer = exchange.send(
            http, "PUT", f"{place.url}/up", again=True, content=body, headers={"Content-Length": "153600"}
        )
    assert answer.is_success
    assert place.bodies == [photo.read_bytes()] * 2
    assert sum(moved) == 153600
