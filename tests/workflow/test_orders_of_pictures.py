"""What is wished of pictures reaches the engine as it was wished, and is shown with them."""

import uuid
from typing import Any

import pytest
from scenes import approved
from studio import Studio, User
from waiting import until


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    """An active model, for all tests here."""
    return approved(owner)


def ordered(user: User, path: str, **body: Any) -> dict[str, Any]:
    """The order when its pictures are done."""
    answer = user.post(path, body, key=str(uuid.uuid4()))
    assert answer.status_code == 202, answer.text

    def read() -> Any:
        found = user.http.get(f"/v1/image-orders/{answer.json()['id']}").raise_for_status().json()
        return all(it["status"] in ("saved", "failed") for it in found["images"]) and found

    return until(read)


def generated(user: User, model: str, **wishes: Any) -> dict[str, Any]:
    return ordered(user, f"/v1/models/{model}/generations", **wishes)


def inputs(studio: Studio, prompt: str) -> list[dict[str, Any]]:
    """Of the predictions that were paid with this prompt."""
    return [it.input for it in studio.twin.ledger if it.input.get("prompt") == prompt]


def test_what_is_wished_is_what_the_engine_is_asked_for_and_what_is_shown(
    studio: Studio, owner: User, model: str
) -> None:
    wishes = {"prompt": "waving on a pier", "size": "1:1", "seed": 7, "lora_scale": 0.8, "guidance": 2.5, "count": 2}
    images = generated(owner, model, **wishes)["images"]
    trigger = owner.http.get(f"/v1/models/{model}").json()["trigger_word"]
    for image, seed in zip(images, (7, 8), strict=True):
        shown = {"prompt": f"{trigger} woman, waving on a pier", "lora_scale": 0.8, "guidance": 2.5, "seed": seed}
        assert image | shown == image
        assert (image["width"], image["height"]) == (image["asked_width"], image["asked_height"]) == (1024, 1024)
        run = studio.row(
            "select r.* from training_runs r join images i using (job_id, run) where i.id = %s", image["id"]
        )
        assert image["provider_version"] == run["provider_version"]
    told = sorted(inputs(studio, images[0]["prompt"]), key=lambda it: it["seed"])
    assert [it["seed"] for it in told] == [7, 8]
    asked = {"lora_scale": 0.8, "guidance_scale": 2.5, "width": 1024, "height": 1024}
    assert all(it | asked == it for it in told)


def test_a_seed_that_was_drawn_is_shown_and_is_the_one_that_was_used(studio: Studio, owner: User, model: str) -> None:
    images = generated(owner, model, pose="sitting on a drawn chair", count=2)["images"]
    used = inputs(studio, images[0]["prompt"])
    assert {it["seed"] for it in images} == {it["seed"] for it in used}
    assert len({it["seed"] for it in images}) == 2
