"""Keeps the port DryRuns."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import JobId, ModelId
from croquis.ports.dry_runs import PlannedImages, PlannedTraining
from croquis.ports.owner import Owner


class SupabaseDryRuns:
    """See croquis.ports.dry_runs for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def dry_run_training(
        self, owner: Owner, job: JobId, retry: bool, parameters: Mapping[str, object]
    ) -> PlannedTraining:
        return self._api.call_as(
            owner, PlannedTraining, "dry_run_training", job=job, retry=retry, parameters=parameters
        )

    def dry_run_images(self, owner: Owner, model: ModelId, wanted: int) -> PlannedImages:
        return self._api.call_as(owner, PlannedImages, "dry_run_images", model=model, wanted=wanted)
