"""The Storage stand-in: what a real server answered, and who may do what with which object."""

import json
from uuid import uuid4

import httpx
import pytest
from captured import VECTORS, Replay, assert_same
from storage3.exceptions import StorageApiError
from storage_project import StorageProject, refusal

from sandbox.supabase.signed_urls import UploadRight, UrlSigner

NOW = "2026-11-22T09:55:27.000Z"


@pytest.fixture
def project(plain_gateway):
    with StorageProject(plain_gateway) as project:
        yield project


@pytest.fixture
def fruit(project) -> str:
    """An object of Alice's with ten bytes."""
    path = f"{project.alice}/fruit.txt"
    project.client(project.alice).from_("docs").upload(path, b"0123456789", {"content-type": "text/plain"})
    return path


def signed_link(project: StorageProject, path: str, download: str = "") -> str:
    link = project.service().from_("docs").create_signed_url(path, 60, {"download": download})["signedURL"]
    assert link
    return link


def test_the_captured_session_is_answered_as_the_real_server_did(project):
    project.sql(
        "update storage.buckets set file_size_limit = 2000, allowed_mime_types = '{text/plain,application/pdf}'"
    )
    [removed] = [exchange["response"]["json"][0] for exchange in VECTORS["storage"] if exchange["name"] == "remove"]
    values = (
        removed["bucket_id"],
        removed["name"],
        str(uuid4()),
        json.dumps(removed["metadata"] | {"lastModified": NOW}),
    )
    project.sql("insert into storage.objects (bucket_id, name, version, metadata) values (%s, %s, %s, %s)", values)
    replay = Replay(project.gateway_url, project.credentials)
    for exchange in VECTORS["storage"]:
        replay.run(exchange)


def test_a_user_can_do_everything_in_the_own_folder_with_the_python_client(project):
    docs, folder = project.client(project.alice).from_("docs"), project.alice
    docs.upload(f"{folder}/one.txt", b"hello", {"content-type": "text/plain", "metadata": {"k": "v"}})
    assert docs.download(f"{folder}/one.txt") == b"hello"
    assert docs.info(f"{folder}/one.txt")["metadata"] == {"k": "v"}
    docs.upload(f"{folder}/two.txt", b"hello", {"content-type": "text/plain"})
    assert [row["name"] for row in docs.remove([f"{folder}/one.txt", f"{folder}/none.txt"])] == [f"{folder}/one.txt"]
    assert not docs.exists(f"{folder}/one.txt")
    assert docs.exists(f"{folder}/two.txt")
    assert len(project.files()) == 1


def test_what_belongs_to_another_user_is_neither_seen_nor_touched(project, fruit):
    """AS-09"""
    docs = project.client(project.bob).from_("docs")
    assert not docs.exists(fruit)
    assert docs.remove([fruit]) == []
    assert docs.create_signed_urls([fruit], 60)[0]["signedURL"] is None
    for forbidden in (
        lambda: docs.download(fruit),
        lambda: docs.create_signed_url(fruit, 60),
        lambda: docs.upload(f"{project.alice}/gift.txt", b"x", {"content-type": "text/plain"}),
        lambda: docs.upload(fruit, b"x", {"content-type": "text/plain", "upsert": "true"}),
        lambda: docs.create_signed_upload_url(f"{project.alice}/gift.txt"),
    ):
        with pytest.raises(StorageApiError):
            forbidden()
    assert project.client(project.alice).from_("docs").download(fruit) == b"0123456789"
    assert project.events() == ["INSERT"]


def test_a_new_object_is_one_complete_row_written_by_the_service(project, fruit):
    [(event, claims, uid)] = project.sql("select event::json, claims, uid from public.events")
    owner = {"owner_id": project.alice, "name": fruit, "path_tokens": fruit.split("/")}
    tag = {"eTag": '"<md5>"', "size": 10, "contentLength": 10}
    expected = VECTORS["row_event"]["record"] | owner
    assert event["type"] == "INSERT"
    assert_same(expected | {"metadata": expected["metadata"] | tag}, in_order(event["record"], expected), "the row")
    assert (claims, uid) == ('{"role": "service_role"}', None)


