"""Images of a model as one ZIP: ordered, packed behind a queue, fetched, ended; and what fails on the way."""

import io
import json
import uuid
import zipfile
from hashlib import sha256
from typing import Any

import httpx
import pytest
from scenes import approved
from studio import Studio, User, invoke
from waiting import until

from croquis import wiring
from croquis.usecases.downloads import pack


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    """Four previews."""
    return approved(owner)


@pytest.fixture
def images(owner: User, model: str) -> list[dict[str, Any]]:
    return owner.http.get(f"/v1/models/{model}/images").json()["images"]


def ordered(user: User, status: int = 202, **selection: Any) -> dict[str, Any]:
    answer = user.post("/v1/downloads", selection, key=str(uuid.uuid4()))
    assert answer.status_code == status, answer.text
    return answer.json()


def read(user: User, download: dict[str, Any]) -> dict[str, Any]:
    return user.http.get(f"/v1/downloads/{download['id']}").raise_for_status().json()


def ready(user: User, download: dict[str, Any]) -> dict[str, Any]:
    return until(lambda: (found := read(user, download))["status"] == "ready" and found)


def zips(studio: Studio, user: User) -> list[str]:
    found = studio.rows(
        "select name from storage.objects where bucket_id = 'downloads' and name like %s", f"{user.id}/%"
    )
    return [it["name"] for it in found]


def opened(download: dict[str, Any]) -> zipfile.ZipFile:
    answer = httpx.get(download["url"]).raise_for_status()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(answer.content) == download["bytes"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_a_selection_comes_as_one_zip_with_a_manifest_of_what_is_in_it(
    owner: User, images: list[dict[str, Any]]
) -> None:
    chosen = [images[2], images[0]]
    order = ordered(owner, image_ids=[it["id"] for it in chosen])
    assert (order["status"], order["images"], order["url"], order["bytes"]) == ("working", 2, None, None)
    assert order["status_path"] == f"/v1/downloads/{order['id']}"
    download = ready(owner, order)
    with opened(download) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        assert told["download_id"] == order["id"]
        names = [f"{place:03}-{it['id'][:8]}.png" for place, it in enumerate(chosen, 1)]
        assert archive.namelist() == [*names, "manifest.json"]
        for entry, image in zip(told["images"], chosen, strict=True):
            assert sha256(archive.read(entry["file"])).hexdigest() == entry["sha256"] == image["sha256"]
            of_both = entry.keys() & image.keys() - {"checks"}
            assert {"id", "kind", "prompt", "seed", "engine", "signed", "bytes", "created_at"} <= of_both
            assert {name: entry[name] for name in of_both} == {name: image[name] for name in of_both}
            assert float(entry["cost_usd"]) >= 0


def test_the_filters_of_the_catalogue_choose_too(owner: User, model: str, images: list[dict[str, Any]]) -> None:
    owner.http.patch(f"/v1/images/{images[1]['id']}", json={"favourite": True})
    with opened(ready(owner, ordered(owner, model_id=model, favourite=True))) as archive:
        assert archive.namelist() == [f"001-{images[1]['id'][:8]}.png", "manifest.json"]
    assert ordered(owner, 422, model_id=model, kind="generation")["code"] == "nothing_selected"


def test_a_removed_image_ends_the_zip_that_holds_it_and_the_file_goes(studio: Studio) -> None:
    user = studio.user()
    found = user.http.get(f"/v1/models/{approved(user)}/images").json()["images"]
    lost, kept = ready(user, ordered(user, image_ids=[found[0]["id"], found[1]["id"]])), found[1]["id"]
    other = ready(user, ordered(user, image_ids=[kept]))
    assert user.http.delete(f"/v1/images/{found[0]['id']}").status_code == 204
    ended = read(user, lost)
    assert (ended["status"], ended["url"], ended["problem"]["code"]) == ("expired", None, "image_withdrawn")
    assert studio.sweep()["ended_downloads"] >= 1
    assert httpx.get(lost["url"]).status_code >= 400, "a link that was given before leads to nothing any more"
    assert zips(studio, user) == [f"{user.id}/{other['id']}.zip"]
    refusal = ordered(user, 404, image_ids=[kept, found[0]["id"]])
    assert (refusal["code"], found[0]["id"] in refusal["detail"]) == ("no_such_image", True)


def test_a_worker_that_died_before_it_said_so_is_followed_by_another_with_the_same_bytes(
    studio: Studio, owner: User, images: list[dict[str, Any]]
) -> None:
    order = ordered(owner, image_ids=[it["id"] for it in images])
    first = httpx.get(ready(owner, order)["url"]).content
    dead = "update downloads set status = 'working', claimed_at = now() - interval '12 minutes' where id = %s"
    studio.rows(dead, order["id"])
    assert studio.sweep()["downloads"] == 1
    assert httpx.get(ready(owner, order)["url"]).content == first


def test_what_hangs_is_sent_again_by_the_sweep_and_fails_after_four_tries(
    studio: Studio, owner: User, images: list[dict[str, Any]]
) -> None:
    order = left_lying(studio, owner, images, tries=1)
    assert studio.sweep()["downloads"] == 1
    ready(owner, order)
    order = left_lying(studio, owner, images, tries=4)
    assert studio.sweep()["downloads"] == 1
    failed = read(owner, order)
    assert (failed["status"], failed["problem"]["code"]) == ("failed", "not_packed")
    assert "4 tries" in failed["problem"]["sentence"]


def left_lying(studio: Studio, user: User, images: list[dict[str, Any]], *, tries: int) -> dict[str, Any]:
    """A download that so many workers began, the last a while ago."""
    row = studio.row(
        "insert into downloads (owner_id, images, image_bytes, tries, claimed_at)"
        " values (%s, 1, %s, %s, now() - interval '12 minutes') returning id::text",
        *(user.id, images[0]["bytes"], tries),
    )
    studio.rows("insert into download_images values (%s, 1, %s)", row["id"], images[0]["id"])
    return row


def test_an_image_whose_file_is_not_as_it_was_saved_fails_the_download_and_is_named(studio: Studio) -> None:
    user = studio.user()
    found = user.http.get(f"/v1/models/{approved(user)}/images").json()["images"]
    path = studio.row("select path from images where id = %s", found[0]["id"])["path"]
    wiring.croquis().files.write("images", path, b"another", content_type="image/png")
    order = left_lying(studio, user, found, tries=1)
    assert studio.sweep()["downloads"] == 1
    until(lambda: studio.row("select tries from downloads where id = %s", order["id"])["tries"] == 2)
    assert read(user, order)["status"] == "working", "it may pass"
    order = left_lying(studio, user, found, tries=3)
    assert studio.sweep()["downloads"] == 1
    failed = until(lambda: (seen := read(user, order))["status"] == "failed" and seen)
    assert failed["problem"]["code"] == "image_unreadable"
    assert found[0]["id"] in failed["problem"]["sentence"]
    assert zips(studio, user) == []


def test_a_message_that_comes_twice_packs_once(studio: Studio, owner: User, images: list[dict[str, Any]]) -> None:
    order = ready(owner, ordered(owner, image_ids=[images[0]["id"]]))
    pack(wiring.croquis(), order["id"])
    message = {"messageId": "m", "body": json.dumps({"download_id": order["id"]})}
    assert invoke("PackDownload", {"Records": [message]}) == {"batchItemFailures": []}
    row = studio.row("select tries, status from downloads where id = %s", order["id"])
    assert (row["tries"], row["status"]) == (1, "ready")


def test_nobody_elses_download_is_shown(studio: Studio, owner: User, images: list[dict[str, Any]]) -> None:
    """PR-07."""
    order = ordered(owner, image_ids=[images[0]["id"]])
    stranger = studio.user()
    answer = stranger.http.get(f"/v1/downloads/{order['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_download")
    assert ordered(stranger, 404, image_ids=[images[0]["id"]])["code"] == "no_such_image"


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        ({}, "Send image_ids or model_id, and only one of them."),
        ({"image_ids": []}, "No image fits this selection."),
        ({"image_ids": ["x"]}, "image_ids.0 must be an id exactly as our responses show it."),
        ({"image_ids": [str(uuid.UUID(int=0))] * 201}, "image_ids must have 200 or fewer entries."),
        ({"image_ids": None}, "image_ids must not be null: leave it out, and it stays as it is."),
        ({"model_id": "'; drop table images; --"}, "model_id must be an id exactly as our responses show it."),
        ({"model_id": str(uuid.UUID(int=0)), "since": "soon"}, "since must be a day such as 2030-12-31."),
        (
            {"image_ids": [str(uuid.UUID(int=0))], "favourite": True},
            "Filters go with model_id: with image_ids, leave them out.",
        ),
    ],
)
def test_a_selection_that_is_none_is_told_in_a_sentence(owner: User, selection: dict[str, Any], sentence: str) -> None:
    assert ordered(owner, 422, **selection)["detail"] == sentence


