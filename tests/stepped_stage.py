"""A stepped twin with all that a test of it needs: a client, and what the twin calls outside."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
from replicate_contract import checked

from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.ledger import Entry
from sandbox.replicate.settings import TwinSettings
from sandbox.replicate.stepped import SteppedTwin

ORIGIN = "http://127.0.0.1:9"  # nothing listens there
MINUTE = 60
QUEUED, TRAINED = MINUTE, 20 * MINUTE
LINES = 5 * MINUTE


@dataclass
class Stage:
    """A stepped twin, a client of it, and what is outside: the zip, and a receiver that remembers what it was told."""

    settings: TwinSettings
    zip: bytes
    told: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    when_told: Callable[[], int] = lambda: 200

    def open(self, stack: ExitStack) -> "Stage":
        self.stepped = stack.enter_context(SteppedTwin(self.settings, self._outside))
        self.begin = self.stepped.clock()
        self.http = stack.enter_context(self.signed_in(timeout=20))
        body = {"owner": self.settings.owner, "name": "people", "visibility": "private", "hardware": "cpu"}
        assert self.http.post("/v1/models", json=body).status_code == 201
        return self

    def signed_in(self, timeout: float) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.settings.api_token}"}
        return httpx.Client(base_url=ORIGIN, transport=self.stepped.transport, headers=headers, timeout=timeout)

    def _outside(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, content=self.zip)
        self.told.append((self.passed, json.loads(request.content)["status"]))
        return httpx.Response(self.when_told())

    @property
    def passed(self) -> float:
        return self.stepped.clock() - self.begin

    @property
    def bill(self) -> list[Entry]:
        return self.stepped.twin.ledger.entries

    def order(self, **given: Any) -> httpx.Response:
        body = {
            "destination": f"{self.settings.owner}/people",
            "input": {"input_images": "http://files.test/photos.zip", "steps": 1000, "lora_rank": 1, **given},
            "webhook": "http://hooks.test/attempt",
            "webhook_events_filter": ["start", "logs", "completed"],
        }
        return self.http.post(f"/v1/models/{TRAINER}/versions/{TRAINER_VERSIONS[-1]}/trainings", json=body)

    def read(self, run_id: str) -> Any:
        return checked("get", "/trainings/{training_id}", self.http.get(f"/v1/trainings/{run_id}"))

    def listed(self) -> list[str]:
        return [run["id"] for run in self.http.get("/v1/trainings").json()["results"]]
