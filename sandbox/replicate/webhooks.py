"""Tells callers what became of a run: signed as Standard Webhooks ask, the terminal message with retries."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Literal

import httpx

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


class Webhooks:
    """Sends messages in tasks of their own and remembers what became of them."""

    def __init__(
        self,
        settings: TwinSettings,
        faults: Callable[[], TwinFaults],
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[None, None, None]], object],
    ) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)
        self._settings, self._faults, self._clock, self._spawn = settings, faults, clock, spawn
        self._last_sent: dict[str, float] = {}
        self._first_attempts: dict[str, asyncio.Event] = {}
        self._client: httpx.AsyncClient | None = None

    def open(self, client: httpx.AsyncClient) -> None:
        self._client = client

    def tell(self, run: Run, event: Event) -> None:
        """Send the run as it is now, if its caller asked for this event and the last one is long enough ago."""
        if not run.webhook or event not in (run.webhook_events_filter or DEFAULT_EVENTS) or self._too_soon(run, event):
            return
        body = json.dumps(run.as_created(), ensure_ascii=False).encode()
        if event != "completed":
            self._spawn(self._send_once(run, event, body))
            return
        duplicate = self._faults().duplicate_webhook
        message_id = _message_id()
        self._first_attempts[run.id] = asyncio.Event()
        self._spawn(self._send_until_taken(run, message_id, body))
        if duplicate:
            again = message_id if duplicate is True else _message_id()
            self._spawn(self._send_until_taken(run, again, body))

    async def first_attempt(self, run: Run) -> None:
        """Return when the terminal message was tried once, or is never sent."""
        if run.id in self._first_attempts:
            await self._first_attempts[run.id].wait()

    def _too_soon(self, run: Run, event: Event) -> bool:
        if event not in THROTTLED_EVENTS:
            return False
        now = asyncio.get_running_loop().time()
        if now - self._last_sent.get(run.id, -THROTTLE_S) < THROTTLE_S:
            return True
        self._last_sent[run.id] = now
        return False

    async def _send_once(self, run: Run, event: Event, body: bytes) -> None:
        await asyncio.sleep(self._faults().webhook_delay_s)
        await self._attempt(run, event, _message_id(), 1, body)

    async def _send_until_taken(self, run: Run, message_id: str, body: bytes) -> None:
        delays = (self._faults().webhook_delay_s, *self._settings.webhook_retry_delays)
        for attempt, delay in enumerate(delays, start=1):
            await asyncio.sleep(delay)
            taken = await self._attempt(run, "completed", message_id, attempt, body)
            self._first_attempts[run.id].set()
            if taken:
                return

    async def _attempt(self, run: Run, event: Event, message_id: str, attempt: int, body: bytes) -> bool:
        lost = self._faults().lose_webhooks
        if lost == "all" or (lost == "terminal" and event == "completed"):
            answer = "lost"
        else:
            answer = await self._post(str(run.webhook), message_id, body)
        self.deliveries.append(Delivery(message_id, run.id, event, attempt, answer))
        return answer == "lost" or (answer is not None and answer < 400)

    async def _post(self, url: str, message_id: str, body: bytes) -> int | None:
        if self._client is None:
            raise RuntimeError("The twin's application was not started: its lifespan must run.")
        sent_at = str(int(self._clock()))
        headers = {
            "content-type": "application/json",
            "user-agent": "Svix-Webhooks/1.24.0",
            "webhook-id": message_id,
            "webhook-timestamp": sent_at,
            "webhook-signature": signature(self._settings.webhook_secret, message_id, sent_at, body),
        }
        timeout = self._settings.webhook_timeout_s
        try:
            answer = await self._client.post(url, content=body, headers=headers, timeout=timeout)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code


def _message_id() -> str:
    return "msg_" + secrets.token_urlsafe(20)