def test_a_download_needs_a_key(owner: User, images: list[dict[str, Any]]) -> None:
    answer = owner.post("/v1/downloads", {"image_ids": [images[0]["id"]]})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_idempotency_key")


def test_an_export_holds_the_rows_photos_and_pictures_of_its_owner_alone(
    studio: Studio, maya: User, model: str
) -> None:
    """PR-07."""
    other, model = model, approved(maya)
    job = maya.http.get(f"/v1/models/{model}").json()["job_id"]
    refused = maya.post("/v1/account/export", {"model_id": other}, key="a-key-of-others")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_model")
    for place, asked in enumerate(({}, {"model_id": model})):
        path = maya.post("/v1/account/export", asked, key=f"an-export-{place}").json()["status_path"]
        ready = until(lambda path=path: (it := maya.http.get(path).json())["status"] == "ready" and it)
        with zipfile.ZipFile(io.BytesIO(httpx.get(ready["url"]).content)) as archive:
            assert archive.testzip() is None
            rows = json.loads(archive.read("rows.json"))
            names = archive.namelist()
        assert [it["id"] for it in rows["trainings"]] == [job]
        owned = ("photos", "images", "consents", "payments")
        assert {it["owner_id"] for kind in owned for it in rows[kind]} == {maya.id}
        assert len([it for it in names if it.startswith("photo-")]) == 8
        assert len([it for it in names if it.endswith(".png")]) == ready["images"] == 4
