"""A training: its states, its parameters and their ranges, what it is expected to weigh and to take.

The ranges are ours and narrower than the trainer's, because the provider checks only after it has accepted the order.
SQL holds the same ranges and formulas; tests/sql/test_parameters.py holds the two equal.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

WEIGHT_BYTES = 2  # F16
FULL_PARAMETERS_PER_RANK = 5_369_856  # all 494 linear modules of FLUX.1-dev
COMPACT_PARAMETERS_PER_RANK = 4 * (15_360 + 3_072)  # four proj_out layers, in + out
FULL_HEADER_BYTES, COMPACT_HEADER_BYTES = 134_000, 2_000

Resolution = Literal["512", "768", "1024", "512,768", "768,1024", "512,768,1024"]


class JobStatus(StrEnum):
    """What a job's owner sees; equal to the values in `lora_training_jobs.status`, where the graph of moves is."""

    DRAFT = "draft"
    QUEUED = "queued"
    PREPARING = "preparing"
    TRAINING = "training"
    INGESTING = "ingesting"
    PREVIEWING = "previewing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"


class RunStatus(StrEnum):
    """One paid try at a job; equal to the values in `training_runs.status`. A run is never reopened."""

    QUEUED = "queued"
    PREPARING = "preparing"
    TRAINING = "training"
    INGESTING = "ingesting"
    PREVIEWING = "previewing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETRIED = "retried"
    FAILED = "failed"
    CANCELED = "canceled"


class Preset(StrEnum):
    """`full` adapts every layer (171.8 MB); `compact` four of them (7.1 MB, for small storage plans); `identity` every
    layer with twice the rank in twice the steps, each a quarter as large (343.7 MB, twice the price), for likeness:
    that is what guides advise, and was not tried by us in real trainings yet.
    """

    FULL = "full"
    COMPACT = "compact"
    IDENTITY = "identity"


class _Defaults(NamedTuple):
    steps: int
    lora_rank: int
    learning_rate: float


DEFAULTS = {
    Preset.FULL: _Defaults(1000, 16, 4e-4),
    Preset.COMPACT: _Defaults(1000, 48, 4e-4),
    Preset.IDENTITY: _Defaults(2000, 32, 1e-4),
}


# ours, inside the trainer's
Steps = Annotated[int, Field(ge=3, le=3000)]
LoraRank = Annotated[int, Field(ge=1, le=64)]
LearningRate = Annotated[float, Field(ge=1e-6, le=1e-2)]
Dropout = Annotated[float, Field(ge=0, le=1)]


def _steps_of(given: dict[str, Any]) -> int:
    return DEFAULTS[given["preset"]].steps


def _rank_of(given: dict[str, Any]) -> int:
    return DEFAULTS[given["preset"]].lora_rank


def _rate_of(given: dict[str, Any]) -> float:
    return DEFAULTS[given["preset"]].learning_rate


class TrainingParameters(BaseModel):
    """What one run is trained with; what is not given comes from the preset.

    `resolution` lists area buckets: "768,1024" trains every photo at 768² and at 1024² pixels, in its own shape.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    preset: Preset = Preset.FULL
    steps: Steps = Field(default_factory=_steps_of)
    lora_rank: LoraRank = Field(default_factory=_rank_of)
    learning_rate: LearningRate = Field(default_factory=_rate_of)
    resolution: Resolution = "768,1024"
    caption_dropout_rate: Dropout = 0.05


def expected_weights_bytes(parameters: TrainingParameters) -> int:
    """Size of the safetensors file, to the header's few kilobytes: refused before money where it would not fit."""
    if parameters.preset is Preset.COMPACT:
        return COMPACT_PARAMETERS_PER_RANK * parameters.lora_rank * WEIGHT_BYTES + COMPACT_HEADER_BYTES
    return FULL_PARAMETERS_PER_RANK * parameters.lora_rank * WEIGHT_BYTES + FULL_HEADER_BYTES


def expected_seconds(parameters: TrainingParameters) -> int:
    """Billed seconds: 1.1 per step, 1.6 times that where every step is at 1024², and a minute of set-up."""
    hundredths_per_step = 176 if parameters.resolution == "1024" else 110
    return -(-parameters.steps * hundredths_per_step // 100) + 60
