"""Every call of a port passes here: it is counted, and one of them, or two, meet their fault."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from faults.kinds import (
    ACTS_AFTER_SECONDS,
    AWS,
    CLOCK,
    ERASURES,
    OF_THE_TWIN,
    OUTAGE_SECONDS,
    OUTAGES,
    SECRETS,
    SKEWS,
    Effect,
    Fault,
    Kind,
)
from faults.wire import Wire

from croquis.errors import Unavailable

AFTER = {Kind.CUT_AFTER, Kind.TRUNCATED, Kind.HTML}
NOT_EFFECTS = {"close"}


class Died(BaseException):
    """The process of an invocation is gone: nothing of ours can catch it."""


@dataclass
class Invocation:
    """One call of a function; `dead` when nothing that it still tries reaches anybody."""

    function: str
    ends_at: float
    dead: bool = False
    killed: bool = False
    again: int = 0


class Neighbours(Protocol):
    """What goes wrong beyond the lines."""

    def restart_database(self) -> None: ...

    def erase(self, kind: Kind) -> None: ...

    def rotate_secret(self, effect: Effect) -> None: ...

    def misbehave(self, kind: Kind, point: str, changes: dict[str, Any]) -> None: ...


@dataclass
class Recorder:
    """`wires` are those of the ports over HTTP; `pass_time` lets the world go on meanwhile."""

    now: Callable[[], float]
    later: Callable[[float, Callable[[], object]], None]
    pass_time: Callable[[float], None]
    wires: dict[str, Wire]
    around: Neighbours
    effects: list[Effect] = field(default_factory=list[Effect])
    pending: list[Fault] = field(default_factory=list[Fault])
    met: list[Fault] = field(default_factory=list[Fault])
    skew: tuple[float, float] = (0.0, 0.0)  # seconds, and until when
    on: bool = True
    _count: Counter[str] = field(default_factory=Counter[str])
    _running: list[Invocation] = field(default_factory=list[Invocation])
    _out: dict[str, float] = field(default_factory=dict[str, float])

    def begin(self, faults: Iterable[Fault]) -> None:
        """Forget the last run."""
        self.effects, self.met, self.pending = [], [], list(faults)
        self.skew, self._out, self._count = (0.0, 0.0), {}, Counter()
        for wire in self.wires.values():
            wire.armed, wire.out_until, wire.lasting = None, 0.0, {}

    @contextmanager
    def invocation(self, function: str, seconds: float) -> Iterator[Invocation]:
        self._running.append(Invocation(function, self.now() + seconds))
        try:
            yield self._running[-1]
        finally:
            self._running.pop()

    @property
    def current(self) -> Invocation | None:
        return self._running[-1] if self._running else None

    @property
    def seconds_off(self) -> float:
        seconds, until = self.skew
        return seconds if self.now() < until else 0.0

    def sleep(self, seconds: float) -> None:
        """What code that waits does: the invocation may be ended before it wakes."""
        running = self.current
        if running is None or self.now() + seconds < running.ends_at:
            self.pass_time(seconds)
            return
        self.pass_time(max(0.0, running.ends_at - self.now()))
        running.dead = running.killed = True
        raise Died

    def effect(self, port: str, method: str, call: Callable[[], Any]) -> Any:
        running = self.current
        if running is None or not self.on:
            return call()
        if running.dead:
            raise Died
        place = f"{running.function}/{port}.{method}"
        self._count[place] += 1
        effect = Effect(running.function, port, method, self._count[place])
        self.effects.append(effect)
        fault = next((it for it in self.pending if it.effect == effect), None)
        if fault:
            self.pending.remove(fault)
            self.met.append(fault)
        if port == CLOCK:
            if fault:
                self.skew = (SKEWS[fault.kind], self.now() + OUTAGE_SECONDS)
            return call()
        return self._under(fault.kind, effect, call, running) if fault else self._plain(port, call)

    def _plain(self, port: str, call: Callable[[], Any]) -> Any:
        if self.now() < self._out.get(port, 0.0):
            raise Unavailable("The neighbour does not answer.")
        return call()

    def _under(self, kind: Kind, effect: Effect, call: Callable[[], Any], running: Invocation) -> Any:
        if kind in (Kind.CRASH_BEFORE, Kind.CRASH_AFTER):
            if kind is Kind.CRASH_AFTER:
                self._plain(effect.port, call)
            running.dead = True
            raise Died
        if kind in ERASURES:
            self.around.erase(kind)
            self.pass_time(0)
            return self._plain(effect.port, call)
        if kind is Kind.SLOW:
            self.sleep(max(0.0, running.ends_at - self.now()))
        if kind is Kind.FIVE:
            running.again = 4
            return self._plain(effect.port, call)
        if kind is Kind.TWICE:
            self._plain(effect.port, call)
            return self._plain(effect.port, call)
        if kind is Kind.ROTATED:
            self.around.rotate_secret(effect)
            return self._plain(effect.port, call)
        if effect.port in AWS or effect.port == SECRETS:
            return self._aws(kind, effect.port, call)
        return self._http(kind, effect, call)

    def _aws(self, kind: Kind, port: str, call: Callable[[], Any]) -> Any:
        if kind in OUTAGES:
            self._out[port] = self.now() + OUTAGES[kind]
        elif kind in AFTER:
            call()
        elif kind is Kind.ACTED_LATER:
            self.later(ACTS_AFTER_SECONDS, call)
        raise Unavailable("The neighbour does not answer.")

    def _http(self, kind: Kind, effect: Effect, call: Callable[[], Any]) -> Any:
        wire, (point, faults) = self.wires[effect.port], OF_THE_TWIN.get(effect.method, ("", {}))
        if kind in faults:
            self.around.misbehave(kind, point, faults[kind])
        elif kind is Kind.RESTARTED:
            self.around.restart_database()
        elif kind in OUTAGES:
            wire.out_until = self.now() + OUTAGES[kind]
        else:
            wire.armed = kind
        return call()


class Watched:
    """A port, of which each method is an effect, and each part a port of the same line."""

    def __init__(self, recorder: Recorder, port: str, real: Any, parts: tuple[str, ...] = ()) -> None:
        self._recorder, self._port, self._real = recorder, port, real
        self._parts = {name: Watched(recorder, port, getattr(real, name)) for name in parts}

    def __getattr__(self, name: str) -> Any:
        if name in self._parts:
            return self._parts[name]
        found = getattr(self._real, name)
        if not callable(found) or name in NOT_EFFECTS:
            return found
        return lambda *given, **named: self._recorder.effect(self._port, name, lambda: found(*given, **named))
