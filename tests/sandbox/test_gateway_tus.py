"""Resumable uploads: they go on where they stopped, and the object appears with its last byte."""

import json
import socket
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from captured import VECTORS, Replay
from storage_project import StorageProject
from waiting import until

from sandbox.supabase.object_files import ObjectFiles
from sandbox.supabase.tus_uploads import ResumableUploads

TUS = {"tus-resumable": "1.0.0"}
CHUNK = {"content-type": "application/offset+octet-stream"}
MB = 1_000_000


@pytest.fixture
def project(plain_gateway):
    with StorageProject(plain_gateway) as project:
        yield project


class Upload:
    """A client that holds one upload's URL."""

    def __init__(
        self, project: StorageProject, name: str, headers: dict[str, str] | None = None, length: int | None = 10
    ) -> None:
        self.name = f"{project.alice}/{name}"
        self.headers = TUS | (headers or project.headers(project.alice))
        self.created = httpx.post(
            f"{project.url}/upload/resumable{'/sign' if 'x-signature' in self.headers else ''}",
            headers=self.headers | described(self.name, length),
        )
        self.url = self.created.headers.get("location", "")

    def patch(self, offset: int, body: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
        return httpx.patch(
            self.url, headers=self.headers | CHUNK | {"upload-offset": str(offset)} | headers, content=body
        )

    def offset(self) -> str:
        return httpx.head(self.url, headers=self.headers).headers["upload-offset"]


def described(name: str, length: int | None, kind: str = "text/plain", **more: str) -> dict[str, str]:
    values = {"bucketName": "docs", "objectName": name, "contentType": kind, "cacheControl": "3600"} | more
    pairs = [f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items()]
    size = {"upload-defer-length": "1"} if length is None else {"upload-length": str(length)}
    return size | {"upload-metadata": ",".join(pairs)}


def test_the_captured_session_is_answered_as_the_real_server_did(project):
    project.sql("update storage.buckets set file_size_limit = 2000, allowed_mime_types = array['text/plain']")
    limit = str(project.settings.file_size_limit)
    replay = Replay(project.gateway_url, project.credentials, file_size_limit=limit)
    for exchange in VECTORS["tus"]:
        replay.run(exchange)
    assert project.rows() == ["tus/a.txt", "tus/signed.txt"]
    assert project.sql("select distinct user_metadata from storage.objects") == [({"k": "v"},)]
    assert project.events() == ["INSERT", "INSERT"]


def test_the_object_appears_with_its_last_byte_and_belongs_to_the_user(project):
    upload = Upload(project, "a.txt")
    assert upload.url.startswith(f"{project.url}/upload/resumable/")
    upload.patch(0, b"01234")
    assert (project.rows(), project.events()) == ([], [])
    assert upload.patch(5, b"56789").status_code == 204
    assert project.client(project.alice).from_("docs").download(upload.name) == b"0123456789"
    [(owner, metadata)] = project.sql("select owner_id, metadata from storage.objects")
    assert (owner, metadata["size"], metadata["cacheControl"]) == (project.alice, 10, "max-age=3600")
    assert project.events() == ["INSERT"]


def test_a_finished_upload_still_tells_that_it_is_done(project):
    """A client that missed the last answer asks again, and must not send the bytes a second time (JB-06)."""
    upload = Upload(project, "a.txt", project.service_headers | {"x-upsert": "true"})
    upload.patch(0, b"0123456789")
    assert upload.offset() == "10"
    assert upload.patch(10, b"").status_code == 204
    assert upload.patch(0, b"0123456789").status_code == 409
    assert project.events() == ["INSERT"]


@pytest.mark.parametrize("offset", [0, 4, 6, 10])
def test_a_chunk_for_another_offset_is_a_conflict_and_changes_nothing(offset, project):
    upload = Upload(project, "a.txt")
    upload.patch(0, b"01234")
    assert upload.patch(offset, b"x").status_code == 409
    assert upload.offset() == "5"


def test_a_broken_connection_keeps_what_has_arrived(project):
    upload, body = Upload(project, "a.txt", length=20_000), bytes(10_000)
    address = urlsplit(upload.url)
    lines = [f"{name}: {value}" for name, value in (upload.headers | CHUNK | {"upload-offset": "0"}).items()]
    head = [f"PATCH {address.path} HTTP/1.1", f"host: {address.netloc}", "content-length: 20000", *lines, "", ""]
    with socket.create_connection((address.hostname or "", address.port or 0)) as broken:
        broken.sendall("\r\n".join(head).encode() + body)
        until(lambda: upload.offset() != "0")
        assert upload.patch(int(upload.offset()), b"x").status_code == 409  # two may not write at once
    until(lambda: upload.offset() == "10000")
    assert upload.patch(10_000, body).status_code == 204
    assert project.service().from_("docs").download(upload.name) == body + body


def test_the_first_chunk_may_come_with_the_creation(project):
    name = f"{project.alice}/a.txt"
    answer = httpx.post(
        f"{project.url}/upload/resumable",
        headers=project.headers(project.alice) | TUS | CHUNK | described(name, 5, metadata=json.dumps({"k": 1})),
        content=b"01234",
    )
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "5")
    assert project.sql("select user_metadata from storage.objects") == [({"k": 1},)]


def test_an_empty_object_is_there_at_once(project):
    assert Upload(project, "empty.txt", length=0).created.status_code == 201
    assert project.sql("select metadata ->> 'size' from storage.objects") == [("0",)]


