"""Which faults hold where: those of the day, those that a run is born with, and those placed at one single point."""

from collections import deque
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from sandbox.replicate.inputs import JsonObject
from sandbox.replicate.runs import Kind, Run
from sandbox.replicate.settings import Answer, TwinFaults

Call = Literal["create", "read", "list", "cancel", "account", "model", "delete_version", "download"]
# where the twin asks whether something is to go wrong: at each call, and at each message that it sends
Point = Call | Literal["webhook"]
POINTS = frozenset((*get_args(Call), "webhook"))


@dataclass
class _Placed:
    """Faults for the passages of one point from the `nth` on, `times` of them, that are about this run, kind, event."""

    point: Point
    nth: int
    times: int
    run: str | None
    kind: Kind | None
    event: str | None
    changes: dict[str, Any]

    def is_about(self, point: Point, run: str | None, kind: Kind | None, event: str | None) -> bool:
        return self.point == point and all(
            wanted is None or wanted == given
            for wanted, given in ((self.run, run), (self.kind, kind), (self.event, event))
        )

    def passes(self) -> bool:
        """Count one passage: does it bear the faults?"""
        self.nth -= 1
        return self.nth <= 0

    @property
    def is_over(self) -> bool:
        return self.nth <= 1 - self.times


class FaultPlan:
    """Asked at every named point. May be written from another thread than the twin's."""

    def __init__(self, always: TwinFaults) -> None:
        self.always = always
        self._placed: list[_Placed] = []
        self._inborn: dict[str, dict[str, Any]] = {}

    @property
    def always(self) -> TwinFaults:
        """What holds for everything that has no faults of its own."""
        return self._always

    @always.setter
    def always(self, faults: TwinFaults) -> None:
        listed = {it.name: getattr(faults, it.name) for it in fields(faults) if it.name.endswith("_answers")}
        self._queues = {name: deque[Answer](value) for name, value in listed.items() if isinstance(value, tuple)}
        self._always = faults

    def once(
        self,
        point: Point,
        *,
        nth: int = 1,
        times: int = 1,
        run: str | None = None,
        kind: Kind | None = None,
        event: str | None = None,
        **faults: Any,
    ) -> None:
        """Let only the nth next passage of the point (and of this run, kind or event of webhooks) bear these faults.

        `faults` are fields of TwinFaults. A run whose create call bears them keeps them for its life.
        """
        if point not in POINTS:
            raise ValueError(f"The points are {', '.join(sorted(POINTS))}.")
        if nth < 1 or times < 1:
            raise ValueError("nth and times count from 1.")
        if any(isinstance(value, tuple) for name, value in faults.items() if name.endswith("_answers")):
            raise ValueError("One passage has one answer: place several, or say times=…")
        replace(TwinFaults(), **faults)  # refuses what does not exist
        self._placed.append(_Placed(point, nth, times, run, kind, event, faults))

    @property
    def unmet(self) -> int:
        """How many placed faults have not been met yet: zero when a schedule was played to its end."""
        return len(self._placed)

    def meet(
        self, point: Point, *, run: str | None = None, kind: Kind | None = None, event: str | None = None
    ) -> tuple[TwinFaults, dict[str, Any]]:
        """A passage of the point: the faults that hold there, and those that were placed there alone."""
        about = [it for it in self._placed if it.is_about(point, run, kind, event)]
        placed = {name: value for it in about if it.passes() for name, value in it.changes.items()}
        self._placed = [it for it in self._placed if not it.is_over]
        changes = {**self._inborn.get(run or "", {}), **placed}
        name = f"{point}_answers"
        if name not in changes and name in self._queues:
            changes[name] = self._queues[name].popleft() if self._queues[name] else "normal"
        return replace(self._always, **changes), placed

    def answer(self, point: Call, faults: TwinFaults) -> Answer:
        """How a call that met these faults is answered."""
        if faults.every_answer != "normal":
            return faults.every_answer
        return getattr(faults, f"{point}_answers")

    def bear(self, run: Run, faults: dict[str, Any]) -> TwinFaults:
        """The run comes into being with these faults of its own."""
        if faults:
            self._inborn[run.id] = faults
        return self.of(run)

    def of(self, run: Run) -> TwinFaults:
        """What holds for the run now."""
        return replace(self._always, **self._inborn.get(run.id, {}))

    def told(self, run: Run, body: JsonObject, now: float) -> JsonObject:
        """What Replicate says of a run when the truth is `body`."""
        faults, since_end = self.of(run), now - (run.completed_at or 0.0)
        changes: JsonObject = {}
        if faults.reported_version:
            changes["version"] = faults.reported_version
        if run.status == "succeeded" and since_end < faults.output_late_s:
            changes["output"] = None
        if run.ended and faults.unknown_end:
            changes["status"] = faults.unknown_end
        hidden = "metrics" if since_end < faults.metrics_late_s else ""
        return {**{name: value for name, value in body.items() if name != hidden}, **changes}

    def hides(self, run: Run, now: float) -> bool:
        """Do the calls that name the run answer 404, although it lives?"""
        begin, end = self.of(run).unreadable_s or (0.0, 0.0)
        return begin <= now - run.created_at < end

    def lists(self, run: Run, now: float) -> bool:
        """Has the run come into the list?"""
        return now - run.created_at >= self.of(run).list_lag_s
