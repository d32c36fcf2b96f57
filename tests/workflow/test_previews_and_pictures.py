"""Pictures that cannot be made: a preview never keeps a job from its review, a generation gives its money back."""

import uuid
from typing import Any

import pytest
from scenes import account, approved, crash, ended, in_review, minutes_pass, passed, pictures_paid, submitted
from studio import Studio, User
from waiting import until

from croquis import wiring
from croquis.domain.ids import ModelId, OwnerId
from croquis.domain.images.image import Framing
from croquis.ports import Owner
from croquis.ports.runs import ImageWish
from sandbox.replicate.ledger import Entry


def order(user: User, model: str, key: str | None = None, **choices: Any) -> Any:
    return user.post(f"/v1/models/{model}/generations", {"pose": "walking", **choices}, key=key or str(uuid.uuid4()))


def made(user: User, order_id: str) -> list[dict[str, Any]]:
    """The pictures of an order when none is being made any more."""

    def images() -> Any:
        found = user.http.get(f"/v1/image-orders/{order_id}").raise_for_status().json()["images"]
        return all(image["status"] in ("saved", "failed") for image in found) and found

    return until(images)


def last_bill(studio: Studio) -> list[Entry]:
    return [entry for entry in studio.twin.ledger if entry.kind == "prediction"]


def test_each_preview_has_the_size_that_it_was_planned_in(studio: Studio, maya: User) -> None:
    """Not the one size of its framing: two are tried."""
    job = in_review(maya)
    query = "select array_agg(array[asked_width, asked_height, width, height] order by position) sizes"
    sizes = studio.row(f"{query} from images where job_id = %s", job)["sizes"]
    assert sizes == [[width, height] * 2 for width, height in [(832, 1216), (768, 1344)] * 2]


@pytest.mark.parametrize("end", ["failed", "nsfw", "aborted"])
def test_previews_that_fail_at_the_provider_are_missing_in_the_review(studio: Studio, maya: User, end: str) -> None:
    """After the model is registered nothing fails the run; each missing picture says why."""
    studio.faults(prediction_ends=end)
    job = submitted(maya)

    view = ended(maya, job)

    assert passed(view)[-2:] == ["previewing", "in_review"]
    assert [image["status"] for image in view["previews"]] == ["failed"] * 4
    codes = {"failed": "failed_at_provider", "nsfw": "safety_filter", "aborted": "aborted_at_provider"}
    assert {image["problem"]["code"] for image in view["previews"]} == {codes[end]}
    assert all(image["problem"]["sentence"] and image["problem"]["hint"] for image in view["previews"])
    assert account(studio, maya)[0] == 0
    assert maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()["model"]["status"] == "active"


@pytest.mark.parametrize(("answer", "code"), [("404", "provider_setup"), ("422", "provider_refused")])
def test_a_preview_that_is_refused_is_missing_in_the_review(studio: Studio, maya: User, answer: str, code: str) -> None:
    """The other three are there."""
    studio.faults(create_answers=("normal", answer))
    view = ended(maya, submitted(maya))

    assert view["status"] == "in_review"
    assert sorted(image["status"] for image in view["previews"]) == ["failed", "saved", "saved", "saved"]
    assert [image["problem"]["code"] for image in view["previews"] if image["problem"]] == [code]


def test_a_preview_that_cannot_be_saved_or_written_down_does_not_stop_the_others(studio: Studio, maya: User) -> None:
    """A state of the map that fails for good must not take the run with it."""
    studio.faults(create_answers=("normal", "422"))
    with crash(studio, "RecordFailure", when="before", times=7) as crashes:
        view = ended(maya, submitted(maya))

    assert len(crashes) == 7
    assert view["status"] == "in_review"
    assert all(image["status"] in ("saved", "failed") for image in view["previews"])
    assert any(image["status"] == "failed" for image in view["previews"])


