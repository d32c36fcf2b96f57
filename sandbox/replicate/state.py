"""The twin itself: its models, runs, ledger and webhooks, and the life that every run goes through."""

import asyncio
import shutil
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from sandbox.replicate.inputs import Fields, complaints, refusal_text
from sandbox.replicate.ledger import Ledger
from sandbox.replicate.runs import Run, Status
from sandbox.replicate.settings import CreateAnswer, TwinFaults, TwinSettings
from sandbox.replicate.shelves import ModelShelf, RunShelf
from sandbox.replicate.sittings import Sittings
from sandbox.replicate.webhooks import Webhooks

FETCH_TIMEOUT_S = 30.0

Clock = Callable[[], float]


class Twin:
    """Lives in one event loop; only `faults` and the read-only parts may be touched from other threads."""

    def __init__(self, settings: TwinSettings, clock: Clock) -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = clock
        self.faults = settings.faults
        self.models = ModelShelf(settings.state_dir / "models")
        self.runs = RunShelf(settings.state_dir / "runs")
        self.ledger = Ledger(settings.state_dir / "ledger.jsonl", settings.price_per_second)
        self.sittings = Sittings()
        self.webhooks = Webhooks(settings, lambda: self.faults, clock, self.spawn)
        self._tasks: set[asyncio.Task[None]] = set()
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._endings: dict[str, asyncio.Event] = {}
        self._hurried: set[str] = set()
        self._client: httpx.AsyncClient | None = None

    @property
    def faults(self) -> TwinFaults:
        return self._faults

    @faults.setter
    def faults(self, faults: TwinFaults) -> None:
        self._faults = faults
        listed = faults.create_answers if isinstance(faults.create_answers, tuple) else ()
        self._create_answers = deque(listed)

    def next_create_answer(self) -> CreateAnswer:
        """How the create call that just arrived is to be answered."""
        if isinstance(self._faults.create_answers, str):
            return self._faults.create_answers
        return self._create_answers.popleft() if self._create_answers else "normal"

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            raise RuntimeError("The twin's application was not started: its lifespan must run.")
        return self._client

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Open for the time of the application."""
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, trust_env=False) as client:
            self._client = client
            self.webhooks.open(client)
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
        self._lives[run.id] = self.spawn(self._live(run, fields, work))
        if run.deadline is not None:
            asyncio.get_running_loop().call_later(max(0.0, run.deadline - self.clock()), self.cancel, run)

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

    async def ended(self, run: Run, timeout: float | None = None) -> None:
        """Wait for its end, or until the time is over."""
        if not run.ended:
            try:
                await asyncio.wait_for(self._endings[run.id].wait(), timeout)
            except TimeoutError:
                return

    def is_hurried(self, run: Run) -> bool:
        return run.id in self._hurried

    async def pause(self, run: Run, seconds: float) -> None:
        await asyncio.sleep(0 if self.is_hurried(run) else seconds)

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
        if run.forget_data(self.clock()):
            if run.kind == "prediction":
                self.forget_files(run.id)
            self.runs.save(run)
        return run

    async def _live(self, run: Run, fields: Fields, work: "Work") -> None:
        await self.pause(run, self.settings.seconds_to_start)
        if getattr(self.faults, f"{run.kind}_ends") == "aborted":
            self._end(run, "aborted")
            return
        run.started_at = self.clock()
        if found := complaints(fields, run.input):
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

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


Work = Callable[[Twin, Run], Awaitable[object]]
