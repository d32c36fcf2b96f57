"""One world in one thread: our functions, the database, the twin and AWS, under a clock that jumps to what is next.

Past 300 lines, because every part of it asks the same clock, and a run reads what happened from one place.
"""

import heapq
import json
import random
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
from faults import lighter
from faults.aws import Faces, Machines, Queues
from faults.clock import DatabaseClock, without_threads
from faults.emptying import emptied
from faults.keys import Keys
from faults.kinds import Fault
from faults.lines import ask, at_once, project, to_supabase, to_twin
from faults.logs import Logs
from faults.neighbours import TWIN, Adapters, Neighbourhood
from faults.recorder import Died, Recorder
from faults.troubles import Troubles
from faults.wire import Answer, Wire
from psycopg.rows import dict_row

from croquis import wiring
from croquis.usecases.sweep import LIVING
from sandbox import ROOT
from sandbox.aws.http_api import http_api
from sandbox.aws.runners import Context, FunctionError, in_function, load_handler
from sandbox.aws.stack import Stack
from sandbox.replicate.clocks import SteppedClock
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinFaults, TwinSettings
from sandbox.replicate.shelves import Model
from sandbox.replicate.stepped import SteppedTwin
from sandbox.replicate.wire import Wire as Sockets
from sandbox.supabase.kicks import take
from sandbox.supabase.settings import GatewaySettings

API = "http://api.invalid"
BEGIN = float(int(time.time()))  # the gateway looks at tokens by the real clock
SWEEP_SECONDS, RARE_SWEEP_SECONDS = 300, 3600
BUSY_HOURS, LAST_HOURS = 3, 26
TRAINING_SECONDS = 420.0
WIRES = ("store", "files", "sign_ins", "auth", "provider", "none")
MARKS_KEY = "a key that signs nothing"
HOOK_SECRET = "x" * 64
KILLED, CRASHED = "Sandbox.Timedout", "Runtime.ExitError"


