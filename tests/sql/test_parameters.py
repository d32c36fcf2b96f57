"""The training's parameters: the same ranges, defaults and expectations in SQL as in Python, whoever asks."""

import itertools
import math
from typing import Any, get_args

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb
from pydantic import ValidationError
from sql.seats import Connection, refused
from sql.story import Story, key

from croquis.domain.images.repairs import LARGEST
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.overrides import OVERRIDES, Override
from croquis.domain.photos.photo import MAX_PHOTO_BYTES, PHOTO_TYPES
from croquis.domain.runs.estimate import FEWEST_FINISHED, IMAGE_SECONDS
from croquis.domain.runs.job import MOST_EXECUTIONS
from croquis.domain.runs.progress import AROUND_TRAINING
from croquis.domain.runs.training import (
    Preset,
    Resolution,
    TrainingParameters,
    expected_seconds,
    expected_weights_bytes,
)

NUMBERS = ("steps", "lora_rank", "learning_rate", "caption_dropout_rate")
STEPS = (3, 4, 7, 99, 100, 101, 1000, 1234, 2999, 3000)
RANKS = (1, 7, 16, 48, 64)
GIVEN = [
    {},
    *({"preset": it} for it in Preset),
    {"preset": None, "steps": None},
    {"preset": "identity", "lora_rank": 8},
]


@pytest.mark.parametrize("resolution", get_args(Resolution))
def test_sql_expects_the_same_seconds_as_python(db, resolution):
    for steps in STEPS:
        python = expected_seconds(TrainingParameters(steps=steps, resolution=resolution))
        assert db.execute("select croquis.expected_seconds(%s, %s)", (steps, resolution)).fetchone() == (python,)


@pytest.mark.parametrize("preset", Preset)
def test_sql_expects_the_same_bytes_as_python(db, preset):
    for rank in RANKS:
        python = expected_weights_bytes(TrainingParameters(preset=preset, lora_rank=rank))
        assert db.execute("select croquis.expected_weights_bytes(%s, %s)", (preset, rank)).fetchone() == (python,)


def bounds(name: str) -> tuple[float, float]:
    found = {type(it).__name__: it for it in TrainingParameters.model_fields[name].metadata}
    return found["Ge"].ge, found["Le"].le


def beyond(bound: float, upwards: bool) -> float:
    if isinstance(bound, int):
        return bound + (1 if upwards else -1)
    return math.nextafter(bound, math.inf if upwards else -math.inf)


def takes(story: Story, parameters: dict[str, Any]) -> bool:
    """Whether SQL submits the job with them; it is a draft again afterwards."""
    try:
        with story.connection.transaction(force_rollback=True):
            story.submitted(**parameters)
    except psycopg.DatabaseError as error:
        return error.diag.message_detail not in ("out_of_range", "unknown_parameter") and _raise(error)
    return True


@pytest.mark.parametrize(
    ("function", "python"),
    [
        ("photo_types", list(PHOTO_TYPES)),
        ("max_photo_bytes", MAX_PHOTO_BYTES),
        ("most_executions", MOST_EXECUTIONS),
        ("seconds_around_training", AROUND_TRAINING),
        ("seconds_of_image", IMAGE_SECONDS),
        ("fewest_finished", FEWEST_FINISHED),
        ("largest_face_to_repair", LARGEST),
    ],
)
def test_sql_holds_the_same_numbers_and_words_as_python(db, function, python):
    query = SQL("select croquis.{}()").format(Identifier(function))
    assert db.execute(query).fetchone() == (python,)


@pytest.mark.parametrize("code", [*OVERRIDES, *BodyCode, "type_differs", "", "anything", None])
def test_sql_knows_the_same_override_for_every_code_as_python(db, code):
    python = OVERRIDES.get(code, Override.NEVER)
    assert db.execute("select croquis.override_of(%s)::text", (code,)).fetchone() == (python,)


def test_sql_holds_for_stricter_what_python_holds_for_stricter(db):
    assert db.execute("select enum_range(null::public.override)::text[]").fetchone() == (list(Override),)


def _raise(error: Exception) -> bool:
    raise error


def python_takes(parameters: dict[str, Any]) -> bool:
    try:
        TrainingParameters.model_validate(parameters)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", NUMBERS)
def test_sql_and_python_end_their_ranges_at_the_same_numbers(story, name):
    story.with_photos()
    low, high = bounds(name)
    inside, outside = (low, high), (beyond(low, False), beyond(high, True))
    assert [takes(story, {name: value}) for value in (*inside, *outside)] == [True, True, False, False]
    assert [python_takes({name: value}) for value in (*inside, *outside)] == [True, True, False, False]


