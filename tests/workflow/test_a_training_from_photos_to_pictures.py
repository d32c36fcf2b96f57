"""The main job, through the real handlers and state machines."""

import hashlib
import uuid

import httpx
from scenes import attempts, ended, in_review, objects, submitted, trainings_paid
from studio import Studio, User
from waiting import until

from croquis import wiring
from croquis.domain.runs.weights import check_header


def test_photos_become_an_approved_model_and_pictures_of_it(studio: Studio, maya: User) -> None:
    # Given a draft with eight good photos
    job = maya.ready()
    # When it is submitted, trained, and approved
    assert maya.submit(job).status_code == 202
    view = maya.until(job, "in_review", "failed", "canceled")
    assert view["status"] == "in_review", view["runs"][-1]
    assert [event["status"] for event in view["events"]] == [
        "draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review",
    ]  # fmt: skip
    assert [image["status"] for image in view["previews"]] == ["saved"] * 4
    assert (view["progress"], view["minutes_left"]) == (1, 0)
    approved = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()
    # Then its model makes pictures
    assert approved["status"] == "approved"
    order = maya.post(
        f"/v1/models/{approved['model']['id']}/generations", {"count": 2, "pose": "walking"}, key=str(uuid.uuid4())
    )
    assert order.status_code == 202, order.text
    order_id = order.json()["id"]
    images = until(
        lambda: (
            (found := maya.http.get(f"/v1/image-orders/{order_id}").json()["images"])
            and all(i["status"] == "saved" for i in found)
            and found
        )
    )
    for image in images:
        assert hashlib.sha256(httpx.get(image["url"]).content).hexdigest() == image["sha256"]
    # And one training and six pictures were paid for
    assert (studio.paid("training"), studio.paid("prediction")) == (1, 6)
    # MO-07: and each can be found at the provider by what its list shows, the input
    inputs = [entry.input for entry in studio.twin.ledger]
    for attempt in studio.rows("select marker, seed, run_id from provider_attempts where owner_id = %s", maya.id):
        found = [
            it
            for it in inputs
            if f"{attempt['marker']}.zip" in str(it.get("input_images")) or attempt["seed"] == it.get("seed", -1)
        ]
        assert len(found) == 1


def test_the_full_preset_brings_every_byte_of_its_weights(studio: Studio, maya: User) -> None:
    """JB-05, FI-02, FI-03: what the row says is what lies in the storage, and it is the LoRA that was ordered."""
    job = submitted(maya, preset="full")

    view = ended(maya, job)

    run = view["runs"][0]
    assert (view["status"], run["lora_rank"], run["problem"]) == ("in_review", 16, None)
    assert objects(studio, "lora-weights", job) == [run["weights_path"]]
    weights = wiring.croquis().files.read("lora-weights", run["weights_path"], limit=200_000_000)
    assert (len(weights), hashlib.sha256(weights).hexdigest()) == (run["weights_bytes"], run["weights_sha256"])
    assert 171_000_000 < len(weights) < 173_000_000
    assert check_header(weights[:1_000_000], len(weights)).ranks == frozenset({16})


def test_a_retry_trains_the_same_photos_again_and_the_second_model_is_approved(studio: Studio, maya: User) -> None:
    """MO-11: each decision is one order; the first run's weights stay where they are."""
    job, key = in_review(maya), str(uuid.uuid4())
    again = {"decision": "retry", "parameters": {"preset": "compact", "steps": 40}}

    answers = [maya.post(f"/v1/trainings/{job}/review", again, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    until(lambda: len(attempts(studio, job)) == 2)
    view = ended(maya, job)

    assert [(run["status"], run["steps"]) for run in view["runs"]] == [("retried", 20), ("in_review", 40)]
    assert [image["run"] for image in view["previews"]] == [1] * 4 + [2] * 4
    assert len(objects(studio, "lora-weights", job)) == trainings_paid(studio, job) == 2
    approved = [maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json() for _ in range(2)]
    assert [(it["status"], it["model"]["status"], it["model"]["active_run"]) for it in approved] == [
        ("approved", "active", 2)
    ] * 2


def test_a_rejected_model_is_archived_and_stays_so(studio: Studio, maya: User) -> None:
    """JB-02."""
    job = in_review(maya)

    rejected = [maya.post(f"/v1/trainings/{job}/review", {"decision": "reject"}) for _ in range(2)]
    approve = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"})

    assert [(it.status_code, it.json()["status"], it.json()["model"]["status"]) for it in rejected] == [
        (202, "rejected", "archived")
    ] * 2
    assert (approve.status_code, approve.json()["code"]) == (409, "not_in_review")
