"""Signed uploads: the right is given when the URL is signed, holds for one path and two hours, and never overwrites."""

import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile

import httpx
import pytest
from starlette import formparsers
from storage3.exceptions import StorageApiError
from storage_project import StorageProject, refusal
from waiting import until

from sandbox.supabase.signed_urls import UploadRight, UrlSigner

TEXT = {"content-type": "text/plain"}
MB = 1_000_000


@pytest.fixture
def project(plain_gateway):
    with StorageProject(plain_gateway) as project:
        yield project


@pytest.fixture
def path(project) -> str:
    return f"{project.alice}/photo.txt"


@pytest.fixture
def url(project, path) -> str:
    """A signed upload URL of Alice's."""
    return project.client(project.alice).from_("docs").create_signed_upload_url(path)["signed_url"]


def test_a_browser_puts_the_raw_bytes_and_the_object_is_the_users(project, path, url):
    answer = httpx.put(url, content=b"hello", headers=TEXT)
    assert (answer.status_code, answer.json()) == (200, {"Key": f"docs/{path}"})
    assert project.service().from_("docs").download(path) == b"hello"
    assert project.sql("select owner_id, owner from storage.objects") == [(project.alice, None)]
    assert project.events() == ["INSERT"]


def test_the_python_client_puts_a_form_with_metadata(project, path):
    docs = project.client(project.alice).from_("docs")
    signed = docs.create_signed_upload_url(path)
    docs.upload_to_signed_url(path, signed["token"], b"hello", {**TEXT, "metadata": {"k": "v"}, "cache-control": "60"})
    [(metadata, mine)] = project.sql("select metadata, user_metadata from storage.objects")
    assert (metadata["cacheControl"], mine) == ("max-age=60", {"k": "v"})


def test_the_javascript_client_sends_the_file_in_a_field_without_a_name(project, path, url):
    form = {"cacheControl": (None, "3600"), "": ("blob", b"hello", "text/plain")}
    assert httpx.put(url, files=form, headers={"x-upsert": "false"}).status_code == 200
    assert project.service().from_("docs").download(path) == b"hello"


def test_a_second_put_to_the_same_url_is_refused(project, path, url):
    """AS-14"""
    httpx.put(url, content=b"first", headers=TEXT)
    again = httpx.put(url, content=b"second", headers=TEXT | {"x-upsert": "true"})
    assert refusal(again) == (400, "409", "KeyAlreadyExists")
    assert project.service().from_("docs").download(path) == b"first"
    assert project.events() == ["INSERT"]


def test_a_url_that_was_signed_with_upsert_overwrites_for_its_whole_life(project, path):
    sign = f"{project.url}/object/upload/sign/docs/{path}"
    token = httpx.post(sign, headers=project.service_headers | {"x-upsert": "true"}).json()["token"]
    for body in (b"first", b"second"):
        assert httpx.put(sign, params={"token": token}, content=body, headers=TEXT).status_code == 200
    assert project.service().from_("docs").download(path) == b"second"
    assert project.events() == ["INSERT", "UPDATE"]


def test_signing_leaves_no_trace_and_asks_for_no_right_but_the_insert(project, path):
    """AS-09"""
    project.sql('drop policy "select in the own folder" on storage.objects')
    docs = project.client(project.alice).from_("docs")
    signed = docs.create_signed_upload_url(path)
    assert (project.rows(), project.events()) == ([], [])
    assert httpx.put(signed["signed_url"], content=b"hello", headers=TEXT).status_code == 200


@pytest.mark.parametrize("who", ["another user", "nobody signed in"])
def test_only_who_may_insert_there_gets_a_url(who, project, path):
    """AS-09"""
    docs = project.client(project.bob if who == "another user" else None).from_("docs")
    with pytest.raises(StorageApiError, match="row-level security") as refused:
        docs.create_signed_upload_url(path)
    assert (refused.value.code, refused.value.status) == ("Unauthorized", "403")


def test_an_object_that_is_there_already_is_refused_at_the_signing(project, path, url):
    httpx.put(url, content=b"hello", headers=TEXT)
    with pytest.raises(StorageApiError, match="already exists"):
        project.client(project.alice).from_("docs").create_signed_upload_url(path)


def test_a_url_for_a_bucket_that_is_not_there_is_refused(project):
    with pytest.raises(StorageApiError, match="Bucket not found"):
        project.service().from_("nope").create_signed_upload_url("a.txt")


def test_the_token_opens_no_other_path_and_no_other_bucket(project, path, url):
    """AS-14"""
    project.sql("insert into storage.buckets (id, name) values ('other', 'other')")
    for elsewhere in (url.replace("photo.txt", "other.txt"), url.replace("/docs/", "/other/")):
        assert refusal(httpx.put(elsewhere, content=b"x", headers=TEXT)) == (400, "400", "InvalidSignature")
    assert project.rows() == []


