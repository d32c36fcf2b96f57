"""A model's pictures as its owner keeps them: listed by page and mark, downloaded, removed with their files."""

import uuid
from typing import Any

import httpx
import pytest
from scenes import approved, objects
from studio import Studio, User
from waiting import until


@pytest.fixture
def model(maya: User) -> str:
    """Four previews and one ordered picture, saved."""
    model = approved(maya)
    order = maya.post(f"/v1/models/{model}/generations", {"pose": "walking"}, key=str(uuid.uuid4())).json()["id"]
    until(lambda: maya.http.get(f"/v1/image-orders/{order}").json()["images"][0]["status"] == "saved")
    return model


def listed(user: User, model: str, **query: Any) -> list[dict[str, Any]]:
    answer = user.http.get(f"/v1/models/{model}/images", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return answer.json()["images"]


def test_pictures_are_listed_marked_downloaded_and_removed(studio: Studio, maya: User, model: str) -> None:
    everything = listed(maya, model)
    [ordered] = listed(maya, model, kind="generation")
    assert (len(everything), len(listed(maya, model, kind="preview"))) == (5, 4)
    assert (ordered["favourite"], ordered["accepted"], ordered["model_id"]) == (False, False, model)
    first, last = everything[-1]["created_at"][:10], everything[0]["created_at"][:10]
    of_these_days = listed(maya, model, since=first, until=last, favourite="false")
    assert [it["id"] for it in of_these_days] == [it["id"] for it in everything]
    assert listed(maya, model, since="2100-01-01") == []

    file = httpx.get(ordered["download_url"])
    assert len(file.content) == ordered["bytes"]
    assert f"{ordered['id']}.png" in file.headers["content-disposition"]
    assert "content-disposition" not in httpx.get(ordered["url"]).headers

    path = f"/v1/images/{ordered['id']}"
    assert maya.http.patch(path, json={"favourite": True}).json()["favourite"] is True
    assert [it["id"] for it in listed(maya, model, favourite="true")] == [ordered["id"]]

    for _ in range(2):
        assert maya.http.delete(path).status_code == 204
    assert len(listed(maya, model)) == 4
    query = "update images set removed_at = now() - interval '4 minutes' where id = %s returning job_id"
    job = str(studio.row(query, ordered["id"])["job_id"])
    assert studio.sweep()["removed_images"] == 1
    assert not any(ordered["id"] in name for name in objects(studio, "images", job))
    assert len(objects(studio, "images", job)) == 4
    assert httpx.get(ordered["url"]).status_code >= 400


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"kind": "selfie"}, "kind must be 'preview', 'generation', 'repair' or 'try_on'."),
        ({"since": "2026-02-31"}, "since must be a day such as 2030-12-31."),
        ({"until": "1764500000"}, "until must be a day such as 2030-12-31."),
        ({"favourite": "perhaps"}, "favourite must be true or false."),
        ({"before": "yesterday"}, "before must be the `next` of the previous page, unchanged."),
    ],
)
def test_a_filter_that_is_none_is_named(maya: User, query: dict[str, str], sentence: str) -> None:
    answer = maya.http.get(f"/v1/models/{uuid.uuid4()}/images", params=query)
    assert (answer.status_code, answer.json()["detail"]) == (422, sentence)


@pytest.mark.parametrize("body", [{}, {"favourite": None}, {"accepted": "yes"}, {"rating": 5}])
def test_a_mark_that_is_none_is_refused(maya: User, body: dict[str, Any]) -> None:
    assert maya.http.patch(f"/v1/images/{uuid.uuid4()}", json=body).status_code in (400, 422)
