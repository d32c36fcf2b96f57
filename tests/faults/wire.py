"""What a fault does to one exchange over HTTP: the request may be done or not, the answer may come or not."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from faults.kinds import ACTS_AFTER_SECONDS, HEALS_AFTER_SECONDS, LOOK, Kind

PAGE = b"<html><head><title>One moment</title></head><body>Checking your browser.</body></html>"
BUSY = b'{"detail": "Request was throttled. Your rate limit resets in ~30s."}'
BROKEN = b'{"detail": "Internal server error", "message": "Internal server error"}'
MISSING = b'{"title": "Not found", "detail": "The requested resource could not be found.", "status": 404}'


@dataclass(frozen=True)
class Answer:
    """A whole answer; fewer bytes than its length says when it is `cut`."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: bool = False


Act = Callable[[], Answer | None]  # None: no answer, the connection is closed
PROBLEM = {"content-type": "application/json"}


@dataclass
class Wire:
    """The line to one neighbour."""

    now: Callable[[], float]
    later: Callable[[float, Callable[[], object]], None]
    armed: Kind | None = None  # for the next exchange
    out_until: float = 0.0
    lasting: dict[Kind, float] = field(default_factory=dict[Kind, float])  # until when runs are shown otherwise
    passed: Counter[str] = field(default_factory=Counter[str])  # requests, and bytes of them and of their answers

    def exchange(self, act: Act, *, is_look: bool = False) -> Answer | None:
        """The answer that arrives."""
        if self.now() < self.out_until:
            return Answer(503, PROBLEM, BROKEN)
        kind, self.armed = self.armed, None
        if kind and kind in LOOK:
            self.lasting[kind] = self.now() + HEALS_AFTER_SECONDS
            kind = None
        if kind in (Kind.BUSY, Kind.BROKEN):
            return Answer(429, PROBLEM, BUSY) if kind is Kind.BUSY else Answer(500, PROBLEM, BROKEN)
        if kind is Kind.CUT_BEFORE:
            return None
        if kind is Kind.ACTED_LATER:
            self.later(ACTS_AFTER_SECONDS, act)
            return None
        answer = act()
        if answer is None or kind is Kind.CUT_AFTER:
            return None
        if kind is Kind.TRUNCATED:
            return Answer(answer.status, answer.headers, answer.body, cut=True)
        if kind is Kind.HTML:
            return Answer(answer.status, {"content-type": "text/html"}, PAGE)
        return self._as_shown(answer) if is_look else answer

    def _as_shown(self, answer: Answer) -> Answer:
        if self.now() < self.lasting.get(Kind.GONE_FOR_A_WHILE, 0):
            return Answer(404, PROBLEM, MISSING)
        if self.now() < self.lasting.get(Kind.OUTPUT_LATER, 0) and answer.status == 200:
            return Answer(200, PROBLEM, json.dumps({**json.loads(answer.body), "output": None}).encode())
        return answer
