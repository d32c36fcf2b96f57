"""The states of a training's workflow: each may be entered again and then finds what is stored."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pydantic import Field

from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.row import Row
from croquis.domain.runs.job import Job, Run
from croquis.domain.runs.training import RunStatus
from croquis.ports.attempts import ReadAttempt


class EnteredStage(Row):
    """What a state begins with."""

    run: Run
    job: Job
    photos: tuple[PhotoRow, ...]  # the accepted ones, by slot; none but for preparing
    newest: ReadAttempt | None  # none but for ingesting


class BegunFailure(Row):
    """What must be undone before a run may be called failed."""

    run: Run
    newest: ReadAttempt | None
    result_waits: bool  # only a verdict about the result itself may fail the run now


class StoredWeights(Row):
    """Weights that lie complete in our storage, and the provider's version that they came with."""

    path: str
    sha256: str
    bytes: int
    version: str
    skipped_files: int = 0  # what the archive held besides them and what the trainer usually writes


class ImageWish(Row):
    """One image to make: what it is asked for with, what that was built of, and the seed if one was named."""

    prompt: str
    framing: Framing
    width: int
    height: int
    seed: int | None = None
    lora_scale: float = 1
    guidance: float = 3
    wishes: Mapping[str, object] = Field(default_factory=dict)


class PreviewToMake(Row):
    image_id: ImageId


class RegisteredModel(Row):
    """The previews of a run, in their order."""

    images: tuple[PreviewToMake, ...]


class Runs(Protocol):
    """Raises Canceled when the run is over or its owner canceled it."""

    def enter_stage(self, job: JobId, run_no: int, stage: RunStatus) -> EnteredStage:
        """The first call of a state; moves the run forward from exactly the stage before."""
        ...

    def record_dataset(
        self, job: JobId, run_no: int, path: str, sha256: str, bytes: int, images: int
    ) -> None: ...  # fmt: skip

    def register_model(
        self, job: JobId, run_no: int, version: str, weights: StoredWeights, previews: Sequence[ImageWish]
    ) -> RegisteredModel:
        """Version, path, hash and size in one transaction; again: the same previews."""
        ...

    def open_review(self, job: JobId, run_no: int) -> RunStatus: ...

    def begin_failure(self, job: JobId, run_no: int) -> BegunFailure: ...

    def record_failure(self, job: JobId, run_no: int, code: str, sentence: str, hint: str) -> RunStatus: ...

    def weights_refused(self) -> list[int]:
        """The size of weights for which the storage had no room when it was asked last; empty when it had."""
        ...

    def weights_have_room(self, bytes: int) -> None: ...

    def next_execution(self, job: JobId, run_no: int, seen: int) -> int | None:
        """The number of the next execution, for exactly one caller; None when another was faster, or after the last."""
        ...

    def runs_to_start(self, most: int, after: str | None, at_once: bool) -> list[Run]:
        """Runs that nothing has moved for too long, by id."""
        ...

    def overdue_runs(self, most: int, after: str | None) -> list[Run]:
        """Runs that have taken longer than their stage may, by id."""
        ...

    def results_waiting(self, most: int, after: str | None) -> list[Run]:
        """Runs whose paid result could not be kept for half an hour, by id."""
        ...
