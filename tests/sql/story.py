"""The life of one training job, played by calling the functions that the doors and states call, in their order."""

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb
from sql.seats import Connection, Seat

CONSENT = {
    "text_version": "2026-11",
    "adult": True,
    "own_photos_or_authorised": True,
    "training": True,
    "storage": True,
    "processors": True,
}
STAGES = ("draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review")
PREVIEWS = [{"prompt": "a person in a studio", "framing": "full_body", "width": 768, "height": 1344}] * 2
WISH = {"prompt": "a person", "framing": "portrait", "width": 896, "height": 1120}


@dataclass
class Story:
    """One owner's job; every method leaves the database as that step of the real flow would."""

    connection: Connection
    user: str = field(default_factory=lambda: str(uuid4()))
    job: str = ""
    run: int = 1

    @property
    def owner(self) -> Seat:
        return Seat(self.connection, "authenticated", self.user)

    @property
    def worker(self) -> Seat:
        return Seat(self.connection, "service_role")

    def opened(self) -> "Story":
        self.job = self.owner.call("open_training", model_name="Maya", gender="female", consent=CONSENT)["id"]
        return self

    def announced(self, slot: int = 1) -> dict[str, Any]:
        return self.owner.call("add_photo", job=self.job, slot=slot, content_type="image/jpeg", bytes=1000)

    def landed(self, path: str, bucket: str = "photo-uploads") -> tuple[str, str]:
        """An object appears at the path, as the storage writes it; answers its id and version."""
        return self.connection.execute(
            "insert into storage.objects (bucket_id, name, version, metadata) values (%s, %s, %s, %s)"
            " returning id::text, version",
            (bucket, path, str(uuid4()), Jsonb({"size": 1000, "mimetype": "image/jpeg"})),
        ).fetchone()  # type: ignore[return-value]

    def claimed(self, landed: tuple[str, str]) -> dict[str, Any]:
        return self.worker.call("claim_upload", object_id=landed[0], version=landed[1])

    def accepted(self, slot: int) -> dict[str, Any]:
        """A photo that went all the way."""
        return self.judged(slot)

    def judged(self, slot: int, **verdict_on_it: Any) -> dict[str, Any]:
        """A photo whose check found this; a good one where nothing else is told."""
        photo = self.announced(slot)
        object_id, version = self.landed(photo["upload_path"])
        self.claimed((object_id, version))
        judged = verdict(photo) | verdict_on_it
        self.worker.call("record_photo", photo=photo["id"], object_version=version, verdict=judged)
        self.worker.call("finish_upload", object_id=object_id, version=version)
        return photo

    def changed(self, photo: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """What its owner changes of a photo of this job."""
        return self.owner.call("change_photo", job=self.job, photo=photo["id"], **changes)

    def with_photos(self, count: int = 8) -> "Story":
        self.opened()
        for slot in range(1, count + 1):
            self.accepted(slot)
        return self

    def submitted(self, **parameters: Any) -> dict[str, Any]:
        return self.owner.call("submit_training", job=self.job, idempotency_key=key(), parameters=parameters)["job"]

    def entered(self, stage: str) -> dict[str, Any]:
        return self.worker.call("enter_stage", job=self.job, run_no=self.run, stage=stage)

    def attempted(self, token: str = "token") -> dict[str, Any]:
        return self.worker.call("open_training_attempt", job=self.job, run_no=self.run, token=token, **fresh())

    def started(self, attempt_id: str, provider_id: str | None = None) -> str:
        provider_id = provider_id or secrets.token_hex(8)
        self.worker.call("attempt_started", attempt_id=attempt_id, provider_id=provider_id)
        return provider_id

    def ended(self, attempt_id: str, status: str = "succeeded", seconds: int = 1000) -> dict[str, Any]:
        """The provider says so of the run that the attempt knows."""
        attempt = self.worker.call("read_attempt", attempt_id=attempt_id)["attempt"]
        kind = "training" if attempt["run_id"] else "image"
        return self.saw(seen(attempt["provider_id"], status, seconds=seconds), kind)["attempt"]

    def saw(self, run: dict[str, Any], kind: str = "training") -> dict[str, Any]:
        """The provider itself says this."""
        return self.worker.call("saw_run", kind=kind, seen=run)

    def opened_image(self, image: str, token: str = "t") -> dict[str, Any]:
        return self.worker.call("open_image_attempt", image=image, token=token, **fresh())

    def printed(self, step: int | None = None, at_once: bool = True, **changed: Any) -> bool:
        """What the trainer has printed so far: a bar at that step, if one is given."""
        attempt = self.attempt()
        log = {
            "progress": None if step is None else {"step": step, "total": 1000, "loss": 0.25, "eta_seconds": 60},
            "last_line": 1,
            "lines": ["Loading t5"],
            "points": [],
        }
        return self.worker.call(
            "record_progress",
            marker=changed.pop("marker", attempt["marker"]),
            provider_id=changed.pop("provider_id", attempt["provider_id"]),
            log=log | changed,
            at_once=at_once,
        )

    def registered(self) -> dict[str, Any]:
        weights = {
            "path": f"{self.user}/{self.job}/{self.run}/lora.safetensors",
            "sha256": "0" * 64,
            "bytes": 7_000_000,
        }
        return self.worker.call(
            "register_model", job=self.job, run_no=self.run, version="v1", weights=weights, previews=PREVIEWS
        )

    def reviewing(self) -> str:
        return self.worker.call("open_review", job=self.job, run_no=self.run)

    def failed(self, code: str = "x") -> str:
        return self.worker.call(
            "record_failure", job=self.job, run_no=self.run, code=code, sentence="It failed.", hint="Try again."
        )

    def reviewed(self, decision: str, **arguments: Any) -> dict[str, Any]:
        return self.owner.call("review_training", job=self.job, decision=decision, **arguments)

    def to(self, status: str) -> "Story":
        """From nothing to a status of the graph, by the shortest way."""
        if status in ("approved", "rejected"):
            self.to("in_review").reviewed({"approved": "approve", "rejected": "reject"}[status])
        elif status == "failed":
            self.to("queued").failed()
        elif status == "canceled":
            self.to("draft").owner.call("cancel_training", job=self.job)
        else:
            for stage in STAGES[: STAGES.index(status) + 1]:
                self.step(stage)
        return self

    def step(self, stage: str) -> None:
        """From the status before to this one."""
        match stage:
            case "draft":
                self.with_photos()
            case "queued":
                self.submitted()
            case "training":
                self.started(self.attempted()["attempt"]["id"])
            case "ingesting":
                self.ended(self.attempt()["id"])
                self.entered(stage)
            case "previewing":
                self.registered()
            case "in_review":
                self.reviewing()
            case _:
                self.entered(stage)

    def attempt(self) -> dict[str, Any]:
        """The newest attempt of the run."""
        return self.worker.call("attempt_of_run", job=self.job, run_no=self.run)["attempt"]

    def seen(self) -> dict[str, Any]:
        """The job as its owner sees it."""
        return self.owner.call("read_training", job=self.job)

    def status(self) -> str:
        return self.seen()["job"]["status"]

    def withdrawn(self) -> None:
        """The owner takes the consent back, of which nothing hears."""
        self.connection.execute(
            "insert into public.consents (owner_id, withdraws, withdrawn_by) select owner_id, consent_id, 'owner'"
            " from public.lora_training_jobs where id = %s",
            (self.job,),
        )

    def ordered(self, idempotency_key: str | None = None, **changed: Any) -> dict[str, Any]:
        """One picture of the job's model, which must be active."""
        arguments: dict[str, Any] = {
            "model": self.seen()["model"]["id"],
            "request": {},
            "wishes": [WISH],
        } | changed
        return self.owner.call("order_generations", idempotency_key=idempotency_key or key(), **arguments)

    def money(self) -> tuple[Decimal, Decimal]:
        """What is reserved and what is spent."""
        ((reserved, spent),) = self.connection.execute(
            "select reserved_usd, spent_usd from public.spend_accounts where owner_id = %s", (self.user,)
        ).fetchall()
        return reserved, spent


def seen(provider_id: str, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    """What the provider says of a run: by default that it is over, and how it ended."""
    over = status not in ("starting", "processing")
    found = {"id": provider_id, "status": status, "over": over, "patience_seconds": 0, "end": status if over else None}
    found |= {"output": {"version": "v1", "weights": "w"}, "error": None, "seconds": 1000 if over else None}
    return found | {"version": None, "created_at": None, "completed_at": None, "markers": [], "address": None} | more


def fresh() -> dict[str, str]:
    """The id and marker that whoever opens an attempt makes."""
    return {"attempt": str(uuid4()), "marker": f"cq{uuid4().hex}"}


def verdict(photo: dict[str, Any]) -> dict[str, Any]:
    """What the check writes about a good photo."""
    path = photo["upload_path"]
    return {
        "status": "accepted",
        "width": 800,
        "height": 1200,
        "bytes": 900,
        "sha256": sha256(path.encode()).hexdigest(),
        "clean_path": f"{path}.jpg",
        "thumbnail_path": f"{path}.thumbnail.jpg",
        "seen": {"view": "front"},
    }


def key() -> str:
    """A fresh Idempotency-Key."""
    return secrets.token_hex(8)