def test_throttled_previews_are_ordered_again(studio: Studio, maya: User) -> None:
    """MO-04, MO-14: one paid prediction per picture."""
    studio.faults(create_answers=("normal", "429", "429", "429"))
    job = submitted(maya)

    assert [image["status"] for image in ended(maya, job)["previews"]] == ["saved"] * 4
    assert pictures_paid(studio, job) == 4


def test_a_generation_that_fails_gives_its_money_back(studio: Studio, maya: User) -> None:
    """MO-10: settled or released exactly once."""
    model = approved(maya)
    spent = account(studio, maya)[1]
    studio.faults(create_answers="422")

    images = made(maya, order(maya, model, count=2).json()["id"])

    assert [image["status"] for image in images] == ["failed", "failed"]
    assert {image["problem"]["code"] for image in images} == {"provider_refused"}
    assert images[0]["problem"]["hint"] == "Try again with other parameters; nothing was charged."
    assert account(studio, maya) == (0, spent)


def test_a_generation_that_fails_while_it_runs_is_booked(studio: Studio, maya: User) -> None:
    """MO-13: what the provider's bill says is what is booked; its owner pays for results only."""
    model = approved(maya)
    spent = account(studio, maya)[1]
    studio.faults(prediction_ends="failed")

    images = made(maya, order(maya, model).json()["id"])

    assert [image["problem"]["code"] for image in images] == ["failed_at_provider"]
    assert "order it again with other words" in images[0]["problem"]["hint"]
    assert account(studio, maya) == (0, spent)
    booked = studio.row(
        "select spent_usd, borne_by from ledger_entries where image_id = %s and spent_usd > 0", images[0]["id"]
    )
    assert (float(booked["spent_usd"]), booked["borne_by"]) == (
        pytest.approx(last_bill(studio)[-1].cost, abs=1e-6),
        "operator",
    )


def test_the_same_key_is_the_same_order_of_pictures(studio: Studio, maya: User) -> None:
    """MO-11, MO-14."""
    model, key = approved(maya), str(uuid.uuid4())
    before = len(last_bill(studio))

    first, again = order(maya, model, key, count=2), order(maya, model, key, count=2)
    other = order(maya, model, key, count=3)

    assert (first.status_code, again.status_code, again.json()["id"]) == (202, 202, first.json()["id"])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert [image["status"] for image in made(maya, first.json()["id"])] == ["saved", "saved"]
    assert order(maya, model, key, count=2).json()["images"][0]["status"] == "saved"
    assert len(last_bill(studio)) == before + 2
    assert account(studio, maya)[0] == 0


def test_a_picture_whose_execution_was_never_started_is_made_after_the_sweep(studio: Studio, maya: User) -> None:
    """SF-01: the door died between its transaction and StartExecution."""
    model = approved(maya)
    owner = Owner(OwnerId(maya.id), studio.gateway.token(maya.id))
    wish = ImageWish(prompt="a person", framing=Framing.PORTRAIT, width=896, height=1120, seed=7)
    images = wiring.croquis().store.images
    ordered = images.order_generations(owner, ModelId(model), str(uuid.uuid4()), {}, [wish], "sent")
    assert studio.sweep()["images"] == 0

    minutes_pass(studio, 2)

    assert studio.sweep()["images"] == 1
    assert [(image["status"], image["seed"]) for image in made(maya, ordered.id)] == [("saved", 7)]
    assert account(studio, maya)[0] == 0


def test_pictures_are_made_of_an_active_model_of_ones_own_only(studio: Studio, maya: User) -> None:
    """AS-07."""
    job = in_review(maya)
    model = maya.read(job)["model"]["id"]
    before = len(last_bill(studio))

    candidate = order(maya, model)
    strangers = order(studio.user(), model)
    maya.post(f"/v1/trainings/{job}/review", {"decision": "reject"}).raise_for_status()
    archived = order(maya, model)

    assert [(it.status_code, it.json()["code"]) for it in (candidate, archived)] == [(409, "model_not_active")] * 2
    assert (strangers.status_code, strangers.json()["code"]) == (404, "no_such_model")
    assert (len(last_bill(studio)), account(studio, maya)[0]) == (before, 0)
