"""Try-ons at the twin: what each engine takes, how it refuses, what its picture shows."""

import io
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw
from studio import PHOTOS

from sandbox.replicate.try_on_engines import BANANA, FLAGGED, IDM, PRUNA, TryOnEngine

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

RED, BLUE = (180, 30, 40), (30, 60, 140)


def drawn(colour: tuple[int, int, int], *shape: tuple[int, int]) -> bytes:
    garment = Image.new("RGB", (600, 900), "white")
    ImageDraw.Draw(garment).polygon(shape, fill=colour)
    return encoded(garment)


def encoded(image: Image.Image) -> bytes:
    image.save(out := io.BytesIO(), "PNG")
    return out.getvalue()


TOP = drawn(RED, (100, 200), (500, 200), (500, 700), (100, 700))
TROUSERS = drawn(BLUE, (150, 50), (450, 50), (480, 850), (340, 850), (300, 300), (260, 850), (120, 850))


@pytest.fixture
def person(twin: "RunningTwin") -> Image.Image:
    with Image.open(PHOTOS[0]) as photo:
        small = photo.convert("RGB")
    small.thumbnail((640, 960))
    for name, data in {"person.png": encoded(small), "top.png": TOP, "trousers.png": TROUSERS}.items():
        twin.place.put(name, data)
    return small


def order_of(twin: "RunningTwin", engine: TryOnEngine, *names: str) -> dict[str, Any]:
    person, *garments = (f"{twin.place.url}/files/{name}" for name in ("person.png", *names))
    if engine is BANANA:
        return {"prompt": "dressed", "image_input": [person, *garments], "output_format": "png"}
    if engine is IDM:
        return {"human_img": person, "garm_img": garments[0]}
    return {"person_image": person, "garment_images": garments, "output_format": "png"}


def asked_as(engine: TryOnEngine) -> str:
    return engine.model if engine.official else engine.version


def made(twin: "RunningTwin", engine: TryOnEngine, *names: str) -> Image.Image:
    ended = twin.ended(twin.ask(asked_as(engine), **order_of(twin, engine, *names)).json(), "predictions")
    assert ended["status"] == "succeeded", ended["error"]
    assert isinstance(ended["output"], str)
    return Image.open(io.BytesIO(httpx.get(ended["output"]).content)).convert("RGB")


def share_of(picture: Image.Image, colour: tuple[int, int, int]) -> float:
    return float((np.abs(np.asarray(picture, np.int16) - colour).sum(axis=2) < 90).mean())


@pytest.mark.parametrize("engine", [PRUNA, BANANA, IDM], ids=lambda it: it.model)
def test_each_engine_puts_the_garments_on_and_keeps_the_size(
    twin: "RunningTwin", person: Image.Image, engine: TryOnEngine
) -> None:
    names = ("top.png",) if engine is IDM else ("top.png", "trousers.png")
    picture = made(twin, engine, *names)
    assert picture.size == person.size
    assert share_of(picture, RED) > 0.03 > share_of(person, RED)
    if engine is not IDM:
        assert share_of(picture, BLUE) > 0.03


def test_one_engine_refuses_what_it_does_not_know_and_another_ignores_it(
    twin: "RunningTwin", person: Image.Image
) -> None:
    refused = twin.ask(PRUNA.version, **order_of(twin, PRUNA, "top.png"), mood="happy")
    assert (refused.status_code, "mood is not allowed" in refused.text) == (422, True)
    assert twin.ask(BANANA.model, **order_of(twin, BANANA, "top.png"), mood="happy").status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [{"garment_images": "one"}, {"garment_images": [1]}, {"garment_images": ["https://x.invalid"] * 12}, {"seed": "7"}],
)
def test_what_breaks_the_schema_is_refused_at_once(
    twin: "RunningTwin", person: Image.Image, wrong: dict[str, Any]
) -> None:
    assert twin.ask(PRUNA.version, **order_of(twin, PRUNA, "top.png") | wrong).status_code == 422
    assert twin.bill == []


def test_only_an_official_engine_runs_under_its_name_alone(twin: "RunningTwin", person: Image.Image) -> None:
    assert twin.ask(PRUNA.model, **order_of(twin, PRUNA, "top.png")).status_code == 422


def test_an_engine_refuses_in_its_own_words(twin: "RunningTwin", person: Image.Image) -> None:
    twin.once("create", kind="prediction", prediction_ends="nsfw")
    run = twin.ask(BANANA.model, **order_of(twin, BANANA, "top.png")).json()
    assert twin.ended(run, "predictions")["error"] == FLAGGED


def test_a_picture_is_paid_by_its_garments(twin: "RunningTwin", person: Image.Image) -> None:
    made(twin, PRUNA, "top.png", "trousers.png")
    made(twin, BANANA, "top.png", "trousers.png")
    assert sorted(it.cost for it in twin.twin.ledger) == [0.023, 0.15]


def test_somebody_else_is_in_the_picture_when_that_is_asked_for(twin: "RunningTwin", person: Image.Image) -> None:
    usual = made(twin, PRUNA, "top.png")
    twin.once("create", kind="prediction", pictures_show="stranger")
    other = made(twin, PRUNA, "top.png")
    head = (0, 0, person.width, person.height // 4)
    assert usual.crop(head).tobytes() != other.crop(head).tobytes()


def test_the_engines_are_read_as_models(twin: "RunningTwin") -> None:
    found = twin.client.get(f"/v1/models/{PRUNA.model}").json()
    schema = found["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"]
    assert found["latest_version"]["id"] == PRUNA.version
    assert schema["properties"]["garment_images"]["maxItems"] == 11
    assert twin.client.get(f"/v1/models/{BANANA.model}").json()["is_official"] is True
