"""Buckets, which SQL alone makes: what each takes, and how much; and who is let to none of them."""

from base64 import b64encode

import httpx
import psycopg
import pytest
from storage3.exceptions import StorageApiError
from storage_project import StorageProject, refusal


@pytest.fixture
def project(plain_gateway):
    with StorageProject(plain_gateway) as project:
        yield project


def test_every_bucket_of_the_migrations_takes_what_its_own_limit_says(gateway):
    """The project's limit must be below none of them: a training would be paid, and its weights refused."""
    with psycopg.connect(gateway.database.dsn()) as connection:
        buckets = connection.execute("select id, file_size_limit, allowed_mime_types from storage.buckets").fetchall()
    assert len(buckets) == 9
    for bucket, limit, kinds in buckets:
        described = {"bucketName": bucket, "objectName": "a", "contentType": kinds[0]}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in described.items())
        answers = {
            length: httpx.post(
                f"{gateway.url}/storage/v1/upload/resumable",
                headers={
                    "apikey": gateway.settings.secret_key,
                    "tus-resumable": "1.0.0",
                    "upload-length": str(length),
                    "upload-metadata": metadata,
                },
            ).status_code
            for length in (limit, limit + 1)
        }
        assert answers == {limit: 201, limit + 1: 413}, bucket


def test_a_bucket_without_a_limit_has_the_projects(project):
    project.sql("update storage.buckets set file_size_limit = null")
    most = project.settings.file_size_limit
    assert most == 700 * 1024 * 1024  # as infra/supabase/config.toml says
    described = (
        f"bucketName {b64encode(b'docs').decode()},objectName YQ==,contentType {b64encode(b'text/plain').decode()}"
    )
    for length, status in ((most, 201), (most + 1, 413)):
        sent = {"tus-resumable": "1.0.0", "upload-length": str(length), "upload-metadata": described}
        answer = httpx.post(f"{project.url}/upload/resumable", headers=project.service_headers | sent)
        assert answer.status_code == status


def test_a_bucket_takes_a_family_of_types_and_no_more_than_its_limit(project):
    project.sql("update storage.buckets set file_size_limit = 1000")
    docs = project.service().from_("docs")
    docs.upload("a.png", b"x" * 1000, {"content-type": "image/png"})
    with pytest.raises(StorageApiError, match="mime type imagepng"):
        docs.upload("b.png", b"x", {"content-type": "imagepng"})
    with pytest.raises(StorageApiError, match="maximum allowed size"):
        docs.upload("c.png", b"x" * 1001, {"content-type": "image/png"})


def test_no_bucket_is_open_to_everybody(project):
    project.sql("update storage.buckets set public = true")
    docs = project.service().from_("docs")
    docs.upload("a.txt", b"hello", {"content-type": "text/plain"})
    assert refusal(httpx.get(docs.get_public_url("a.txt"))) == (400, "404", "NoSuchBucket")


def test_without_a_key_of_the_project_nothing_is_answered(project):
    for headers in ({}, {"apikey": "sb_secret_"}):
        assert httpx.get(f"{project.url}/object/docs/a.txt", headers=headers).status_code == 401
        assert httpx.post(f"{project.url}/object/sign/docs", headers=headers, json={}).status_code in (400, 401)


def test_a_forged_token_is_nobody(project):
    forged = project.credentials["a forged token"]
    answer = httpx.post(f"{project.url}/object/sign/docs/a.txt", headers=forged, json={"expiresIn": 60})
    assert refusal(answer) == (400, "403", "AccessDenied")
