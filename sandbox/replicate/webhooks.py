"""Tells callers what became of a run: signed as Standard Webhooks ask, the terminal message with retries."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import httpx

from sandbox.replicate.chance import Chance
from sandbox.replicate.clocks import Clock
from sandbox.replicate.faults import FaultPlan
from sandbox.replicate.inputs import JsonObject
from sandbox.replicate.runs import Run
from sandbox.replicate.settings import TwinFaults, TwinSettings

Event = Literal["start", "output", "logs", "completed"]
DEFAULT_EVENTS = ("output", "completed")
THROTTLED_EVENTS = frozenset({"output", "logs"})
THROTTLE_S = 0.5
REMEMBERED = 5000


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The `webhook-signature` header of one message."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver one message; `answer` is None when nobody answered, `lost` when a fault kept it."""

    message_id: str
    run_id: str
    event: Event
    attempt: int
    answer: int | Literal["lost"] | None


class Host(Protocol):
    """What the sender needs of the twin, and no more."""

    settings: TwinSettings
    clock: Clock
    plan: FaultPlan
    chance: Chance

    @property
    def client(self) -> httpx.AsyncClient: ...

    def spawn(self, work: Coroutine[None, None, None]) -> object: ...

    def told(self, run: Run, body: JsonObject) -> JsonObject: ...


class Webhooks:
    """Sends messages in tasks of their own and remembers what became of them."""

    def __init__(self, host: Host) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)
        self._host = host
        self._last_sent: dict[str, float] = {}
        self._end_tried: dict[str, asyncio.Event] = {}

    def tell(self, run: Run, event: Event) -> None:
        """Send the run as it is now, if its caller asked for this event and the last one is long enough ago."""
        if not _is_asked_for(run, event) or self._too_soon(run, event):
            return
        faults, _ = self._host.plan.meet("webhook", run=run.id, kind=run.kind, event=event)
        body = json.dumps(self._host.told(run, run.as_created()), ensure_ascii=False).encode()
        message_id = self._host.chance.message_id()
        message = _Message(run, event, message_id, faults.webhook_goes_to or str(run.webhook), body)
        self._host.spawn(self._send(message, faults))
        if faults.duplicate_webhook:
            again = message_id if faults.duplicate_webhook is True else self._host.chance.message_id()
            self._host.spawn(self._send(replace(message, id=again), faults))

    async def first_attempt(self, run: Run) -> None:
        """Return when the terminal message was tried once, or is never sent."""
        if _is_asked_for(run, "completed"):
            await self._end_of(run).wait()

    def _end_of(self, run: Run) -> asyncio.Event:
        return self._end_tried.setdefault(run.id, asyncio.Event())

    def _too_soon(self, run: Run, event: Event) -> bool:
        if event not in THROTTLED_EVENTS:
            return False
        now = self._host.clock()
        if now - self._last_sent.get(run.id, -THROTTLE_S) < THROTTLE_S:
            return True
        self._last_sent[run.id] = now
        return False

    async def _send(self, message: "_Message", faults: TwinFaults) -> None:
        """Until it is taken, if it tells the end; else once."""
        is_end = message.event == "completed"
        if faults.webhooks_backwards and not is_end:
            await self.first_attempt(message.run)
        retries = self._host.settings.webhook_retry_delays if is_end else ()
        for attempt, delay in enumerate((faults.webhook_delay_s, *retries), start=1):
            await self._host.clock.sleep(delay)
            taken = await self._attempt(message, attempt, faults)
            if is_end:
                self._end_of(message.run).set()
            if taken:
                return

    async def _attempt(self, message: "_Message", attempt: int, faults: TwinFaults) -> bool:
        lost = faults.lose_webhooks == "all" or (faults.lose_webhooks == "terminal" and message.event == "completed")
        answer = "lost" if lost else await self._post(message, faults.webhook_clock_off_s)
        self.deliveries.append(Delivery(message.id, message.run.id, message.event, attempt, answer))
        return answer == "lost" or (answer is not None and answer < 400)

    async def _post(self, message: "_Message", clock_off_s: float) -> int | None:
        settings, sent_at = self._host.settings, str(int(self._host.clock() + clock_off_s))
        headers = {
            "content-type": "application/json",
            "user-agent": "Svix-Webhooks/1.24.0",
            "webhook-id": message.id,
            "webhook-timestamp": sent_at,
            "webhook-signature": signature(settings.webhook_secret, message.id, sent_at, message.body),
        }
        try:
            answer = await self._host.client.post(
                message.url, content=message.body, headers=headers, timeout=settings.webhook_timeout_s
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code


@dataclass(frozen=True)
class _Message:
    run: Run
    event: Event
    id: str
    url: str
    body: bytes


def _is_asked_for(run: Run, event: Event) -> bool:
    return bool(run.webhook) and event in (run.webhook_events_filter or DEFAULT_EVENTS)
