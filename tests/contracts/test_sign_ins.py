"""PR-04: a sign-in counts as gone only when the sign-in service says so, and not because something else answers 404."""

import httpx
import pytest

from croquis.adapters.supabase.sign_ins import SupabaseSignIns
from croquis.domain.ids import OwnerId
from croquis.errors import Unavailable

MAYA = OwnerId("5f0c1c52-9f7c-4b6a-9a53-0f3f7f6f2d11")
GONE = {"code": "user_not_found", "message": "User not found"}


def sign_ins(status: int, body: bytes | object) -> SupabaseSignIns:
    """Those of a service that answers everything with this."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers["apikey"]) == (f"/auth/v1/admin/users/{MAYA}", "secret")
        return httpx.Response(status, content=body) if isinstance(body, bytes) else httpx.Response(status, json=body)

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return SupabaseSignIns("http://project.invalid", publishable_key="", secret_key=lambda: "secret", http=http)


def test_whom_the_service_shows_is_there_and_whom_it_does_not_know_is_gone() -> None:
    assert sign_ins(200, {"id": MAYA}).has(MAYA)
    assert not sign_ins(404, GONE).has(MAYA)
    sign_ins(404, GONE).delete(MAYA)  # already


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"id": "somebody else"}), (200, b"<html>"), (404, b"<html>"), (404, {"code": "not_found"}),
        (404, {"code": 404}), (401, {}), (403, {"code": "not_admin"}), (429, {}), (500, {}), (503, b""), (302, b""),
    ],
)  # fmt: skip
def test_any_other_answer_decides_nothing(status: int, body: bytes | object) -> None:
    with pytest.raises(Unavailable):
        sign_ins(status, body).has(MAYA)
    if status != 200:
        with pytest.raises(Unavailable):
            sign_ins(status, body).delete(MAYA)
