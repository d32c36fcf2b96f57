"""Presets, ranges, and what they cost in bytes and seconds."""

import pytest
from pydantic import ValidationError

from croquis.domain.runs.advice import advice_on
from croquis.domain.runs.training import (
    JobStatus,
    Preset,
    RunStatus,
    TrainingParameters,
    expected_seconds,
    expected_weights_bytes,
)

FULL = TrainingParameters()
COMPACT = TrainingParameters(preset=Preset.COMPACT)
IDENTITY = TrainingParameters(preset=Preset.IDENTITY)


def test_nothing_chosen_means_the_full_preset() -> None:
    assert FULL.model_dump() == {
        "preset": "full",
        "steps": 1000,
        "lora_rank": 16,
        "learning_rate": 4e-4,
        "resolution": "768,1024",
        "caption_dropout_rate": 0.05,
    }


def test_the_compact_preset_has_its_own_rank_and_is_otherwise_the_same() -> None:
    assert FULL.model_copy(update={"preset": Preset.COMPACT, "lora_rank": 48}) == COMPACT


def test_the_identity_preset_has_twice_the_rank_and_twice_the_steps_of_a_quarter_of_the_rate() -> None:
    assert IDENTITY.model_dump() == FULL.model_dump() | {
        "preset": "identity",
        "steps": 2000,
        "lora_rank": 32,
        "learning_rate": 1e-4,
    }


@pytest.mark.parametrize(
    ("steps", "rate", "advised"),
    [
        *((2000, 4e-4, True), (3000, 4e-4, True), (1999, 4e-4, False), (1000, 1e-3, True), (1000, 8e-4, True)),
        *((3000, 1e-4, False), (2000, 1e-4, False), (3, 1e-2, False)),
    ],
)
def test_many_large_steps_are_advised_against_and_not_refused(steps: int, rate: float, advised: bool) -> None:
    found = advice_on(TrainingParameters(steps=steps, learning_rate=rate))
    assert [it.code for it in found] == ["likely_to_warp"] * advised
    assert all(f"{steps} steps" in it.sentence and f"{rate:g}" in it.sentence and it.hint for it in found)


@pytest.mark.parametrize("preset", Preset)
def test_no_preset_is_advised_against_as_it_is(preset: Preset) -> None:
    assert advice_on(TrainingParameters(preset=preset)) == ()


def test_the_hint_about_many_large_steps_is_itself_not_advised_against() -> None:
    for steps, rate in ((1000, 4e-4), (2000, 1e-4)):
        assert advice_on(TrainingParameters(steps=steps, learning_rate=rate)) == ()


def test_a_chosen_rank_goes_before_the_rank_of_the_preset() -> None:
    assert TrainingParameters(preset=Preset.COMPACT, lora_rank=8).lora_rank == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 2},
        {"steps": 3001},
        {"lora_rank": 0},
        {"lora_rank": 65},
        {"learning_rate": 9e-7},
        {"learning_rate": 0.011},
        {"learning_rate": float("nan")},
        {"resolution": "640"},
        {"caption_dropout_rate": 1.1},
        {"preset": "huge"},
        {"hf_repo_id": "someone/public"},
    ],
    ids=str,
)
def test_what_is_out_of_range_or_unknown_is_refused_before_money(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TrainingParameters.model_validate(wrong)


@pytest.mark.parametrize(
    "right", [{"steps": 3}, {"steps": 3000}, {"lora_rank": 1}, {"lora_rank": 64}, {"learning_rate": 1e-6}], ids=str
)
def test_the_ends_of_a_range_belong_to_it(right: dict[str, object]) -> None:
    assert TrainingParameters.model_validate(right).model_dump().items() >= right.items()


@pytest.mark.parametrize(
    ("parameters", "tensors"),
    [
        (FULL, 171_835_392),
        (TrainingParameters(lora_rank=1), 10_739_712),
        (TrainingParameters(lora_rank=64), 687_341_568),
        (COMPACT, 7_077_888),
        (IDENTITY, 343_670_784),
        (TrainingParameters(preset=Preset.COMPACT, lora_rank=16), 2_359_296),
    ],
)
def test_the_expected_weights_are_the_tensors_and_a_small_header(parameters: TrainingParameters, tensors: int) -> None:
    assert 0 < expected_weights_bytes(parameters) - tensors < 150_000


def test_the_expected_time_grows_with_the_steps_and_with_full_resolution() -> None:
    assert expected_seconds(FULL) == 1160
    assert expected_seconds(TrainingParameters(steps=3)) == 64
    assert expected_seconds(IDENTITY) == 2260
    assert expected_seconds(TrainingParameters(resolution="1024")) == 1820


def test_the_states_are_those_of_the_database() -> None:
    shared = {"queued", "preparing", "training", "ingesting", "previewing", "in_review"}
    assert set(JobStatus) == shared | {"draft", "approved", "rejected", "failed", "canceled"}
    assert set(RunStatus) == shared | {"approved", "rejected", "retried", "failed", "canceled"}
