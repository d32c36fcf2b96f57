"""Buckets and their listings: limits, kinds of content, public ones, and pages that together hold everything once."""

import httpx
import pytest
from storage3.exceptions import StorageApiError
from storage_project import StorageProject, refusal

TEXT = {"content-type": "text/plain"}


@pytest.fixture
def project(plain_gateway):
    with StorageProject(plain_gateway) as project:
        yield project


def test_a_bucket_is_made_emptied_and_deleted_by_the_service_alone(project):
    storage = project.service()
    storage.create_bucket("extra", options={"file_size_limit": 5})
    with pytest.raises(StorageApiError, match="maximum allowed size"):
        storage.from_("extra").upload("a.txt", b"123456", TEXT)
    storage.from_("extra").upload("a.txt", b"12345", TEXT)
    with pytest.raises(StorageApiError, match="not empty"):
        storage.delete_bucket("extra")
    storage.empty_bucket("extra")
    storage.delete_bucket("extra")
    assert [bucket.id for bucket in storage.list_buckets()] == ["docs"]
    assert project.files() == []


def test_a_user_sees_no_buckets_and_makes_none(project):
    storage = project.client(project.alice)
    assert storage.list_buckets() == []
    for forbidden in (storage.get_bucket, storage.empty_bucket, storage.delete_bucket):
        with pytest.raises(StorageApiError, match="Bucket not found"):
            forbidden("docs")
    with pytest.raises(StorageApiError, match="row-level security"):
        storage.create_bucket("mine")


def test_a_bucket_takes_a_family_of_types_and_a_limit_with_a_unit(project):
    storage = project.service()
    storage.update_bucket("docs", {"file_size_limit": "1KB"})
    storage.from_("docs").upload("a.png", b"x" * 1000, {"content-type": "image/png"})
    with pytest.raises(StorageApiError, match="mime type imagepng"):
        storage.from_("docs").upload("b.png", b"x", {"content-type": "imagepng"})
    with pytest.raises(StorageApiError, match="maximum allowed size"):
        storage.from_("docs").upload("c.png", b"x" * 1001, {"content-type": "image/png"})


@pytest.mark.parametrize("name", ["", "a/b", "x" * 64, "\u00fc"])
def test_a_bucket_with_an_impossible_name_is_refused(name, project):
    answer = httpx.post(f"{project.url}/bucket", headers=project.service_headers, json={"name": name})
    assert refusal(answer) == (400, "400", "InvalidBucketName")


def test_only_a_public_bucket_is_open_to_everybody(project):
    storage = project.service()
    storage.from_("docs").upload("a.txt", b"hello", TEXT)
    url = storage.from_("docs").get_public_url("a.txt")
    assert refusal(httpx.get(url)) == (400, "404", "NoSuchBucket")
    storage.update_bucket("docs", {"public": True})
    assert httpx.get(url).content == b"hello"


def test_without_a_key_of_the_project_nothing_is_answered(project):
    assert httpx.get(f"{project.url}/bucket").status_code == 401
    assert httpx.get(f"{project.url}/bucket", headers={"apikey": "sb_secret_"}).status_code == 401


def test_a_forged_token_is_nobody(project):
    answer = httpx.get(f"{project.url}/bucket", headers=project.credentials["a forged token"])
    assert refusal(answer) == (400, "403", "AccessDenied")


@pytest.fixture
def tree(project) -> list[str]:
    names = ["a.txt", "b.txt", "b/1.txt", "b/2.txt", "b/c/3.txt", "d/4.txt", "e_x.txt"]
    for name in names:
        project.service().from_("docs").upload(name, b"x", TEXT)
    return names


def test_a_listing_shows_folders_first_and_then_objects(project, tree):
    docs = project.service().from_("docs")
    assert [row["name"] for row in docs.list()] == ["b", "d", "a.txt", "b.txt", "e_x.txt"]
    assert [row["name"] for row in docs.list("b")] == ["c", "1.txt", "2.txt"]
    assert [row["name"] for row in docs.list("b", {"sortBy": {"column": "created_at", "order": "desc"}})] == [
        "c",
        "2.txt",
        "1.txt",
    ]
    assert [row["name"] for row in docs.list("", {"limit": 2, "offset": 1})] == ["d", "a.txt"]
    assert [row["name"] for row in docs.list("", {"search": "B"})] == ["b", "b.txt"]
    assert docs.list("", {"search": "_"}) == []


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_together_hold_every_object_once(order, project, tree):
    docs, names, cursor = project.service().from_("docs"), [], None
    while cursor != "":
        options = {"limit": 2, "sortBy": {"column": "name", "order": order}} | ({"cursor": cursor} if cursor else {})
        page = docs.list_v2(options)
        names += [row.name for row in page.objects]
        cursor = page.nextCursor or ""
    assert names == sorted(tree, reverse=order == "desc")


def test_pages_by_folder_count_a_folder_as_one(project, tree):
    docs = project.service().from_("docs")
    first = docs.list_v2({"limit": 3, "with_delimiter": True})
    rest = docs.list_v2({"limit": 3, "with_delimiter": True, "cursor": first.nextCursor})
    assert [row.name for row in first.objects] == ["a.txt", "b.txt"]
    assert [(row.key, row.name) for row in first.folders] == [("b", "b/")]
    assert [row.name for row in rest.objects] == ["e_x.txt"]
    assert [row.name for row in rest.folders] == ["d/"]
    assert not rest.hasNext
