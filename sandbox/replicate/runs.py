"""Trainings and predictions: what is remembered of one, and how Replicate shows it in each kind of answer."""

from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Literal, Self

from sandbox.replicate.inputs import JsonObject

Kind = Literal["training", "prediction"]
Status = Literal["starting", "processing", "succeeded", "failed", "canceled", "aborted"]
TERMINAL = frozenset({"succeeded", "failed", "canceled", "aborted"})
DATA_LIVES_S = 3600.0


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class Run:
    """One training or prediction. Only the twin's event loop changes it."""

    id: str
    kind: Kind
    model: str
    version: str
    input: JsonObject
    base_url: str
    created_at: float
    # the unguessable part of the addresses of its output files
    token: str
    webhook: str | None = None
    webhook_events_filter: list[str] = field(default_factory=list[str])
    destination: str | None = None
    deadline: float | None = None
    status: Status = "starting"
    started_at: float | None = None
    completed_at: float | None = None
    paid: bool = False
    error: str | None = None
    output: object = None
    data_removed: bool = False
    log_lines: list[str] = field(default_factory=list[str])

    @property
    def ended(self) -> bool:
        return self.status in TERMINAL

    @property
    def logs(self) -> str:
        return "".join(f"{line}\n" for line in self.log_lines)

    @property
    def predict_time(self) -> float:
        """Seconds of running so far or in all; nothing is paid for what never ran."""
        if not self.paid or self.started_at is None or self.completed_at is None:
            return 0.0
        return round(self.completed_at - self.started_at, 6)

    def delivery_url(self, name: str) -> str:
        return f"{self.base_url}/delivery/{self.token}/{name}"

    def as_created(self) -> JsonObject:
        """The answer of the create call and the body of webhooks: a training gives its address as a prediction."""
        return self._body("predictions", {"logs": self.logs, **self._webhook_part()})

    def as_read(self) -> JsonObject:
        return self._body(f"{self.kind}s", {"logs": self.logs, **self._webhook_part()})

    def as_listed(self) -> JsonObject:
        """Without logs, webhook and (as everywhere) destination: an order is found again by its input only."""
        return self._body(f"{self.kind}s", {})

    def forget_data(self, now: float, *, wholly: bool) -> bool:
        """An hour after its end a run loses its logs, and wholly its input and output; True if this did it."""
        if self.data_removed or self.completed_at is None or now - self.completed_at < DATA_LIVES_S:
            return False
        forgotten = bool(self.log_lines)
        self.log_lines = []
        if wholly:
            self.input, self.output, self.data_removed, forgotten = {}, None, True, True
        return forgotten

    def _webhook_part(self) -> JsonObject:
        if not self.webhook:
            return {}
        return {"webhook": self.webhook, "webhook_events_filter": self.webhook_events_filter}

    def _body(self, collection: str, more: JsonObject) -> JsonObject:
        address = f"{self.base_url}/v1/{collection}/{self.id}"
        times = {"started_at": self.started_at, "completed_at": self.completed_at, "deadline": self.deadline}
        return {
            "id": self.id,
            "model": self.model,
            "version": self.version,
            "input": self.input,
            "output": self.output,
            "data_removed": self.data_removed,
            "error": self.error,
            "source": "api",
            "status": self.status,
            "created_at": timestamp(self.created_at),
            **{name: timestamp(time) for name, time in times.items() if time is not None},
            **self._metrics(),
            "urls": {"cancel": f"{address}/cancel", "get": address, "web": f"{self.base_url}/p/{self.id}"},
            **more,
        }

    def _metrics(self) -> JsonObject:
        if not self.ended or not self.paid or self.completed_at is None:
            return {}
        total = round(self.completed_at - self.created_at, 6)
        return {"metrics": {"predict_time": self.predict_time, "total_time": total}}

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: JsonObject) -> Self:
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})
