"""The engines of try-ons: their rows, the schemas that are stored of them, and the stand-in's own say the same."""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from croquis.adapters.replicate.models import look_at
from croquis.adapters.replicate.orders import image_input, shown_input, wrong_with
from croquis.adapters.replicate.runs import read_run
from croquis.adapters.replicate.schemas import stored_schema
from croquis.domain.garments.garment import GarmentCategory
from croquis.domain.images.engines import Engine, WornGarment
from croquis.domain.images.input_schema import changes, fingerprint
from croquis.domain.images.recipes import TryOnRecipe
from croquis.errors import Unavailable
from croquis.ports.engines import KnownEngine
from sandbox.replicate.engines import TRAINER, TRAINER_FIELDS, TRAINER_VERSIONS
from sandbox.replicate.inputs import openapi_schema, violations
from sandbox.replicate.shelves import ModelShelf
from sandbox.replicate.try_on_engines import TRY_ON_ENGINES

NAMES = sorted(TRY_ON_ENGINES)
LINK = "https://project.supabase.co/a.jpg"
MARKED = "https://project.supabase.co/b.png?download=cq0123456789abcdef0123456789abcdef.png"


@pytest.fixture(scope="module")
def rows(database: Any) -> Mapping[str, dict[str, Any]]:
    with psycopg.connect(database.dsn(), row_factory=dict_row) as connection:
        found = connection.execute("select * from croquis.engines").fetchall()
    return {it["name"]: it for it in found}


def recipe(row: dict[str, Any], categories: tuple[str, ...]) -> TryOnRecipe:
    worn = tuple(WornGarment(LINK, it) for it in categories)
    engine = Engine.model_validate(row)
    return TryOnRecipe(engine, MARKED, worn, "in other clothes", 7 if engine.has_seed else None)


def read(name: str, change: Any = None) -> Any:
    """The stand-in's model, as an answer."""
    model = ModelShelf(Path("/nonexistent")).get(name)
    assert model
    body = model.as_read(closed=False)
    if change:
        change(body)
    return 200, json.dumps(body).encode()


def known(rows: Mapping[str, dict[str, Any]], name: str) -> KnownEngine:
    return KnownEngine.model_validate(rows[name])


def test_every_engine_that_may_be_ordered_is_played_by_the_stand_in(rows: Mapping[str, dict[str, Any]]) -> None:
    assert sorted(name for name, it in rows.items() if it["retires_on"] is None) == NAMES
    assert [name for name, it in rows.items() if it["is_default"]] == ["prunaai/p-image-try-on"]


