"""Runs a state machine step by step. Time, functions and whoever sends callbacks are the surroundings'."""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Protocol

from faults.asl import CALLBACK, Json, at, check, chosen, delay, filled, names_it, with_result

from sandbox.aws.runners import FunctionError


class Surroundings(Protocol):
    """What a stepper lives in."""

    def now(self) -> float: ...

    def later(self, seconds: float, act: Callable[[], object], *, idle: bool = False) -> None:
        """Act after so many seconds; 0 means after whatever happens now. `idle` is what nobody waits for."""
        ...

    def call(self, function: str, event: Json) -> Json:
        """A function's answer, or FunctionError."""
        ...

    def jitter(self) -> float:
        """Between 0 and 1."""
        ...


class StateError(Exception):
    """A state ended with an error of this name."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause


@dataclass
class Waiting:
    """A task that sleeps on its token, from before its function is called to its end."""

    outcome: tuple[str | None, str] | None = None  # the error's name, or None for success; and its cause
    wake: Callable[[], object] | None = None
    over: bool = False
    sent: int = 0


Step = Generator[Callable[[Callable[[Any], object]], object], Any, Json]
Place = tuple[int, ...]  # none: the machine itself; the number of an item: its part of a Map


@dataclass
class Position:
    """The state that something is in, with its input; `token` is what a task sleeps on."""

    state: str
    data: Json
    token: str = ""


@dataclass
class Execution:
    """One run of a machine: what it went through, where it is, and how it ended.

    `left` is where it goes on, if it was begun elsewhere.
    """

    name: str
    given: Json
    passed: list[str] = field(default_factory=list[str])
    status: str = "RUNNING"
    at: dict[Place, Position] = field(default_factory=dict[Place, Position])
    left: dict[Place, Position] = field(default_factory=dict[Place, Position])


class Stepper:
    """Steps the executions of one machine. `tokens` holds every task that ever waited, by its token."""

    def __init__(self, machine: Json, surroundings: Surroundings, tokens: dict[str, Waiting]) -> None:
        self._machine = check(machine)
        self._around = surroundings
        self._tokens = tokens

    def start(self, execution: Execution) -> None:
        """It begins after whatever happens now."""

        def ended(status: str) -> None:
            execution.status = status

        walk = self._walk(self._machine, execution.given, {}, execution, ())
        self._around.later(0, lambda: self._go(walk, None, lambda _: ended("SUCCEEDED"), lambda _: ended("FAILED")))

    def _go(
        self, steps: Step, value: Any, done: Callable[[Json], object], failed: Callable[[StateError], object]
    ) -> None:
        """Go on until the next wait, whose end goes on again."""
        try:
            wait = steps.send(value)
        except StopIteration as end:
            done(end.value)
        except StateError as error:
            failed(error)
        else:
            wait(lambda found: self._go(steps, found, done, failed))

    def _walk(self, machine: Json, data: Json, context: Json, execution: Execution, place: Place) -> Step:
        began = execution.left.get(place, Position(machine["StartAt"], data))
        name, data = began.state, began.data
        while True:
            state = machine["States"][name]
            execution.passed.append(name)
            execution.at[place] = Position(name, data)
            if state["Type"] == "Succeed":
                return data
            if state["Type"] == "Fail":
                raise StateError(state.get("Error", ""), state.get("Cause", ""))
            if state["Type"] == "Choice":
                name = chosen(state, data)
                continue
            data, name = yield from self._cared_for(state, data, context, execution, place)
            if name is None:
                return data

    def _cared_for(self, state: Json, data: Json, context: Json, execution: Execution, place: Place) -> Step:
        """A state with its Retry and Catch: the data after it, and the next state's name."""
        tries: dict[int, int] = {}
        while True:
            try:
                result = yield from self._done(state, data, context, execution, place)
            except StateError as error:
                wait = self._next_try(state, error, tries)
                if wait is not None:
                    yield lambda go, wait=wait: self._around.later(wait, lambda: go(None))
                    continue
                for catcher in state.get("Catch", []):
                    if names_it(error.name, catcher["ErrorEquals"]):
                        said = {"Error": error.name, "Cause": error.cause}
                        return with_result(data, said, catcher.get("ResultPath", "$")), catcher["Next"]
                raise
            return with_result(data, result, state.get("ResultPath", "$")), state.get("Next")

    def _next_try(self, state: Json, error: StateError, tries: dict[int, int]) -> float | None:
        for place, retrier in enumerate(state.get("Retry", [])):
            if names_it(error.name, retrier["ErrorEquals"]):
                so_far = tries.get(place, 0)
                tries[place] = so_far + 1
                return delay(retrier, so_far, self._around.jitter())
        return None

    def _done(self, state: Json, data: Json, context: Json, execution: Execution, place: Place) -> Step:
        left = execution.left.pop(place, None)
        if state["Type"] == "Wait":
            yield lambda go: self._around.later(state["Seconds"], lambda: go(None))
            return data
        if state["Type"] == "Map":
            return (yield from self._map(state, data, context, execution))
        if left and left.token:
            waiting = self._tokens[left.token] = Waiting()
            return (yield from self._woken(state, self._around.now(), waiting))
        return (yield from self._task(state, data, context, execution.at[place]))

    def _task(self, state: Json, data: Json, context: Json, at_it: Position) -> Step:
        # as a turn of its own: of two executions that are at the same moment, neither sees the other half done
        yield lambda go: self._around.later(0, lambda: go(None))
        began, waiting, token = self._around.now(), Waiting(), f"token-{len(self._tokens)}-{self._around.jitter()}"
        if state["Resource"] == CALLBACK:
            self._tokens[token] = waiting
        seen = at(state.get("InputPath", "$"), data, context)
        order = filled(state["Parameters"], seen, {**context, "Task": {"Token": token}})
        try:
            answer = self._around.call(order["FunctionName"], order["Payload"])
        except FunctionError as error:
            waiting.over = True
            cause = json.dumps({"errorType": error.kind, "errorMessage": error.message})
            raise self._late(state, began) or StateError(error.kind, cause) from error
        if late := self._late(state, began):
            waiting.over = True
            raise late
        if state["Resource"] == CALLBACK:
            at_it.token = token
            return (yield from self._woken(state, began, waiting))
        result = {"Payload": answer, "StatusCode": 200}
        return filled(state["ResultSelector"], result, context) if "ResultSelector" in state else result

    def _late(self, state: Json, began: float) -> StateError | None:
        return StateError("States.Timeout") if self._around.now() - began >= state["TimeoutSeconds"] else None

    def _woken(self, state: Json, began: float, waiting: Waiting) -> Step:
        def sleep(go: Callable[[Any], object]) -> None:
            def wake() -> None:
                if not waiting.over:
                    waiting.over = True
                    go(None)

            waiting.wake = lambda: self._around.later(0, wake)
            self._around.later(began + state["TimeoutSeconds"] - self._around.now(), wake, idle=True)

        if waiting.outcome is None:
            yield sleep
        waiting.over = True
        if waiting.outcome is None:
            raise StateError("States.Timeout")
        error, cause = waiting.outcome
        if error is not None:
            raise StateError(error, cause)
        return {}

    def _map(self, state: Json, data: Json, context: Json, execution: Execution) -> Step:
        """All items at once: MaxConcurrency is at least the number of our items."""
        items = dict(enumerate(at(state["ItemsPath"], data, context)))
        results: list[Json] = [None] * len(items)
        failed: list[StateError] = []
        if elsewhere := {place[0] for place in execution.left if place}:
            items = {place: item for place, item in items.items() if place in elsewhere}  # the others have ended
        if not items:
            return results

        def begin(go: Callable[[Any], object]) -> None:
            left = set(items)

            def ended(place: int, result: Json) -> None:
                results[place] = result
                left.discard(place)
                execution.at.pop((place,))
                if not left:
                    go(None)

            def broke(place: int, error: StateError) -> None:
                failed.append(error)
                ended(place, None)

            for place, item in items.items():
                inner = {**context, "Map": {"Item": {"Index": place, "Value": item}}}
                given = filled(state["ItemSelector"], data, inner)
                walk = self._walk(state["ItemProcessor"], given, inner, execution, (place,))
                self._go(walk, None, lambda it, place=place: ended(place, it), lambda it, place=place: broke(place, it))

        yield begin
        if failed:
            raise failed[0]
        return results
