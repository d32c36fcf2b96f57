"""What an order would be, asked without ordering."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from croquis.domain.ids import JobId, ModelId
from croquis.domain.images.exam import ExamReport
from croquis.domain.row import Row
from croquis.domain.runs.estimate import History
from croquis.domain.runs.job import Refusal
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner


class Planned(Row):
    """What it would reserve, what such orders took, and all that stands against it."""

    expected_usd: Decimal
    history: History
    refusals: tuple[Refusal, ...]


class PlannedImages(Planned):
    """With the model, and the version and the exam of the run that makes them, where it has them."""

    model: Model
    provider_version: str | None
    exam: ExamReport | None


class PlannedTraining(Planned):
    """The history is in shares of the whole way that was expected of each run, the prices in shares of what was
    reserved for it.
    """

    trigger_word: str
    expected_seconds: int
    prices: History


class DryRuns(Protocol):
    """Nothing is reserved, written or remembered."""

    def dry_run_training(
        self, owner: Owner, job: JobId, retry: bool, parameters: Mapping[str, object]
    ) -> PlannedTraining:
        """One's own job; another's is refused like one that does not exist."""
        ...

    def dry_run_images(self, owner: Owner, model: ModelId, wanted: int) -> PlannedImages: ...
