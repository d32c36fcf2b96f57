"""From a landed upload to a garment that may be worn, through storage, trigger, hook, queue and check; and bad luck."""

from typing import Any

import httpx
import pytest
from scenes import minutes_pass
from studio import BAD_PHOTOS, PHOTOS, Studio, User
from waiting import until

from sandbox import ROOT

SAMPLES = ROOT / "sandbox/demo_garments"
TOP = (SAMPLES / "upper.png").read_bytes()
CATEGORIES = {"coat": "outerwear"}
WAITING = ("awaiting_upload", "uploaded", "checking")


def announced(user: User, data: bytes, category: str = "upper", **changes: object) -> dict[str, Any]:
    garment = {"name": f"My {category}", "category": category, "content_type": "image/png", "bytes": len(data)}
    answer = user.post("/v1/garments", garment | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def brought(user: User, data: bytes, category: str = "upper", **changes: object) -> dict[str, Any]:
    """The garment once its picture was checked."""
    upload = announced(user, data, category, **changes)
    user.put(upload["upload_url"], data, upload["content_type"])
    return checked(user, upload["garment"]["id"])


def read(user: User, garment: str) -> dict[str, Any]:
    return user.http.get(f"/v1/garments/{garment}").raise_for_status().json()


def checked(user: User, garment: str) -> dict[str, Any]:
    return until(lambda: (it := read(user, garment)) and it["status"] not in WAITING and it)


def codes(garment: dict[str, Any]) -> list[str]:
    return [it["code"] for it in garment["findings"]]


def objects(studio: Studio, garment: str) -> list[str]:
    named = f"%{garment}%"
    return [it["bucket_id"] for it in studio.rows("select bucket_id from storage.objects where name like %s", named)]


@pytest.fixture
def wardrobe(maya: User) -> dict[str, dict[str, Any]]:
    """The samples, each uploaded and checked."""
    samples = {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.png"))}
    return {name: brought(maya, data, CATEGORIES.get(name, name)) for name, data in samples.items()}


def test_the_samples_are_ready_without_advice_and_are_worn_together(
    studio: Studio, maya: User, wardrobe: dict[str, dict[str, Any]]
) -> None:
    assert {name: (it["status"], it["findings"]) for name, it in wardrobe.items()} == {
        name: ("ready", []) for name in wardrobe
    }
    assert wardrobe["dress"]["colour"].startswith("#1c78")
    for garment in wardrobe.values():
        assert (garment["width"], garment["height"]) == (576, 768)
        assert httpx.get(garment["thumbnail_url"]).headers["content-type"] == "image/jpeg"
        assert objects(studio, garment["id"]) == ["garments", "garments"]
    worn = [wardrobe[it]["id"] for it in ("upper", "lower", "coat", "shoes", "bag", "hat")]
    look = maya.post("/v1/looks", {"name": "Autumn in town", "garment_ids": worn})
    assert look.status_code == 201
    assert [it["thumbnail_url"] is not None for it in look.json()["garments"]] == [True] * 6


def test_a_person_in_the_picture_is_advice_and_the_garment_is_ready(maya: User) -> None:
    garment = brought(maya, PHOTOS[0].read_bytes(), content_type="image/jpeg")
    assert garment["status"] == "ready"
    assert "person_seen" in codes(garment)
    assert {it["severity"] for it in garment["findings"]} == {"advice"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type_not_allowed"),
        (TOP[:9000], "not_decodable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_decodable"),
    ],
)
def test_what_is_no_picture_is_unreadable_with_a_reason_and_nothing_of_it_is_kept(
    studio: Studio, maya: User, data: bytes, code: str
) -> None:
    garment = brought(maya, data)
    assert (garment["status"], codes(garment), garment["thumbnail_url"]) == ("unreadable", [code], None)
    until(lambda: objects(studio, garment["id"]) == [])


def test_another_number_of_bytes_than_was_announced_is_unreadable(maya: User) -> None:
    garment = brought(maya, TOP, bytes=len(TOP) - 1)
    assert (garment["status"], codes(garment)) == ("unreadable", ["size_differs"])


def test_a_picture_of_another_type_than_was_announced_is_read_as_what_it_is(maya: User) -> None:
    garment = brought(maya, TOP, content_type="image/webp")
    assert (garment["status"], codes(garment)) == ("ready", ["type_differs"])


def test_the_storage_refuses_a_wrong_type_and_too_much_and_a_second_object(studio: Studio, maya: User) -> None:
    upload = announced(maya, TOP)
    for data, kind in ((TOP, "text/html"), (bytes(25_000_001), "image/png")):
        refused = httpx.put(upload["upload_url"], content=data, headers={"content-type": kind}, timeout=30)
        assert refused.status_code in (400, 413, 415)
    maya.put(upload["upload_url"], TOP, "image/png")
    garment = checked(maya, upload["garment"]["id"])
    until(lambda: objects(studio, garment["id"]) == ["garments", "garments"])
    replayed = httpx.put(upload["upload_url"], content=b"something else", headers={"content-type": "image/png"})
    if (
        replayed.is_success
    ):  # the signed URL lives two hours, and its object is gone: what lands there is deleted unread
        until(lambda: objects(studio, garment["id"]) == ["garments", "garments"])
    assert read(maya, garment["id"]) | {"thumbnail_url": ""} == garment | {"thumbnail_url": ""}


def test_a_garment_removed_before_its_picture_lands_never_comes_back(studio: Studio, maya: User) -> None:
    upload = announced(maya, TOP)
    garment = upload["garment"]["id"]
    assert maya.http.delete(f"/v1/garments/{garment}").status_code == 204
    httpx.put(upload["upload_url"], content=TOP, headers={"content-type": "image/png"}, timeout=30)
    until(lambda: objects(studio, garment) == [])
    assert maya.http.get(f"/v1/garments/{garment}").status_code == 404


def test_the_objects_of_a_removed_garment_are_deleted_by_the_sweep(studio: Studio, maya: User) -> None:
    garment = brought(maya, TOP)
    maya.http.delete(f"/v1/garments/{garment['id']}").raise_for_status()
    studio.sweep()
    assert objects(studio, garment["id"]) == ["garments", "garments"]  # a check may still be writing them
    minutes_pass(studio, 6)
    assert studio.sweep()["removed_garments"]
    assert objects(studio, garment["id"]) == []


def test_a_garment_whose_picture_never_comes_is_removed_by_the_sweep(studio: Studio, maya: User) -> None:
    garment = announced(maya, TOP)["garment"]["id"]
    studio.rows("update public.garments set created_at = now() - interval '4 hours' where id = %s", garment)
    assert studio.sweep()["unsent_garments"] == 1
    assert maya.http.get(f"/v1/garments/{garment}").status_code == 404


def test_the_bad_photos_of_people_are_no_worse_as_garments_than_advice(maya: User) -> None:
    garment = brought(maya, BAD_PHOTOS["two_people"].read_bytes(), content_type="image/jpeg")
    assert (garment["status"], {it["severity"] for it in garment["findings"]}) == ("ready", {"advice"})
