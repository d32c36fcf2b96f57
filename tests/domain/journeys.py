"""A job's rows as the database's functions would leave them, move by move, for what only reads rows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from croquis.domain.images.image import Image, ImageStatus
from croquis.domain.runs.job import Job, JobEvent, Run
from croquis.domain.runs.progress import JobProgress, progress_of
from croquis.domain.runs.training import JobStatus

THEN = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = ("id", "job_id", "owner_id", "order_id", "model_id")
JOB: dict[str, Any] = {
    **dict.fromkeys(NAMES, "x"), "model_name": "Maya", "gender": "female", "trigger_word": "bcdfghjk", "version": 0,
    "cancel_requested_at": None, "created_at": THEN, "deadline_at": THEN, "updated_at": THEN,
    "photos_purge_after": THEN, "photos_purged_at": None,
}  # fmt: skip
RUN: dict[str, Any] = {
    **dict.fromkeys(Run.model_fields), **dict.fromkeys(NAMES, "x"), "preset": "full", "steps": 1000, "lora_rank": 16,
    "learning_rate": 4e-4, "resolution": "768,1024", "caption_dropout_rate": 0.05, "expected_seconds": 1160,
    "expected_review_seconds": 1260, "executions": 1, "reserved_usd": Decimal(1), "created_at": THEN,
    "deadline_at": THEN,
}  # fmt: skip
IMAGE: dict[str, Any] = {
    **dict.fromkeys(Image.model_fields), **dict.fromkeys(NAMES, "x"), "prompt": "p", "framing": "full_body",
    "asked_width": 832, "asked_height": 1216, "executions": 1, "wishes": {}, "engine": "flux-dev-lora",
    "provider_version": "v1", "seed": 1, "lora_scale": 1, "guidance": 3, "reserved_usd": Decimal(0),
    "kind": "preview", "favourite": False, "accepted": False, "created_at": THEN,
}  # fmt: skip


@dataclass
class Journey:
    """One job on its way; `told` is changed by what the provider says of the run that it is at."""

    status: JobStatus = JobStatus.DRAFT
    run: int | None = None
    told: dict[str, Any] = field(default_factory=dict[str, Any])
    previews: list[ImageStatus] = field(default_factory=lambda: [ImageStatus.QUEUED] * 4)
    events: list[JobEvent] = field(default_factory=list[JobEvent])
    cancel_requested: bool = False

    def __post_init__(self) -> None:
        self.events.append(JobEvent(status=self.status, run=None, at=THEN))

    def to(self, *statuses: JobStatus) -> "Journey":
        """Along these; each further `queued` opens the next run."""
        for status in statuses:
            if status is JobStatus.QUEUED:
                self.run, self.told, self.previews = (self.run or 0) + 1, {}, [ImageStatus.QUEUED] * 4
            self.status = status
            self.events.append(JobEvent(status=status, run=self.run, at=THEN))
        return self

    @property
    def progress(self) -> JobProgress:
        """What is shown of it now; earlier runs were trained and pictured whole."""
        at = {"status": self.status, "current_run": self.run}
        job = Job.model_validate(JOB | at | {"cancel_requested_at": THEN if self.cancel_requested else None})
        runs = [self._run(number) for number in range(1, (self.run or 0) + 1)]
        images = [
            Image.model_validate(IMAGE | {"run": run.run, "position": position, "status": status, "version": 0})
            for run in runs
            for position, status in enumerate(self.previews if run.run == self.run else [ImageStatus.SAVED] * 4, 1)
        ]
        return progress_of(job, runs, self.events, images)

    def _run(self, number: int) -> Run:
        told = self.told if number == self.run else {"step": 999, "total_steps": 1000, "eta_seconds": 1}
        return Run.model_validate(RUN | {"run": number, "status": "queued"} | told)
