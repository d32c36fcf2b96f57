"""Anyone signed in may ask where a picture comes from; which one it is hears only its owner."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from scenes import in_review
from studio import Studio, User


@pytest.fixture
def preview(maya: User) -> dict[str, Any]:
    shown: dict[str, Any] = maya.read(in_review(maya))["previews"][0]
    return shown | {"data": httpx.get(shown["url"]).raise_for_status().content}


def brought(user: User, data: bytes, content_type: str = "image/png") -> str:
    upload = user.post("/v1/provenance/uploads", None).raise_for_status().json()
    httpx.put(upload["upload_url"], content=data, headers={"content-type": content_type}).raise_for_status()
    return str(upload["upload_id"])


def asked(user: User, **question: str) -> dict[str, Any]:
    answer: dict[str, Any] = user.post("/v1/provenance", question).raise_for_status().json()
    return answer | {"image": (answer["image"] or {}).get("id")}


def objects(studio: Studio) -> int:
    return int(studio.row("select count(*) n from storage.objects where bucket_id = 'provenance-uploads'")["n"])


def test_by_its_hash_and_by_itself_its_owner_hears_which_one_it_is(studio: Studio, maya: User, preview: Any) -> None:
    known = {"made_here": True, "image": preview["id"]}
    assert asked(maya, sha256=preview["sha256"]) == {**known, "seal": None}
    assert asked(maya, upload_id=brought(maya, preview["data"])) == {**known, "seal": "ours"}
    assert objects(studio) == 0


def test_another_user_hears_that_it_was_made_here_and_nothing_more(studio: Studio, preview: Any) -> None:
    other = studio.user()
    assert asked(other, sha256=preview["sha256"]) == {"made_here": True, "image": None, "seal": None}
    assert asked(other, upload_id=brought(other, preview["data"])) == {"made_here": True, "image": None, "seal": "ours"}


def test_what_was_changed_or_made_elsewhere_is_not_called_ours(studio: Studio, maya: User, preview: Any) -> None:
    changed = bytearray(preview["data"])
    changed[-3000] ^= 1
    nobodys = {"made_here": False, "image": None}
    assert asked(maya, upload_id=brought(maya, bytes(changed))) == {**nobodys, "seal": "altered"}
    saved_again = io.BytesIO()
    with Image.open(io.BytesIO(preview["data"])) as picture:
        picture.save(saved_again, "JPEG")
    plain = brought(maya, saved_again.getvalue(), "image/jpeg")
    assert asked(maya, upload_id=plain) == {**nobodys, "seal": "none"}
    assert asked(maya, upload_id=brought(maya, b"no picture at all")) == {**nobodys, "seal": "none"}
    assert asked(maya, sha256="0" * 64) == {**nobodys, "seal": None}


def test_an_upload_is_looked_at_once_and_by_whoever_brought_it(studio: Studio, maya: User, preview: Any) -> None:
    upload = brought(maya, preview["data"])
    assert studio.user().post("/v1/provenance", {"upload_id": upload}).json()["code"] == "no_such_upload"
    assert asked(maya, upload_id=upload)["made_here"]
    assert maya.post("/v1/provenance", {"upload_id": upload}).json()["code"] == "no_such_object"
    never_put = maya.post("/v1/provenance/uploads", None).json()["upload_id"]
    assert maya.post("/v1/provenance", {"upload_id": never_put}).status_code == 404


@pytest.mark.parametrize("question", [{}, {"sha256": "0" * 64, "upload_id": "0"}, {"sha256": "0"}, {"sha256": None}])
def test_a_question_is_one_hash_or_one_upload(maya: User, question: dict[str, Any]) -> None:
    assert maya.post("/v1/provenance", question).status_code == 422


def test_what_was_brought_and_not_asked_about_is_deleted_within_the_hour(
    studio: Studio, maya: User, preview: Any
) -> None:
    brought(maya, preview["data"])
    there = objects(studio)
    studio.sweep()
    assert objects(studio) == there > 0
    studio.rows("update public.provenance_uploads set created_at = created_at - interval '61 minutes'")
    studio.sweep()
    assert objects(studio) == 0
    assert studio.row("select count(*) n from public.provenance_uploads")["n"] > 0  # its signed upload still lives
    studio.rows("update public.provenance_uploads set created_at = created_at - interval '2 hours'")
    studio.sweep()
    assert studio.row("select count(*) n from public.provenance_uploads")["n"] == 0
