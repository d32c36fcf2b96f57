"""The main job, through the real handlers and state machines."""

import hashlib
import uuid

import httpx
from studio import Studio, User, wait


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
    approved = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()
    # Then its model makes pictures
    assert approved["status"] == "approved"
    order = maya.post(
        f"/v1/models/{approved['model']['id']}/generations", {"count": 2, "pose": "walking"}, key=str(uuid.uuid4())
    )
    assert order.status_code == 202, order.text
    order_id = order.json()["id"]
    images = wait(
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
