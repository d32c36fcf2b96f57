"""The door of uploads: real events in, answers out; and what the storage does with what is put to a signed URL."""

import hashlib
from base64 import b64encode
from datetime import datetime

import httpx
import jwt
import pytest
from doors.drafts import draft, photo_of
from doors.exchange import assert_problem, event, send
from studio import PHOTOS, Studio, User
from supabase import ClientOptions, create_client
from waiting import until

PHOTO = PHOTOS[0].read_bytes()


def test_a_training_is_opened_with_its_consent_and_slots(studio: Studio, maya: User, token: str) -> None:
    """WH-07 holds for users too: the event's body is base64-encoded."""
    answer = send(event("open_training", token=token))
    view = answer.json
    assert (answer.status, view["status"], view["model_name"]) == (201, "draft", "Zoë Müller")
    assert (len(view["slots"]), sum(slot["advised"] for slot in view["slots"])) == (12, 10)
    assert view["rules"]["minimum"] == 8
    consent = studio.row(
        "select c.* from public.consents c join public.lora_training_jobs j on j.consent_id = c.id where j.id = %s",
        view["id"],
    )
    assert (str(consent["owner_id"]), consent["text_version"]) == (maya.id, "2026-11")
    assert set(consent["declarations"].values()) == {True}


def test_a_photo_gets_an_upload_url_below_its_owners_id(studio: Studio, maya: User, token: str) -> None:
    """AS-14: the path is made by the server."""
    job = draft(studio, maya)
    answer = send(event("add_photo", token=token, job_id=job))
    photo = answer.json["photo"]
    assert (answer.status, photo["slot"], photo["status"]) == (201, 3, "awaiting_upload")
    path = f"{maya.id}/{job}/{photo['id']}"
    assert (answer.json["bucket"], answer.json["path"]) == ("photo-uploads", path)
    assert f"/object/upload/sign/photo-uploads/{path}?token={answer.json['token']}" in answer.json["upload_url"]


def test_an_upload_says_when_its_right_ends(maya: User) -> None:
    signed = maya.announce(maya.open(), 1, PHOTO)
    claims = jwt.decode(signed["token"], options={"verify_signature": False})
    assert datetime.fromisoformat(signed["expires_at"]).timestamp() == claims["exp"] == claims["iat"] + 2 * 60 * 60


def test_a_page_uploads_with_bucket_path_and_token(studio: Studio, maya: User) -> None:
    """As supabase-js does with uploadToSignedUrl: no user's token, only the project's key."""
    job = maya.open()
    signed = maya.announce(job, 1, PHOTO)
    with httpx.Client() as http:
        key = studio.gateway.settings.publishable_key
        page = create_client(studio.gateway.url, key, ClientOptions(httpx_client=http))
        bucket = page.storage.from_(signed["bucket"])
        bucket.upload_to_signed_url(signed["path"], signed["token"], PHOTO, {"content-type": "image/jpeg"})
    assert maya.checked(job)["photos"][0]["status"] == "accepted"


def test_a_page_uploads_in_parts_with_the_same_token(maya: User) -> None:
    """As tus-js-client does: the upload survives a connection that breaks between two parts."""
    job = maya.open()
    signed = maya.announce(job, 1, PHOTO)
    described = {"bucketName": signed["bucket"], "objectName": signed["path"], "contentType": "image/jpeg"}
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in described.items())
    signature = {"Tus-Resumable": "1.0.0", "x-signature": signed["token"]}
    begin = {"Upload-Length": str(len(PHOTO)), "Upload-Metadata": metadata}
    with httpx.Client(headers=signature, timeout=30) as page:
        address = page.post(signed["resumable_url"], headers=begin).raise_for_status().headers["location"]
        for offset, end in ((0, 1000), (1000, len(PHOTO))):
            part = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            page.patch(address, content=PHOTO[offset:end], headers=part).raise_for_status()
    assert maya.checked(job)["photos"][0]["status"] == "accepted"


def test_a_removed_photo_is_gone_from_the_job(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=2)
    answer = send(event("remove_photo", token=token, job_id=job, photo_id=photo_of(studio, job)))
    assert (answer.status, answer.body) == (204, "")
    assert len(maya.read(job)["photos"]) == 1


def test_a_replaced_photo_leaves_one_per_slot(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya)
    first, second = (send(event("add_photo", token=token, job_id=job)).json["photo"]["id"] for _ in range(2))
    assert [photo["id"] for photo in maya.read(job)["photos"]] == [second] != [first]


def put(url: str, data: bytes, content_type: str = "image/jpeg") -> httpx.Response:
    return httpx.put(url, content=data, headers={"content-type": content_type}, timeout=30)


