"""Keeps the port Runs."""

from collections.abc import Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import JobId
from croquis.domain.runs.job import Run
from croquis.domain.runs.training import RunStatus
from croquis.ports.runs import BegunFailure, EnteredStage, ImageWish, RegisteredModel, StoredWeights


class SupabaseRuns:
    """See croquis.ports.runs for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def enter_stage(self, job: JobId, run_no: int, stage: RunStatus) -> EnteredStage:
        return self._api.call(EnteredStage, "enter_stage", job=job, run_no=run_no, stage=stage)

    def record_dataset(self, job: JobId, run_no: int, path: str, sha256: str, bytes: int, images: int) -> None:
        self._api.find(
            object, "record_dataset", job=job, run_no=run_no, path=path, sha256=sha256, bytes=bytes, images=images
        )

    def register_model(
        self, job: JobId, run_no: int, version: str, weights: StoredWeights, previews: Sequence[ImageWish]
    ) -> RegisteredModel:
        return self._api.call(
            RegisteredModel,
            "register_model",
            job=job,
            run_no=run_no,
            version=version,
            weights=weights,
            previews=previews,
        )

    def open_review(self, job: JobId, run_no: int) -> RunStatus:
        return self._api.call(RunStatus, "open_review", job=job, run_no=run_no)

    def begin_failure(self, job: JobId, run_no: int) -> BegunFailure:
        return self._api.call(BegunFailure, "begin_failure", job=job, run_no=run_no)

    def record_failure(self, job: JobId, run_no: int, code: str, sentence: str, hint: str) -> RunStatus:
        return self._api.call(
            RunStatus, "record_failure", job=job, run_no=run_no, code=code, sentence=sentence, hint=hint
        )

    def weights_refused(self) -> list[int]:
        return self._api.call(list[int], "weights_refused")

    def weights_have_room(self, bytes: int) -> None:
        self._api.find(object, "weights_have_room", bytes=bytes)

    def next_execution(self, job: JobId, run_no: int, seen: int) -> int | None:
        return self._api.find(int, "next_execution", job=job, run_no=run_no, seen=seen)

    def runs_to_start(self, most: int, after: str | None, at_once: bool) -> list[Run]:
        return self._api.call(list[Run], "runs_to_start", most=most, after=after, at_once=at_once)

    def overdue_runs(self, most: int, after: str | None) -> list[Run]:
        return self._api.call(list[Run], "overdue_runs", most=most, after=after)

    def results_waiting(self, most: int, after: str | None) -> list[Run]:
        return self._api.call(list[Run], "results_waiting", most=most, after=after)
