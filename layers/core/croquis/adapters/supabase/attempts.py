"""Keeps the port Attempts."""

from collections.abc import Sequence
from typing import Literal

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.runs.attempt import Attempt, AttemptState, RunKind
from croquis.ports.attempts import (
    ListedRun,
    OpenedImageAttempt,
    OpenedTrainingAttempt,
    ReadAttempt,
    ReceivedWebhook,
    SeenRun,
)
from croquis.ports.provider import ProviderRun, TrainerLog


class SupabaseAttempts:
    """See croquis.ports.attempts for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def open_training_attempt(
        self, job: JobId, run_no: int, attempt: AttemptId, marker: str, token: str
    ) -> OpenedTrainingAttempt:
        return self._api.call(
            OpenedTrainingAttempt,
            "open_training_attempt",
            job=job,
            run_no=run_no,
            attempt=attempt,
            marker=marker,
            token=token,
        )

    def open_image_attempt(self, image: ImageId, attempt: AttemptId, marker: str, token: str) -> OpenedImageAttempt:
        return self._api.call(
            OpenedImageAttempt, "open_image_attempt", image=image, attempt=attempt, marker=marker, token=token
        )

    def attempt_started(self, attempt_id: AttemptId, provider_id: str) -> bool:
        return self._api.call(bool, "attempt_started", attempt_id=attempt_id, provider_id=provider_id)

    def attempt_unknown(self, attempt_id: AttemptId) -> None:
        self._api.find(object, "attempt_unknown", attempt_id=attempt_id)

    def attempt_not_started(
        self, attempt_id: AttemptId, outcome: Literal[AttemptState.REFUSED, AttemptState.THROTTLED], reason: str
    ) -> None:
        self._api.find(object, "attempt_not_started", attempt_id=attempt_id, outcome=outcome, reason=reason)

    def attempt_absent(self, attempt_id: AttemptId) -> Attempt:
        return self._api.call(Attempt, "attempt_absent", attempt_id=attempt_id)

    def attempt_missing(self, attempt_id: AttemptId) -> Attempt:
        return self._api.call(Attempt, "attempt_missing", attempt_id=attempt_id)

    def saw_run(self, kind: RunKind, seen: ProviderRun) -> SeenRun:
        return self._api.call(SeenRun, "saw_run", kind=kind, seen=seen)

    def saw_runs(self, kind: RunKind, seen: Sequence[ProviderRun]) -> list[ListedRun]:
        return self._api.call(list[ListedRun], "saw_runs", kind=kind, seen=seen)

    def receive_webhook(self, webhook_id: str, marker: str, seen: ProviderRun) -> ReceivedWebhook:
        return self._api.call(ReceivedWebhook, "receive_webhook", webhook_id=webhook_id, marker=marker, seen=seen)

    def record_progress(self, marker: str, provider_id: str, log: TrainerLog, at_once: bool) -> bool:
        return self._api.call(bool, "record_progress", marker=marker, provider_id=provider_id, log=log, at_once=at_once)

    def read_attempt(self, attempt_id: AttemptId) -> ReadAttempt:
        return self._api.call(ReadAttempt, "read_attempt", attempt_id=attempt_id)

    def attempt_of_run(self, job: JobId, run_no: int) -> ReadAttempt | None:
        return self._api.find(ReadAttempt, "attempt_of_run", job=job, run_no=run_no)

    def attempt_of_image(self, image: ImageId) -> ReadAttempt | None:
        return self._api.find(ReadAttempt, "attempt_of_image", image=image)

    def forget_token(self, attempt_id: AttemptId) -> None:
        self._api.find(object, "forget_token", attempt_id=attempt_id)

    def callback_sent(self, attempt_id: AttemptId, token: str) -> bool:
        return self._api.call(bool, "callback_sent", attempt_id=attempt_id, token=token)

    def callbacks_due(self, most: int, after: str | None) -> list[Attempt]:
        return self._api.call(list[Attempt], "callbacks_due", most=most, after=after)

    def claim_attempts_to_ask(self, most: int) -> list[AttemptId]:
        return self._api.call(list[AttemptId], "claim_attempts_to_ask", most=most)