@pytest.mark.parametrize("name", NAMES)
def test_its_row_names_the_schema_that_is_stored_and_its_version(rows: Mapping[str, dict[str, Any]], name: str) -> None:
    row, played = rows[name], TRY_ON_ENGINES[name]
    assert row["schema_sha256"] == fingerprint(stored_schema(name) or {}), "put this into its row"
    assert row["version"] == (None if played.official else played.version)
    schemas = openapi_schema(played.fields, "Input")["components"]["schemas"]
    assert changes(stored_schema(name) or {}, schemas["Input"], schemas) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_order_breaks_the_schema_whatever_is_worn(rows: Mapping[str, dict[str, Any]], name: str) -> None:
    row = rows[name]
    able = sorted(row["categories"] or [it.value for it in GarmentCategory])
    for number, category in product(range(1, row["most_garments"] + 1), able):
        ordered = recipe(row, (category,) * number)
        assert wrong_with(ordered) == []
        assert violations(TRY_ON_ENGINES[name].fields, image_input(ordered), closed=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_order_is_found_by_the_pictures_name(rows: Mapping[str, dict[str, Any]], name: str) -> None:
    """MO-07."""
    body = {"id": "x", "status": "processing", "input": image_input(recipe(rows[name], ("upper",)))}
    found = read_run(json.dumps(body).encode())
    assert found
    assert found[0].markers == ("cq0123456789abcdef0123456789abcdef",)


def test_an_input_that_the_engine_would_not_take_is_never_sent(rows: Mapping[str, dict[str, Any]]) -> None:
    row = rows["prunaai/p-image-try-on"]
    assert wrong_with(recipe(row | {"takes": row["takes"] | {"mood": "happy"}}, ("upper",))) == ["mood is not known."]
    assert wrong_with(recipe(row | {"takes": {}}, ("upper",))) == [
        "person_image is missing.",
        "garment_images is missing.",
    ]
    assert wrong_with(recipe(row | {"name": "nobody/knows-it"}, ("upper",))) == ["No schema of this engine is stored."]


def test_a_seed_is_told_as_drawn_only_where_there_is_one(rows: Mapping[str, dict[str, Any]]) -> None:
    told = {name: shown_input(recipe(rows[name], ("upper",)), drawn=True).get("seed") for name in NAMES}
    assert told == {
        "cuuupid/idm-vton": "(drawn when it is ordered)",
        "google/nano-banana-pro": None,
        "prunaai/p-image-try-on": "(drawn when it is ordered)",
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_daily_look_finds_nothing_where_nothing_changed(rows: Mapping[str, dict[str, Any]], name: str) -> None:
    seen = look_at(known(rows, name), lambda _: read(name))
    assert (seen.is_there, seen.changed, seen.version) == (True, (), TRY_ON_ENGINES[name].version)


def test_the_trainer_is_looked_at_as_an_engine_is() -> None:
    trainer = KnownEngine(name=TRAINER, version=TRAINER_VERSIONS[-1])
    seen = look_at(trainer, lambda _: read(TRAINER))
    assert (seen.is_there, seen.changed) == (True, ())
    assert fingerprint(stored_schema(TRAINER) or {}) == fingerprint(
        openapi_schema(TRAINER_FIELDS, "TrainingInput")["components"]["schemas"]["TrainingInput"]
    )


def inputs_of(body: dict[str, Any]) -> dict[str, Any]:
    return body["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"]


CHANGED = {
    "a field is gone": (lambda it: inputs_of(it)["properties"].pop("resolution"), ("resolution",)),
    "a field is new": (lambda it: inputs_of(it)["properties"].update(mood={"type": "string"}), ("mood",)),
    "one is needed": (lambda it: inputs_of(it).update(required=["prompt", "image_input"]), ("(required)",)),
    "fewer pictures": (lambda it: inputs_of(it)["properties"]["image_input"].update(maxItems=3), ("image_input",)),
    "another price": (lambda it: it.update(is_official=False), ("price tier",)),
    "other words": (lambda it: inputs_of(it)["properties"]["prompt"].update(description="x", title="y"), ()),
}


@pytest.mark.parametrize("what", CHANGED)
def test_the_daily_look_names_what_changed(rows: Mapping[str, dict[str, Any]], what: str) -> None:
    change, named = CHANGED[what]
    name = "google/nano-banana-pro"
    assert look_at(known(rows, name), lambda _: read(name, change)).changed == named


GONE = ((404, b"{}"), (200, b'{"latest_version": null}'), (422, b'{"detail": "This version is disabled"}'))


@pytest.mark.parametrize("answer", GONE)
def test_an_engine_that_is_gone_or_disabled_is_not_there(rows: Mapping[str, dict[str, Any]], answer: Any) -> None:
    assert look_at(known(rows, "google/nano-banana-pro"), lambda _: answer).is_there is False


def test_a_newer_version_is_told_and_the_pinned_one_is_looked_at(rows: Mapping[str, dict[str, Any]]) -> None:
    name = "prunaai/p-image-try-on"
    newer = read(name, lambda it: it["latest_version"].update(id="f" * 64))
    pinned = json.loads(read(name)[1])["latest_version"]

    def ask(path: str) -> Any:
        return (200, json.dumps(pinned).encode()) if "/versions/" in path else newer

    seen = look_at(known(rows, name), ask)
    assert (seen.is_there, seen.version, seen.changed) == (True, "f" * 64, ())
    gone = look_at(known(rows, name), lambda path: (404, b"{}") if "/versions/" in path else newer)
    assert gone.is_there is False


@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b"<html>"), (401, b"{}"), (200, b"[" * 100_000)])
def test_an_answer_that_says_nothing_decides_nothing(rows: Mapping[str, dict[str, Any]], answer: Any) -> None:
    with pytest.raises(Unavailable):
        look_at(known(rows, "google/nano-banana-pro"), lambda _: answer)