def in_order(row: dict, model: dict) -> dict:
    return {key: row[key] for key in model}


def test_an_update_keeps_the_id_and_brings_a_new_version_in_one_event(project, fruit):
    [before] = project.sql("select id, version from storage.objects")
    project.service().from_("docs").upload(fruit, b"new", {"content-type": "text/plain", "upsert": "true"})
    [after] = project.sql("select id, version from storage.objects")
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert project.events() == ["INSERT", "UPDATE"]
    assert [path.read_bytes() for path in project.files()] == [b"new"]


@pytest.mark.parametrize(
    ("name", "file", "code"),
    [
        ("big.txt", (b"x" * 2000, "text/plain"), "EntityTooLarge"),
        ("page.html", (b"x", "text/html"), "InvalidMimeType"),
        ("\u00fc.txt", (b"x", "text/plain"), "InvalidKey"),
        ("fruit.txt", (b"x", "text/plain"), "KeyAlreadyExists"),
    ],
)
def test_a_refused_upload_leaves_no_row_no_file_and_no_event(name, file, code, project, fruit):
    project.sql("update storage.buckets set file_size_limit = 1000")
    answer = httpx.post(
        f"{project.url}/object/docs/{project.alice}/{name}",
        headers=project.headers(project.alice),
        files={"file": (name, *file)},
    )
    assert refusal(answer)[2] == code
    assert project.rows() == [fruit]
    assert project.events() == ["INSERT"]
    assert len(project.files()) == 1


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [("bytes=2-4", 206, b"234"), ("bytes=-3", 206, b"789"), ("bytes=8-", 206, b"89"), ("bytes=20-", 416, b"")],
)
def test_a_signed_download_can_be_read_in_ranges(wanted, status, body, project, fruit):
    answer = httpx.get(signed_link(project, fruit), headers={"range": wanted})
    assert answer.status_code == status
    assert answer.content == body


def test_a_range_says_which_bytes_it_holds_and_head_says_how_many_there_are(project, fruit):
    link = signed_link(project, fruit)
    assert httpx.get(link, headers={"range": "bytes=2-4"}).headers["content-range"] == "bytes 2-4/10"
    head = httpx.head(link)
    assert (head.headers["content-length"], head.headers["content-type"], head.content) == ("10", "text/plain", b"")


def test_a_signed_download_may_name_the_file_for_the_browser(project, fruit):
    named = httpx.get(signed_link(project, fruit, download="my fruit.txt")).headers["content-disposition"]
    assert named == "attachment; filename=my%20fruit.txt; filename*=UTF-8''my%20fruit.txt"
    assert httpx.get(signed_link(project, fruit) + "&download=").headers["content-disposition"] == "attachment"


def test_a_link_opens_one_path_only_and_not_for_ever(project, fruit):
    signer = UrlSigner(project.settings.url_signing_secret)
    url = f"{project.url}/object/sign/docs/{fruit}"
    tokens = {
        "InvalidSignature": [
            signer.sign_download("docs/other.txt", expires_in=60),
            signer.sign_upload(f"docs/{fruit}", UploadRight(owner=None, upsert=False)),
        ],
        "InvalidJWT": [
            signer.sign_download(f"docs/{fruit}", expires_in=-1),
            UrlSigner("x" * 32).sign_download(f"docs/{fruit}", expires_in=60),
            "no token",
            "",
        ],
    }
    for code, refused in tokens.items():
        assert {refusal(httpx.get(url, params={"token": token})) for token in refused} == {(400, "400", code)}


def test_a_row_that_has_no_bytes_is_described_but_not_served(project):
    """What SQL put into the table by itself."""
    project.sql("insert into storage.objects (bucket_id, name) values ('docs', 'ghost.txt')")
    docs = project.service().from_("docs")
    assert docs.info("ghost.txt")["size"] == 0
    with pytest.raises(StorageApiError, match="Object not found"):
        docs.download("ghost.txt")