def test_the_length_may_be_told_later(project):
    upload = Upload(project, "a.txt", length=None)
    upload.patch(0, b"01234")
    assert project.rows() == []
    assert upload.patch(5, b"5", **{"upload-length": "6"}).status_code == 204
    assert project.rows() == [upload.name]


def test_nothing_beyond_the_length_or_the_buckets_limit_is_taken(project):
    limit = 200_000  # more than the server takes from the socket at once
    project.sql("update storage.buckets set file_size_limit = %s", (limit,))
    assert Upload(project, "a.txt", length=limit + 1).created.status_code == 413
    for upload in (Upload(project, "b.txt", length=limit), Upload(project, "c.txt", length=None)):
        assert upload.patch(0, bytes(limit + 1)).status_code == 413
        sent = upload.headers | CHUNK | {"upload-offset": "0"}
        chunked = httpx.patch(upload.url, headers=sent, content=iter([bytes(limit), b"x"]))
        assert (chunked.status_code, upload.offset()) == (413, "0")
    assert project.rows() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"upload-metadata": "bucketName !"}, 400),
        ({"upload-length": "many"}, 400),
        ({"tus-resumable": "0.2.2"}, 412),
        (described("\u00fc.txt", 1), 400),
        (described("a.txt", 1, bucketName="nope"), 404),
        (described("a.pdf", 1, kind="application/pdf"), 415),
    ],
)
def test_a_creation_that_cannot_be_is_refused_with_its_true_status(headers, status, project):
    sent = project.service_headers | TUS | described("a.txt", 1) | headers
    assert httpx.post(f"{project.url}/upload/resumable", headers=sent).status_code == status


def test_only_who_may_insert_there_begins_goes_on_or_gives_up(project):
    """AS-09"""
    upload = Upload(project, "a.txt")
    upload.headers = TUS | project.headers(project.bob)
    assert upload.patch(0, b"0123456789").status_code == 403
    assert httpx.delete(upload.url, headers=upload.headers).status_code == 403
    assert Upload(project, "b.txt", project.headers(project.bob)).created.status_code == 403
    assert project.rows() == []


def test_an_object_that_is_there_is_overwritten_only_when_asked(project):
    """JB-06"""
    Upload(project, "a.txt").patch(0, b"0123456789")
    assert Upload(project, "a.txt").created.status_code == 409
    again = Upload(project, "a.txt", project.service_headers | {"x-upsert": "true"})
    assert again.patch(0, b"9876543210").status_code == 204
    assert project.events() == ["INSERT", "UPDATE"]
    assert project.service().from_("docs").download(again.name) == b"9876543210"


def test_a_signed_upload_needs_its_token_at_every_step(project):
    name = f"{project.alice}/a.txt"
    docs = project.client(project.alice).from_("docs")
    token = docs.create_signed_upload_url(name)["token"]
    upload = Upload(project, "a.txt", {"x-signature": token})
    for wrong in ({}, {"x-signature": docs.create_signed_upload_url(f"{name}2")["token"]}):
        sent = TUS | CHUNK | {"upload-offset": "0"} | wrong
        assert httpx.patch(upload.url, headers=sent, content=b"0123456789").status_code == 400
    assert upload.patch(0, b"0123456789").status_code == 204
    assert project.sql("select owner_id from storage.objects") == [(project.alice,)]


def test_an_upload_that_was_given_up_or_expired_or_never_was_is_not_found(project):
    given_up, expired = Upload(project, "a.txt"), Upload(project, "b.txt")
    assert httpx.delete(given_up.url, headers=given_up.headers).status_code == 204
    for description in project.settings.objects_dir.glob("resumable/*.json"):
        description.write_text(json.dumps(json.loads(description.read_text()) | {"expires_at": 0}))
    unknown = f"{project.url}/upload/resumable/{b64encode(b'docs/a.txt/../../secret').decode()}"
    for url in (given_up.url, expired.url, unknown):
        assert httpx.head(url, headers=given_up.headers).status_code == 404
    assert project.files() == []


def test_a_restart_keeps_what_lives_and_clears_what_expired_or_was_cut_off(project):
    living, expired = Upload(project, "a.txt"), Upload(project, "b.txt")
    living.patch(0, b"01234")
    folder = project.settings.objects_dir
    [description] = [path for path in folder.glob("resumable/*.json") if expired.name in path.read_text()]
    description.write_text(json.dumps(json.loads(description.read_text()) | {"expires_at": 0}))
    (folder / "incoming" / "half").write_bytes(b"x")
    ResumableUploads(folder / "resumable")
    ObjectFiles(folder)
    assert {path.suffix for path in project.files()} == {".json", ".part"}
    assert (len(project.files()), living.offset()) == (2, "5")


def test_sixty_megabytes_go_through_in_constant_memory(project):
    upload, piece = Upload(project, "big.txt", length=60 * MB), bytes(60_000)
    tracemalloc.start()
    try:
        for offset in range(0, 60 * MB, 6 * MB):
            # in pieces: the client copies what is left of a large one each time the socket is full
            chunk = (piece for _ in range(100))
            assert upload.patch(offset, chunk, **{"content-length": str(6 * MB)}).status_code == 204
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * MB  # less than one chunk
    assert project.sql("select metadata ->> 'size' from storage.objects") == [("60000000",)]
