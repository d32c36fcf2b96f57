"""A review as its owner makes it: another run with another photo, both side by side, the first one restored, kept."""

import uuid
from hashlib import sha256

import httpx
from scenes import ended, in_review, trainings_paid
from studio import PHOTOS, Studio, User


def test_a_retry_with_another_photo_stands_beside_the_first_run_which_may_be_restored(
    studio: Studio, maya: User
) -> None:
    job = in_review(maya)
    first = maya.read(job)["runs"][0]
    replaced = maya.upload(job, 1, PHOTOS[1].read_bytes())
    maya.checked(job)

    retry = {"decision": "retry", "parameters": {"preset": "compact", "steps": 40}}
    assert maya.post(f"/v1/trainings/{job}/review", retry, key=str(uuid.uuid4())).status_code == 202
    view = ended(maya, job)

    runs = view["runs"]
    assert [(it["run"], it["status"], it["steps"]) for it in runs] == [(1, "retried", 20), (2, "in_review", 40)]
    assert runs[0] == first | {"status": "retried", "ended_at": runs[0]["ended_at"]}
    assert runs[1]["dataset_sha256"] != first["dataset_sha256"]
    assert replaced in {photo["id"] for photo in view["photos"]}
    assert all(it["actual_usd"] and it["expected_minutes"] >= it["actual_minutes"] >= 0 for it in runs)
    assert {image["run"] for image in view["previews"]} == {1, 2}
    assert trainings_paid(studio, job) == 2

    model = view["model"]["id"]
    assert maya.post(f"/v1/trainings/{job}/review", {"decision": "reject"}).status_code == 202
    restored = maya.post(f"/v1/models/{model}/restore", {"run": 1}).json()
    assert (restored["status"], restored["active_run"]) == ("active", 1)
    assert maya.read(job)["status"] == "rejected"

    kept = maya.http.get(f"/v1/models/{model}/weights").json()
    assert (kept["run"], kept["sha256"], kept["bytes"]) == (1, first["weights_sha256"], first["weights_bytes"])
    file = httpx.get(kept["url"])
    assert sha256(file.content).hexdigest() == kept["sha256"]
    assert f"{view['trigger_word']}.safetensors" in file.headers["content-disposition"]


def test_an_archived_model_is_listed_only_where_the_archive_is_asked_for(maya: User) -> None:
    job = in_review(maya)
    model = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()["model"]["id"]

    def listed(**query: bool) -> list[str]:
        return [it["id"] for it in maya.http.get("/v1/models", params=query).json()["models"]]

    def changed(**changes: object) -> dict[str, object]:
        return maya.http.patch(f"/v1/models/{model}", json=changes).json()

    assert (listed(), listed(archived=True)) == ([model], [])
    assert changed(archived=True, name="Maya in winter")["status"] == "archived"
    assert (listed(), listed(archived=True)) == ([], [model])
    assert maya.http.get(f"/v1/models/{model}").json()["name"] == "Maya in winter"
    order = maya.post(f"/v1/models/{model}/generations", {"pose": "walking"}, key=str(uuid.uuid4()))
    assert (order.status_code, order.json()["code"]) == (409, "model_not_active")
    assert changed(archived=False)["status"] == "active"
    assert changed(archived=None)["code"] == "invalid_request"
    assert maya.http.get("/v1/models", params={"archived": "perhaps"}).json()["code"] == "invalid_request"
