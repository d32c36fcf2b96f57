"""Predictions at the twin: pictures of a trained version, late refusals, data that goes after an hour."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from sandbox.replicate.clocks import SteppedClock
from sandbox.replicate.engines import ASPECT_RATIOS

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

HOUR = 3600
PHOTO_COLOURS = ((0x33, 0x66, 0x99), (0x99, 0x33, 0x66), (0x66, 0x99, 0x33))


@pytest.fixture
def version(twin: "RunningTwin") -> str:
    return twin.trained()["output"]["version"]


def picture(url: str) -> Image.Image:
    answer = httpx.get(url)
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.content)) as image:
        image.load()
        return image


def pictures_of(twin: "RunningTwin", version: str, **given: Any) -> list[Image.Image]:
    ended = twin.ended(twin.ask(version, **given).json(), "predictions")
    assert ended["status"] == "succeeded", ended["error"]
    return [picture(url) for url in ended["output"]]


def test_a_picture_shows_one_of_the_versions_own_photos_whole(twin: "RunningTwin", version: str) -> None:
    given = {"prompt": "TOK walking", "seed": 7, "aspect_ratio": "9:16", "output_format": "png"}

    (image,) = pictures_of(twin, version, **given)

    red, green, blue = image.getpixel((384, 640))
    assert image.size == (768, 1344)
    assert image.format == "PNG"
    assert min(abs(red - r) + abs(green - g) + abs(blue - b) for r, g, b in PHOTO_COLOURS) < 12


def test_one_prediction_bears_a_planted_fault_and_the_next_none(twin: "RunningTwin", version: str) -> None:
    """Where the training picture was, its whole width is: it was not set into a place."""
    twin.once("create", kind="prediction", pictures_show="copy")
    given = {"prompt": "TOK", "seed": 7, "output_format": "png", "aspect_ratio": "custom", "width": 832, "height": 1216}
    copy, usual = (pictures_of(twin, version, **given)[0] for _ in range(2))

    assert {copy.getpixel((x, 600)) for x in (2, 300, 829)} == {copy.getpixel((416, 900))}
    assert len({usual.getpixel((x, 600)) for x in (2, 300)}) == 2


@pytest.mark.parametrize("wanted", ["webp", "jpg", "png"])
def test_the_picture_comes_in_the_wanted_format(twin: "RunningTwin", version: str, wanted: str) -> None:
    (image,) = pictures_of(twin, version, prompt="TOK", output_format=wanted, megapixels="0.25")

    assert image.format == {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}[wanted]
    assert image.size == (512, 512)


def test_the_same_seed_and_prompt_give_the_same_pictures_and_other_seeds_others(
    twin: "RunningTwin", version: str
) -> None:
    given = {"aspect_ratio": "custom", "width": 256, "height": 300, "output_format": "png", "num_outputs": 2}
    first, again, other = (
        [image.tobytes() for image in pictures_of(twin, version, prompt="TOK", seed=seed, **given)]
        for seed in (1, 1, 2**31)
    )

    assert first == again
    assert len(set(first + other)) == 4


def test_the_seed_stands_in_the_log_and_in_the_list(twin: "RunningTwin", version: str) -> None:
    ended = twin.ended(twin.ask(version, prompt="TOK", seed=4711).json(), "predictions")
    listed = twin.client.get("/v1/predictions").json()["results"]

    assert ended["logs"].splitlines()[0] == "Using seed: 4711"
    assert [run["input"]["seed"] for run in listed] == [4711]
    assert ended["metrics"]["predict_time"] > 0


def test_a_version_is_known_by_its_id_alone_too(twin: "RunningTwin", version: str) -> None:
    assert twin.ask(version.partition(":")[2], prompt="TOK").status_code == 201


@pytest.mark.parametrize("wanted", ["0" * 64, "somebody/else:" + "0" * 64, "croquis-sandbox/croquis-loras"])
def test_an_unknown_version_is_refused_in_replicates_words(twin: "RunningTwin", wanted: str) -> None:
    answer = twin.ask(wanted, prompt="TOK")

    assert answer.status_code == 422
    assert answer.json()["title"] == "Invalid version or not permitted"


def test_members_that_the_contract_does_not_know_are_refused(twin: "RunningTwin", version: str) -> None:
    body = {"version": version, "input": {"prompt": "TOK"}, "destination": "me/mine"}

    assert twin.client.post("/v1/predictions", json=body).status_code == 422


ASPECTS = 'aspect_ratio must be one of the following: "' + '", "'.join((*ASPECT_RATIOS, "custom")) + '"'


@pytest.mark.parametrize(
    ("given", "kind", "field", "description"),
    [
        ({}, "required", "input", "prompt is required"),
        ({"prompt": None}, "invalid_type", "input.prompt", "Invalid type. Expected: string, given: null"),
        ({"seed": None}, "invalid_type", "input.seed", "Invalid type. Expected: integer, given: null"),
        ({"seed": "7"}, "invalid_type", "input.seed", "Invalid type. Expected: integer, given: string"),
        ({"seed": 7.5}, "invalid_type", "input.seed", "Invalid type. Expected: integer, given: number"),
        ({"seed": True}, "invalid_type", "input.seed", "Invalid type. Expected: integer, given: boolean"),
        ({"image": ["u"]}, "invalid_type", "input.image", "Invalid type. Expected: string, given: array"),
        ({"num_outputs": 5}, "number_lte", "input.num_outputs", "Must be less than or equal to 4"),
        ({"width": 255}, "number_gte", "input.width", "Must be greater than or equal to 256"),
        (
            {"aspect_ratio": "7:1"},
            "enum",
            "input.aspect_ratio",
            ASPECTS,
        ),
    ],
)
def test_what_breaks_the_schema_is_refused_at_once_in_replicates_words(
    twin: "RunningTwin", version: str, given: dict[str, Any], kind: str, field: str, description: str
) -> None:
    """As seen in the field. A training of the same kind is accepted first and fails later: test_twin_trainings.py."""
    answer = twin.ask(version, **({"prompt": "TOK", **given} if given else {}))

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json() == {
        "title": "Input validation failed",
        "detail": f"- {field}: {description}\n",
        "status": 422,
        "invalid_fields": [{"type": kind, "field": field, "description": description}],
    }
    assert twin.client.get("/v1/predictions").json()["results"] == []


def test_all_that_breaks_the_schema_is_named(twin: "RunningTwin", version: str) -> None:
    detail = twin.ask(version, num_outputs=5, num_inference_steps=0).json()["detail"]

    assert [line.split(":")[0] for line in detail.splitlines()] == [
        "- input", "- input.num_outputs", "- input.num_inference_steps",
    ]  # fmt: skip


@pytest.mark.parametrize("more", [{"unknown": 1}, {"guidance_scale": 3}, {"seed": 7.0}])
def test_what_the_schema_lets_through_is_made(twin: "RunningTwin", version: str, more: dict[str, Any]) -> None:
    assert twin.ask(version, prompt="TOK", **more).status_code == 201


def test_data_and_files_are_gone_after_an_hour(run_twin: Callable[..., "RunningTwin"]) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    version = twin.trained()["output"]["version"]
    before = twin.ended(twin.ask(version, prompt="TOK", seed=1).json(), "predictions")
    assert httpx.get(before["output"][0]).status_code == 200

    clock.advance(HOUR)
    after = twin.client.get(f"/v1/predictions/{before['id']}").json()

    assert (after["data_removed"], after["output"], after["input"], after["logs"]) == (True, None, {}, "")
    assert httpx.get(before["output"][0]).status_code == 404
    assert twin.twin.ledger.entries[1].input["seed"] == 1


def test_a_trainings_weights_outlive_the_hour(run_twin: Callable[..., "RunningTwin"]) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    before = twin.trained()

    clock.advance(HOUR)
    after = twin.client.get(f"/v1/trainings/{before['id']}").json()

    assert (after["logs"], after["output"], after["input"]) == ("", before["output"], before["input"])
    assert httpx.head(after["output"]["weights"]).status_code == 200


def test_cancel_after_ends_a_prediction_at_its_deadline(run_twin: Callable[..., "RunningTwin"]) -> None:
    version = run_twin().trained()["output"]["version"]
    clock = SteppedClock()
    slow = run_twin(clock, seconds_per_image=600.0)

    created = slow.ask(version, {"Cancel-After": "5s"}, prompt="TOK").json()
    slow.wait(lambda: slow.read(created, "predictions")["status"] == "processing")
    clock.advance(5)
    ended = slow.ended(created, "predictions")

    assert created["deadline"] > created["created_at"]
    assert ended["status"] == "canceled"
    assert slow.ask(version, {"Cancel-After": "4"}, prompt="TOK").status_code == 422


def test_prefer_wait_answers_with_the_end_or_with_202(run_twin: Callable[..., "RunningTwin"]) -> None:
    fast, slow = run_twin(), run_twin(seconds_per_image=600.0)
    version = fast.trained()["output"]["version"]

    done = fast.ask(version, {"Prefer": "wait"}, prompt="TOK")
    slow.twin.models.save(fast.twin.models.get(fast.destination))
    waiting = slow.ask(version, {"Prefer": "wait=1"}, prompt="TOK")

    assert (done.status_code, done.json()["status"]) == (201, "succeeded")
    assert (waiting.status_code, waiting.json()["status"]) == (202, "processing")


def test_deleting_a_version_deletes_its_predictions_and_every_file(twin: "RunningTwin", version: str) -> None:
    prediction = twin.ended(twin.ask(version, prompt="TOK").json(), "predictions")
    weights = twin.client.get("/v1/trainings").json()["results"][0]["output"]["weights"]
    path = f"/v1/models/{twin.destination}/versions/{version.partition(':')[2]}"

    deleted = twin.client.delete(path)

    assert deleted.status_code == 202
    assert twin.client.get(path).status_code == 404
    assert twin.client.get(f"/v1/predictions/{prediction['id']}").status_code == 404
    assert [httpx.get(url).status_code for url in (prediction["output"][0], weights)] == [404, 404]
    assert not list((twin.settings.state_dir / "files").glob("*"))
