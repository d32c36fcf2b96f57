"""The twin itself: its models, runs, ledger and webhooks, and the life that every run goes through."""

import asyncio
import math
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from sandbox.replicate.chance import Chance
from sandbox.replicate.clocks import Clock, within
from sandbox.replicate.faults import FaultPlan, Point
from sandbox.replicate.inputs import Fields, JsonObject, complaints, refusal_text
from sandbox.replicate.ledger import Ledger
from sandbox.replicate.runs import Run, Status
from sandbox.replicate.settings import TwinFaults, TwinSettings
from sandbox.replicate.shelves import ModelShelf, RunShelf
from sandbox.replicate.sittings import Sittings
from sandbox.replicate.webhooks import Webhooks

FETCH_TIMEOUT_S = 30.0


class Twin:
    """Lives in one event loop; only `faults`, `once` and the read-only parts may be touched from other threads."""

    def __init__(self, settings: TwinSettings, clock: Clock, outside: httpx.AsyncBaseTransport | None = None) -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = clock
        self.plan = FaultPlan(settings.faults)
        self.models = ModelShelf(settings.state_dir / "models")
        self.runs = RunShelf(settings.state_dir / "runs")
        self.ledger = Ledger(settings.state_dir / "ledger.jsonl", settings.price_per_second)
        self.sittings = Sittings()
        self.chance = Chance(settings.seed and f"{settings.seed}/{len(self.runs)}")
        self.webhooks = Webhooks(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._endings: dict[str, asyncio.Event] = {}
        self._hurried: set[str] = set()
        self._outside = outside
        self._client: httpx.AsyncClient | None = None

    @property
    def faults(self) -> TwinFaults:
        """What goes wrong everywhere, from now on."""
        return self.plan.always

    @faults.setter
    def faults(self, faults: TwinFaults) -> None:
        self.plan.always = faults

    def once(self, point: Point, **placed: Any) -> None:
        """Place faults at one passage of one point: see `FaultPlan.once`."""
        self.plan.once(point, **placed)

    def told(self, run: Run, body: JsonObject) -> JsonObject:
        """What is said of the run when the truth is `body`."""
        return self.plan.told(run, body, self.clock())

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            raise RuntimeError("The twin's application was not started: its lifespan must run.")
        return self._client

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Open for the time of the application."""
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, trust_env=False, transport=self._outside) as client:
            self._client = client
            try:
                yield
            finally:
                await self._stop_tasks()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def start(self, run: Run, fields: Fields, work: "Work", *, hurry: bool) -> None:
        """Put it on the list and let it live; in a hurry it does not wait for anything."""
        if hurry:
            self._hurried.add(run.id)
        self.runs.save(run)
        self._endings[run.id] = asyncio.Event()
        self._lives[run.id] = self.spawn(self._live_in_time(run, fields, work))

    def begin_again(self, run: Run, fields: Fields, work: "Work") -> None:
        """Let a run live that a shutdown interrupted: for its customer it never stopped, and it is paid once."""
        run.status, run.started_at, run.log_lines = "starting", None, []
        self.start(run, fields, work, hurry=False)

    def cancel(self, run: Run) -> None:
        """End it now: `aborted` if it had not begun to run, else `canceled` and paid so far. Ended runs stay ended."""
        if run.ended:
            return
        self._end(run, "canceled" if run.status == "processing" else "aborted")
        self._lives[run.id].cancel()

    def ask_to_cancel(self, run: Run, faults: TwinFaults) -> None:
        """What a customer's cancel does: the same, unless a fault of this call or of the run lets it go on."""
        if faults.cancel_ignored:
            return
        if faults.cancel_delay_s:
            self.spawn(self._cancel_later(run, faults.cancel_delay_s))
        else:
            self.cancel(run)

    async def ended(self, run: Run, timeout: float | None = None) -> None:
        """Wait for its end, or until the time is over."""
        if not run.ended:
            await within(self.clock, math.inf if timeout is None else timeout, self._endings[run.id].wait())

    def is_hurried(self, run: Run) -> bool:
        return run.id in self._hurried

    async def pause(self, run: Run, seconds: float) -> None:
        """Let time pass for the run, by the twin's clock."""
        await self.clock.sleep(0 if self.is_hurried(run) else seconds)

    def log(self, run: Run, *lines: str) -> None:
        """Add lines to its log and tell whoever wants logs."""
        if lines:
            run.log_lines.extend(lines)
            self.webhooks.tell(run, "logs")

    def files_of(self, run_id: str) -> Path:
        """The directory of the run's files: a training's zip, a prediction's pictures."""
        return self.settings.state_dir / "files" / run_id

    def forget_files(self, run_id: str) -> None:
        shutil.rmtree(self.files_of(run_id), ignore_errors=True)

    def forget_old_data(self, run: Run) -> Run:
        """The run as it may still be shown: Replicate keeps the data of predictions for an hour."""
        wholly = run.kind == "prediction" or self.plan.of(run).training_data_removed
        if run.forget_data(self.clock(), wholly=wholly):
            if wholly:
                self.forget_files(run.id)
            self.runs.save(run)
        return run

    async def _live_in_time(self, run: Run, fields: Fields, work: "Work") -> None:
        if run.deadline is None:
            await self._live(run, fields, work)
        elif not await within(self.clock, run.deadline - self.clock(), self._live(run, fields, work)):
            self.cancel(run)

    async def _live(self, run: Run, fields: Fields, work: "Work") -> None:
        await self.pause(run, self.settings.seconds_to_start)
        faults = self.plan.of(run)
        if faults.vanishes_after_s is not None:
            await self.pause(run, run.created_at + faults.vanishes_after_s - self.clock())
            self.runs.remove(run)
            return
        await self.pause(run, faults.queued_s)
        if getattr(faults, f"{run.kind}_ends") == "aborted":
            self._end(run, "aborted")
            return
        run.started_at = self.clock()
        if found := complaints(fields, run.input, closed=faults.unknown_keys == "refused"):
            self._end(run, "failed", error=refusal_text(found), at=run.started_at)
            return
        await self._work(run, work)

    async def _work(self, run: Run, work: "Work") -> None:
        run.status, run.paid = "processing", True
        self.runs.save(run)
        self.ledger.book(run)
        self.webhooks.tell(run, "start")
        try:
            run.output = await work(self, run)
        except Exception as error:  # noqa: BLE001 - whatever a model raises ends its run, as at Replicate
            self.log(run, "Traceback (most recent call last):", f"{type(error).__name__}: {error}")
            self._end(run, "failed", error=str(error))
        else:
            self._end(run, "succeeded")

    def _end(self, run: Run, status: Status, *, error: str | None = None, at: float | None = None) -> None:
        run.status, run.error, run.completed_at = status, error, self.clock() if at is None else at
        if status != "succeeded":
            self.forget_files(run.id)
        if run.paid:
            self.ledger.book(run)
        self.runs.save(run)
        self.webhooks.tell(run, "completed")
        if run.id in self._endings:
            self._endings[run.id].set()

    async def _cancel_later(self, run: Run, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self.cancel(run)

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


Work = Callable[[Twin, Run], Awaitable[object]]