def test_a_file_over_the_limit_is_refused_by_the_storage(maya: User) -> None:
    """AS-14: the signed URL itself binds no size, the bucket does."""
    url = maya.announce(maya.open(), 1, PHOTO)["upload_url"]
    answer = put(url, b"\xff\xd8\xff" + bytes(25_000_000))
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "413")  # the storage's own envelope


def test_a_type_outside_the_buckets_list_is_refused_by_the_storage(maya: User) -> None:
    """AS-14, FI-06."""
    answer = put(maya.announce(maya.open(), 1, PHOTO)["upload_url"], b"<svg/>", "image/svg+xml")
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "415")


def test_other_bytes_than_announced_are_rejected_and_deleted(studio: Studio, maya: User) -> None:
    job = maya.open()
    url = maya.announce(job, 1, PHOTO)["upload_url"]
    put(url, PHOTO + b"more").raise_for_status()
    [photo] = maya.checked(job)["photos"]
    assert (photo["status"], [it["code"] for it in photo["findings"]]) == ("rejected", ["size_differs"])
    assert photo["thumbnail_url"] is None
    assert_nothing_is_stored(studio, photo["id"])


def test_another_type_than_announced_is_read_as_what_it_is(studio: Studio, maya: User) -> None:
    """FI-06: by content, not by name or header."""
    job = maya.open()
    maya.upload(job, 1, PHOTO, "image/png")
    [photo] = maya.checked(job)["photos"]
    assert photo["status"] == "accepted"
    assert [(it["code"], it["severity"]) for it in photo["findings"]] == [("type_differs", "advice")]


CLAIMS = {
    "": "image/jpeg",
    "application/octet-stream": "image/jpeg",
    "image/jpg": "image/jpeg",
    "IMAGE/PJPEG": "image/jpeg",
    "image/heic-sequence": "image/heic",
    "Image/HEIC": "image/heic",
    "image/png; charset=binary": "image/png",
}


def test_whatever_a_browser_takes_the_file_for_it_is_told_how_to_upload_it(maya: User) -> None:
    """FI-06: what the file is stands in its content; where nothing was claimed, no word is said about it."""
    job = maya.open()
    for slot, claim in enumerate(CLAIMS, 1):
        signed = maya.announce(job, slot, PHOTO, claim)
        assert signed["content_type"] == CLAIMS[claim]
        put(signed["upload_url"], PHOTO, signed["content_type"]).raise_for_status()
    photos = maya.checked(job)["photos"]
    assert {photo["status"] for photo in photos} == {"accepted"}
    advised = [[it["code"] for it in photo["findings"]] for photo in photos]
    assert advised == [[] if CLAIMS[claim] == "image/jpeg" else ["type_differs"] for claim in CLAIMS]


def test_what_is_no_photo_is_unreadable_and_deleted(studio: Studio, maya: User) -> None:
    job = maya.open()
    maya.upload(job, 1, b"<html><script>alert(1)</script></html>")
    [photo] = maya.checked(job)["photos"]
    assert photo["status"] == "unreadable"
    assert photo["findings"][0]["hint"]
    assert_nothing_is_stored(studio, photo["id"])


def test_a_second_put_to_the_same_url_is_refused_or_deleted_unread(studio: Studio, maya: User) -> None:
    """AS-14: one photo per URL."""
    job = maya.open()
    url = maya.announce(job, 1, PHOTO)["upload_url"]
    put(url, PHOTO).raise_for_status()
    [first] = maya.checked(job)["photos"]
    put(url, PHOTOS[1].read_bytes())
    [still] = maya.checked(job)["photos"]
    assert still["status"] == first["status"] == "accepted"
    clean = httpx.get(still["thumbnail_url"]).content
    assert hashlib.sha256(clean).digest() == hashlib.sha256(httpx.get(first["thumbnail_url"]).content).digest()
    assert_nothing_is_stored(studio, first["id"])


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_signed_upload_url_is_good_for_nothing_else(maya: User, method: str) -> None:
    """AS-09."""
    url = maya.announce(maya.open(), 1, PHOTO)["upload_url"]
    assert httpx.request(method, url).status_code >= 400


def test_no_photo_is_added_after_the_job_was_submitted(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya)
    maya.post(f"/v1/trainings/{job}/cancel").raise_for_status()
    assert_problem(send(event("add_photo", token=token, job_id=job)), 409, "photos_are_final")


def assert_nothing_is_stored(studio: Studio, photo: str) -> None:
    left = "select name from storage.objects where bucket_id = 'photo-uploads' and name like %s"
    until(lambda: not studio.rows(left, f"%/{photo}"))
