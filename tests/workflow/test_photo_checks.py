"""From a landed upload to its verdict, through storage, trigger, hook, queue and check: the samples, and bad luck."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from PIL import Image
from scenes import minutes_pass
from studio import BAD_PHOTOS, EXPECTED, PHOTOS, Studio, User
from waiting import until

from croquis import wiring


def test_the_good_samples_are_accepted_with_their_views(studio: Studio, maya: User) -> None:
    job = maya.open()
    for slot, path in enumerate(PHOTOS, 1):
        maya.upload(job, slot, path.read_bytes())
    view = maya.checked(job)
    assert view["accepted_photos"] == 12
    assert [it for photo in view["photos"] for it in photo["findings"]] == []
    assert {photo["slot"]: photo["view"] for photo in view["photos"]} == {
        slot: EXPECTED[f"good/{path.name}"]["view"] for slot, path in enumerate(PHOTOS, 1)
    }
    # a set with all views, poses, clothes and places: nothing is missed
    assert view["set_findings"] == []


def test_each_bad_sample_is_refused_for_its_own_reason(studio: Studio, maya: User) -> None:
    job = maya.open()
    for slot, path in enumerate(BAD_PHOTOS.values(), 1):
        maya.upload(job, slot, path.read_bytes())
    photos = maya.checked(job)["photos"]
    reasons = {
        name: next(it["code"] for it in photo["findings"] if it["severity"] == "blocking")
        for name, photo in zip(BAD_PHOTOS, photos, strict=True)
    }
    right = {name: EXPECTED[f"bad/{name}.jpg"]["verdict"] for name in BAD_PHOTOS} | {"blurred": "blurred"}
    assert reasons == right
    assert {photo["status"] for photo in photos} == {"rejected"}
    assert all(it["hint"] for photo in photos for it in photo["findings"])
    takes = dict(zip(BAD_PHOTOS, (photo["override"] for photo in photos), strict=True))
    assert takes == dict.fromkeys(BAD_PHOTOS, "click") | {"no_person": "declaration", "two_people": "never"}


def test_nothing_of_the_uploaded_file_but_its_pixels_is_kept(studio: Studio, maya: User) -> None:
    """FI-04: a phone's orientation and place go; what is shown and trained stands upright."""
    with Image.open(PHOTOS[0]) as photo:
        exif = photo.getexif()
        exif[0x0112] = 6  # the camera lay on its side
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
        photo.transpose(Image.Transpose.ROTATE_90).save(lying := io.BytesIO(), "JPEG", quality=92, exif=exif)
    job = maya.open()
    maya.upload(job, 1, lying.getvalue())
    [checked] = maya.checked(job)["photos"]
    assert (checked["status"], checked["width"], checked["height"]) == ("accepted", 1024, 1536)
    for path in clean_paths(studio, checked["id"]):
        with Image.open(io.BytesIO(stored(path))) as kept:
            assert kept.height > kept.width
            assert (len(kept.getexif()), kept.info.get("icc_profile"), kept.info.get("comment")) == (0, None, None)
    assert not studio.rows("select 1 from storage.objects where bucket_id = 'photo-uploads' and name like %s",
                           f"%{checked['id']}")  # fmt: skip


def test_a_photo_that_the_checker_cannot_survive_is_unreadable_and_blocks_nobody(studio: Studio, maya: User) -> None:
    """SF-17: three tries, each claimed anew, then a sentence; a photo beside it is checked meanwhile."""
    job = maya.open()
    with keeps_at_most(studio, 90_000):  # storing the clean copy of the large photo breaks the worker's call
        large = maya.upload(job, 1, PHOTOS[0].read_bytes())
        small = maya.upload(job, 2, shrunk(PHOTOS[1].read_bytes()))
        until(lambda: statuses(maya, job)[small] == "accepted")
        for attempts in (1, 2, 3):
            until(lambda attempts=attempts: outbox(studio, large)["attempts"] == attempts)
            assert statuses(maya, job)[large] == "checking"
            minutes_pass(studio, 6)
            studio.sweep()
        until(lambda: statuses(maya, job)[large] == "unreadable")
    [told] = next(photo["findings"] for photo in maya.read(job)["photos"] if photo["id"] == large)
    assert (told["code"], bool(told["sentence"] and told["hint"]), told["override"]) == ("unreadable", True, "never")
    until(lambda: outbox(studio, large)["done_at"])


@pytest.mark.parametrize("times", [2, 5])
def test_a_doubled_kick_checks_a_photo_once(studio: Studio, maya: User, times: int) -> None:
    """WH-21."""
    job = maya.open()
    photo = maya.upload(job, 1, PHOTOS[0].read_bytes())
    event = studio.row("select object_id::text, version from storage_outbox where name like %s", f"%{photo}")
    for _ in range(times):
        hook = httpx.post(
            f"{studio.api_url}/hooks/storage", json=event, headers={"x-croquis-hook-secret": studio.hook_secret}
        )
        assert hook.status_code < 300
    assert maya.checked(job)["accepted_photos"] == 1
    assert until(lambda: outbox(studio, photo)["done_at"] and outbox(studio, photo))["attempts"] == 1


def statuses(user: User, job: str) -> dict[str, str]:
    return {photo["id"]: photo["status"] for photo in user.read(job)["photos"]}


def outbox(studio: Studio, photo: str) -> dict[str, Any]:
    return studio.row("select attempts, done_at from storage_outbox where name like %s", f"%{photo}")


def clean_paths(studio: Studio, photo: str) -> list[str]:
    row = studio.row("select clean_path, thumbnail_path from training_photos where id = %s", photo)
    return [row["clean_path"], row["thumbnail_path"]]


def stored(path: str) -> bytes:
    return wiring.croquis().files.read("training-photos", path, limit=60_000_000)


@contextmanager
def keeps_at_most(studio: Studio, most: int) -> Iterator[None]:
    """The bucket of clean copies takes no larger object meanwhile."""
    limit = "update storage.buckets set file_size_limit = %s where id = 'training-photos'"
    studio.rows(limit, most)
    try:
        yield
    finally:
        studio.rows(limit, 60_000_000)


def shrunk(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as photo:
        photo.thumbnail((640, 960))
        photo.save(target := io.BytesIO(), "JPEG", quality=85)
    return target.getvalue()