def test_sql_and_python_know_the_same_words(story):
    story.with_photos()
    for preset, resolution in itertools.product([*Preset, "tiny", ""], [*get_args(Resolution), "256", "1024,512", ""]):
        parameters = {"preset": preset, "resolution": resolution}
        assert takes(story, parameters) == python_takes(parameters), parameters


@pytest.mark.parametrize("given", GIVEN)
def test_what_is_left_out_comes_from_the_preset_as_in_python(story, given):
    story.with_photos().submitted(**given)
    run = story.seen()["runs"][0]
    python = TrainingParameters.model_validate({name: value for name, value in given.items() if value})
    assert {name: run[name] for name in TrainingParameters.model_fields} == python.model_dump(mode="json")
    assert run["expected_seconds"] == expected_seconds(python)
    assert run["expected_weights_bytes"] == expected_weights_bytes(python)


def test_no_parameters_at_all_are_the_defaults(story):
    story.with_photos().owner.call("submit_training", job=story.job, idempotency_key=key(), parameters=None)
    assert story.seen()["runs"][0]["steps"] == 1000


@pytest.mark.parametrize("wrong", [[], "full", 5, True, {"step": 5}, {"steps": 5, "owner_id": "x"}])
def test_what_is_no_parameter_is_refused_and_not_overlooked(story, wrong):
    """AS-12."""
    story.with_photos()
    with refused(422, "unknown_parameter"):
        story.owner.call("submit_training", job=story.job, idempotency_key=key(), parameters=Jsonb(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": "many"},
        {"steps": 10.5},
        {"steps": 10**30},
        {"steps": [10]},
        {"lora_rank": True},
        {"learning_rate": "NaN"},
        {"learning_rate": "Infinity"},
        {"learning_rate": {}},
        {"caption_dropout_rate": -0.1},
        {"preset": ["full"]},
        {"resolution": 512.5},
    ],
)
def test_a_parameter_of_another_type_is_the_callers_fault(story, wrong):
    story.with_photos()
    with pytest.raises(psycopg.Error) as caught:
        story.submitted(**wrong)
    assert caught.value.sqlstate in ("PT422", "22P02", "22003")


def limit_weights(db: Connection, size: int | None) -> None:
    db.execute("update storage.buckets set file_size_limit = %s where id = 'lora-weights'", (size,))


def test_weights_that_the_bucket_cannot_hold_are_refused_before_any_money(db, story):
    story.with_photos()
    full = expected_weights_bytes(TrainingParameters())
    limit_weights(db, full - 1)
    with refused(422, "weights_too_large"):
        story.submitted()
    assert story.money() == (0, 0)
    limit_weights(db, full)
    assert takes(story, {})
    with refused(422, "weights_too_large"):
        story.submitted(preset="identity")
    limit_weights(db, 50_000_000)
    assert story.submitted(preset="compact")["status"] == "queued"


def test_weights_that_the_storage_itself_refused_are_not_ordered_until_it_has_room(db, story, other):
    full = expected_weights_bytes(TrainingParameters())
    story.to("preparing").failed("weights_too_large")
    assert story.worker.each("weights_refused") == [full]
    for refuses in (lambda: story.reviewed("retry", idempotency_key=key()), other.with_photos().submitted):
        with refused(422, "weights_too_large"):
            refuses()
    assert takes(other, {"lora_rank": 15})
    story.worker.call("weights_have_room", bytes=full - 1)
    assert story.worker.each("weights_refused") == [full]
    story.worker.call("weights_have_room", bytes=full)
    assert story.worker.each("weights_refused") == []
    assert story.reviewed("retry", idempotency_key=key())["status"] == "queued"


def test_the_smallest_weights_that_were_refused_count(db, story, other):
    story.to("draft").submitted(lora_rank=8)
    story.failed("weights_too_large")
    db.execute("update croquis.limits set weights_refused_bytes = 2 * weights_refused_bytes")
    assert takes(other.with_photos(), {"lora_rank": 8})
    (before,) = other.worker.each("weights_refused")
    other.submitted(lora_rank=8)
    other.failed("weights_too_large")
    assert other.worker.each("weights_refused") == [before // 2]


def test_a_retry_checks_its_parameters_like_a_submit(story):
    story.to("failed")
    with refused(422, "out_of_range"):
        story.reviewed("retry", idempotency_key=key(), parameters={"steps": 2})
    with refused(422, "unknown_parameter"):
        story.reviewed("retry", idempotency_key=key(), parameters={"x": 2})
    assert story.reviewed("retry", idempotency_key=key(), parameters={"steps": 3})["current_run"] == 2