class World:
    """Made once, and begun anew for each run."""

    api = API

    def __init__(self, database: Any, folder: Path) -> None:
        self._dsn, self._folder = database.dsn, folder
        self.project = GatewaySettings.generate(
            dsn=database.dsn("authenticator"), auth_dsn=database.dsn("supabase_auth_admin"),
            public_url="http://project.invalid", objects_dir=folder / "objects",
        )  # fmt: skip
        self.clock = SteppedClock(BEGIN)
        self._open, self._numbers = ExitStack(), count()
        self._events: list[tuple[float, int, bool, Callable[[], object]]] = []
        self.logs = Logs()
        self.owners: list[Any] = []  # of this run

    def __enter__(self) -> Self:
        enter = self._open.enter_context
        enter(without_threads())
        enter(lighter.pictures())
        enter(self.logs)
        self.dsn = dsn = self._dsn()
        self._database = DatabaseClock(dsn, self.now)
        self._open.callback(self._database.close)
        self._looking = enter(psycopg.connect(dsn, autocommit=True, row_factory=dict_row))  # pyright: ignore
        self._wires = {name: Wire(self.now, self.later) for name in WIRES}
        supabase = enter(project(self.project))
        is_old = self._is_old("SUPABASE_SECRET")
        self._to = {
            name: to_supabase(supabase, wire, self._database.show, is_old) for name, wire in self._wires.items()
        }
        self._to_twin = to_twin(self._wires["provider"], lambda: self.stepped, self._is_old("REPLICATE_SECRET"))
        self._http = {name: enter(httpx.Client(transport=it, timeout=30)) for name, it in self._to.items()}
        self._settings = TwinSettings.generate(
            self._folder / "twin", public_url=TWIN, seconds_to_start=5.0, seed="faults", plain_pictures=True,
            seconds_per_1000_steps=TRAINING_SECONDS * 50, seconds_between_lines=150.0, seconds_per_image=12.0,
        )  # fmt: skip
        self._stack = Stack(ROOT / "template.yaml", {
            "SupabaseUrl": self.project.public_url, "SupabasePublishableKey": self.project.publishable_key,
            "ReplicateTrainer": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
            "ReplicateDestination": f"{self._settings.owner}/people", "PublicUrl": API,
        })  # fmt: skip
        self._api = http_api(self._stack, self.invoke, throttled=False)
        self.recorder = Recorder(self.now, self.later, self.pass_time, self._wires, Troubles(self))
        for name, said in (("url", f"{API}/hooks/storage"), ("secret", HOOK_SECRET)):
            self._looking.execute("select vault.create_secret(%s, %s)", (said, f"croquis_storage_hook_{name}"))
        enter(lighter.sleeping(self.recorder.sleep))
        self._open.callback(wiring.hand_in, None)
        return self

    def __exit__(self, *_: object) -> None:
        self._end_twin()
        self._open.close()

    def begin(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        """As on the first day: no owner has anything, the twin nothing but our destination."""
        self._end_twin()
        self._events.clear()
        self.owners = []
        self._busy_until = BEGIN + BUSY_HOURS * 3600
        self._random = random.Random(seed)
        random.seed(seed)
        self.recorder.begin(faults)
        self.logs.begin()
        self._first_day()
        self.machines, self.queues = Machines(self._stack, self), Queues(self._stack, self)
        self.keys = Keys(self.now, {
            "SUPABASE_SECRET": {"key": self.project.secret_key},
            "REPLICATE_SECRET": {"token": self._settings.api_token},
            "WEBHOOK_SECRET": {"secrets": [self._settings.webhook_secret]},
            "STORAGE_HOOK_SECRET": {"secrets": [HOOK_SECRET]},
            "MARKS_SECRET": {"certificates": "", "private_key": MARKS_KEY},  # signing is tried elsewhere
        })  # fmt: skip
        adapters = Adapters(
            self._stack, self.now, self.keys, self._http.__getitem__,
            provider=self._to_twin, sockets=Sockets(self._to_twin.handle_request),
        ).made()  # fmt: skip
        self._open.callback(adapters.provider.close)
        self.neighbours = Neighbourhood(adapters, self.recorder, self.machines, self.queues, Faces(self))
        wiring.hand_in(self.neighbours)  # pyright: ignore
        self.later(SWEEP_SECONDS, self._sweep, idle=True)
        self.recorder.on = True

    def _is_old(self, secret: str) -> Callable[[httpx.Request], bool]:
        return lambda request: self.keys.shown_old(secret, request)

    def _first_day(self) -> None:
        emptied(self._looking, HOOK_SECRET)
        shutil.rmtree(self._settings.state_dir, ignore_errors=True)
        self._begin_twin(BEGIN)
        self.twin.models.save(Model(self._settings.owner, "people", "private", hardware="gpu-t4"))

    def _begin_twin(self, at: float) -> None:
        self.clock = SteppedClock(at)
        self.stepped = SteppedTwin(self._settings, self._outside, self.clock)
        self.stepped.__enter__()
        self.twin = self.stepped.twin

    def _end_twin(self) -> None:
        if stepped := self.__dict__.pop("stepped", None):
            stepped.__exit__()

    def _outside(self, request: httpx.Request) -> httpx.Response:
        """What the twin asks for: our API takes its news, the storage has what it fetches."""
        if not str(request.url).startswith(API):
            return self.ask_project(request)
        found = self.ask(request.method, request.url.raw_path.decode(), dict(request.headers), request.content)
        return httpx.Response(found.status)

    # the stepper's surroundings

    def now(self) -> float:
        return self.clock()

    def jitter(self) -> float:
        return self._random.random()

    def later(self, seconds: float, act: Callable[[], object], *, idle: bool = False) -> None:
        heapq.heappush(self._events, (self.clock() + max(0.0, seconds), next(self._numbers), idle, act))

    def call(self, function: str, event: Any) -> Any:
        return self.invoke(function, event)

    def invoke(self, name: str, event: Any) -> Any:
        """Call a function as Lambda does; more than once where a fault says so, and then the last end counts."""
        with self.recorder.invocation(name, self._stack.functions[name].timeout) as running:
            answer = self._end_of(name, event, running)
            for _ in range(running.again):
                answer = self._end_of(name, event, running)
        return answer()

    def _end_of(self, name: str, event: Any, running: Any) -> Callable[[], Any]:
        function = self._stack.functions[name]
        inside = in_function.set(function)
        try:
            answer = load_handler(function.handler)(json.loads(json.dumps(event)), Context.of(function))
        except Died:
            ended = FunctionError(KILLED if running.killed else CRASHED, "RequestId: died")
        except Exception as error:  # noqa: BLE001  the runtime reports whatever a handler raises
            ended = FunctionError(type(error).__name__, str(error))
        else:
            text = json.dumps(answer)
            return lambda: json.loads(text)
        finally:
            in_function.reset(inside)

        def fail() -> Any:
            raise ended

        return fail

    # time

    def run(self, until: float, quiet: Callable[[], bool] = lambda: False) -> None:
        """Let happen what is due until then, in the order of its times, or until all is quiet."""
        while not quiet():
            twins, ours = self.stepped.next_at(), self._events[0][0] if self._events else None
            due = [it for it in (twins, ours) if it is not None]
            if not due or min(due) > until:
                break
            self.clock.move_to(min(due))
            self.stepped.advance(0)
            if self._events and self._events[0][0] <= self.clock():
                heapq.heappop(self._events)[3]()
        if not quiet():
            self.clock.move_to(until)

    def pass_time(self, seconds: float) -> None:
        """The same, from within an invocation: others go on meanwhile."""
        inside = in_function.set(None)
        try:
            self.run(self.clock() + seconds)
        finally:
            in_function.reset(inside)

    def _sweep(self) -> None:
        rare = self.clock() > self._busy_until
        self.later(RARE_SWEEP_SECONDS if rare else SWEEP_SECONDS, self._sweep, idle=True)
        self.sweep()

    def compare_bill(self) -> None:
        """When no run is too fresh for it; on AWS each day."""
        self.clock.move_to(self.clock() + RARE_SWEEP_SECONDS + LIVING.total_seconds())
        self.sweep({"only": "bill"})

    def sweep(self, event: Any = None) -> None:
        try:
            self.invoke("Sweep", event or {})
        except FunctionError:
            return  # no caller waits for it; it comes again

    # looking

    def mend(self) -> None:
        """No fault any more, and nothing is counted: for whoever looks."""
        self.recorder.on = False
        self.keys.forget()
        for wire in self._wires.values():
            wire.out_until, wire.armed, wire.lasting = 0.0, None, {}

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Over our API, as API Gateway would."""
        return at_once(ask(self._api, method, path, headers, body))

    def ask_project(self, request: httpx.Request) -> httpx.Response:
        """Over a line of its own, which never breaks."""
        return self._to["none"].handle_request(request)

    def put(self, url: str, data: bytes) -> None:
        """An upload by a page, and the kick that Supabase then sends once."""
        request = httpx.Request("PUT", url, content=data, headers={"content-type": "image/jpeg"})
        assert self.ask_project(request).status_code == 200
        for kick in take(self._looking):
            headers, body = dict(kick.headers or {}), kick.body or b""
            self.later(0, lambda headers=headers, body=body: self.ask("POST", "/hooks/storage", headers, body))

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """As superuser; a query that selects no column answers nothing, whatever it finds."""
        self._database.show()
        cursor = self._looking.execute(query, values)  # pyright: ignore
        return cursor.fetchall() if cursor.description else []  # pyright: ignore

    def faults(self, **faults: Any) -> None:
        """Of the twin itself."""
        self.twin.faults = TwinFaults(**faults)

    @property
    def restless(self) -> bool:
        """Something is under way of itself, besides the sweep's clock and the time-outs of tasks that are over."""
        at_work = any(it.status == "RUNNING" for it in self.machines.executions.values())
        comes = any(not idle for _, _, idle, _ in self._events)
        return at_work or comes or bool(self.queues.waiting) or bool(self.twin.runs.unfinished())

    def until(self, settled: Callable[[], bool]) -> None:
        """Until nothing is under way and all is settled, or for 26 hours."""
        end = self.clock() + LAST_HOURS * 3600
        self._busy_until = self.clock() + BUSY_HOURS * 3600
        while self.clock() < end:
            self.run(end, lambda: not self.restless)
            if self.clock() >= end or settled():
                break
            self.run(self.clock() + SWEEP_SECONDS)

    def to_the_end(self, settled: Callable[[], bool]) -> None:
        """The same, and then the sweep twice more."""
        self.until(settled)
        for _ in range(2):
            self.run(self.clock() + SWEEP_SECONDS + 1)
