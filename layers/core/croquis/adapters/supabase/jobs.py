"""Keeps the port Jobs."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import JobId
from croquis.domain.runs.job import Job
from croquis.ports.jobs import CanceledTraining, ReadLog, ReadTraining
from croquis.ports.owner import Owner


class SupabaseJobs:
    """See croquis.ports.jobs for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def open_training(self, owner: Owner, model_name: str, gender: str, consent: Mapping[str, object]) -> Job:
        return self._api.call_as(owner, Job, "open_training", model_name=model_name, gender=gender, consent=consent)

    def read_training(self, owner: Owner, job: JobId) -> ReadTraining | None:
        return self._api.find_as(owner, ReadTraining, "read_training", job=job)

    def read_training_log(self, owner: Owner, job: JobId, run_no: int, line: int, step: int) -> ReadLog | None:
        return self._api.find_as(owner, ReadLog, "read_training_log", job=job, run_no=run_no, line=line, step=step)

    def list_trainings(self, owner: Owner, *, before: str | None, limit: int) -> list[Job]:
        return self._api.list_as(owner, Job, "lora_training_jobs", before=before, limit=limit)

    def submit_training(
        self,
        owner: Owner,
        job: JobId,
        idempotency_key: str | None,
        parameters: Mapping[str, object],
        sent_sha256: str,
    ) -> ReadTraining:
        return self._api.call_as(
            owner,
            ReadTraining,
            "submit_training",
            job=job,
            idempotency_key=idempotency_key,
            parameters=parameters,
            sent_sha256=sent_sha256,
        )

    def cancel_training(self, owner: Owner, job: JobId) -> CanceledTraining:
        return self._api.call_as(owner, CanceledTraining, "cancel_training", job=job)

    def review_training(
        self,
        owner: Owner,
        job: JobId,
        decision: str,
        idempotency_key: str | None,
        parameters: Mapping[str, object],
        sent_sha256: str,
    ) -> Job:
        return self._api.call_as(
            owner,
            Job,
            "review_training",
            job=job,
            decision=decision,
            idempotency_key=idempotency_key,
            parameters=parameters,
            sent_sha256=sent_sha256,
        )