def test_an_expired_forged_or_missing_token_opens_nothing(project, path, url):
    place, bare = f"docs/{path}", url.partition("?")[0]
    ours, theirs = UrlSigner(project.settings.url_signing_secret), UrlSigner("x" * 32)
    long_ago = UrlSigner(project.settings.url_signing_secret, clock=lambda: time.time() - 2 * 60 * 60)
    right = UploadRight(owner=None, upsert=False)
    expired, forged = long_ago.sign_upload(place, right), theirs.sign_upload(place, right)
    for token in (expired, forged, "no.real.token", ""):
        answer = httpx.put(bare, params={"token": token}, content=b"x", headers=TEXT)
        assert refusal(answer) == (400, "400", "InvalidJWT")
    download = ours.sign_download(place, expires_in=60)
    answer = httpx.put(bare, params={"token": download}, content=b"x", headers=TEXT)
    assert refusal(answer) == (400, "400", "InvalidSignature")
    assert project.rows() == []


@pytest.mark.parametrize("sent", ["with its length", "in chunks", "as a form"])
def test_a_body_beyond_the_buckets_limit_is_refused_and_forgotten(sent, project, url):
    """AS-14"""
    project.sql("update storage.buckets set file_size_limit = 1000")
    body = {
        "with its length": {"content": b"x" * MB, "headers": TEXT},
        "in chunks": {"content": iter([b"x" * 1000, b"x"]), "headers": TEXT},
        "as a form": {"files": {"file": ("a.txt", b"x" * 1001, "text/plain")}},
    }[sent]
    assert refusal(httpx.put(url, **body)) == (400, "413", "EntityTooLarge")
    assert (project.rows(), project.events(), project.files()) == ([], [], [])


def test_of_a_form_far_beyond_the_limit_little_is_stored(project, url, monkeypatch):
    """It has no content-length that would tell, and its end comes only after the refusal."""
    stored = []

    class Spool(SpooledTemporaryFile):
        def write(self, data) -> int:
            stored.append(len(data))
            return super().write(data)

    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", Spool)
    project.sql("update storage.buckets set file_size_limit = 1000")
    head = b'--b\r\ncontent-disposition: form-data; name=""; filename="a"\r\ncontent-type: text/plain\r\n\r\n'
    form = {"content-type": "multipart/form-data; boundary=b"}
    answer = httpx.put(url, content=iter([head, *[bytes(MB)] * 20]), headers=form)
    assert refusal(answer) == (400, "413", "EntityTooLarge")
    assert 0 < sum(stored) < 3 * MB
    assert (project.rows(), project.files()) == ([], [])


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "InvalidRequest"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, "InvalidRequest"),
        ({"files": {"cacheControl": (None, "3600")}}, "InvalidRequest"),
        ({"files": {"metadata": (None, "x" * 1_100_000), "": ("a", b"x", "text/plain")}}, "EntityTooLarge"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(form, code, project, url):
    assert refusal(httpx.put(url, **form))[2] == code
    assert (project.rows(), project.files()) == ([], [])


def test_a_body_of_exactly_the_buckets_limit_is_taken(project, url):
    project.sql("update storage.buckets set file_size_limit = 1000")
    assert httpx.put(url, content=b"x" * 1000, headers=TEXT).status_code == 200


def test_another_kind_of_content_is_refused(project, url):
    """AS-14"""
    answer = httpx.put(url, content=b"<svg/>", headers={"content-type": "application/pdf"})
    assert refusal(answer) == (400, "415", "InvalidMimeType")
    assert (project.rows(), project.files()) == ([], [])


def test_of_two_puts_that_were_both_let_in_the_later_one_wins(project, path, url):
    """As the real service: the check is before the body, so the second is an UPDATE with another version."""
    inside, finish = threading.Event(), threading.Event()

    def slowly() -> Iterator[bytes]:
        yield b"slow"
        inside.set()
        finish.wait(20)

    with ThreadPoolExecutor() as threads:
        slow = threads.submit(httpx.put, url, content=slowly(), headers=TEXT)
        inside.wait(20)
        # the slow body is on its way to disk: the check of its right is done
        until(lambda: len(project.files()) == 1)
        assert httpx.put(url, content=b"quick", headers=TEXT).status_code == 200
        finish.set()
        assert slow.result().status_code == 200
    assert project.service().from_("docs").download(path) == b"slow"
    assert project.events() == ["INSERT", "UPDATE"]
    assert len(project.files()) == 1


def test_sixty_megabytes_go_through_in_constant_memory(project, path, url, tmp_path):
    big = tmp_path / "big.bin"
    with big.open("wb") as file:
        file.truncate(60 * MB)
    tracemalloc.start()
    try:
        with big.open("rb") as file:
            assert httpx.put(url, content=iter(lambda: file.read(65536), b""), headers=TEXT).status_code == 200
        project.service().from_("docs").upload(path, str(big), TEXT | {"upsert": "true"})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * MB
    assert [file.stat().st_size for file in project.files()] == [60 * MB]
