"""The bill that Replicate would send: one entry for each run that ran, whatever its end."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.replicate.inputs import JsonObject
from sandbox.replicate.runs import Kind, Run, Status
from sandbox.replicate.try_on_engines import price_of


@dataclass(frozen=True)
class Entry:
    """A paid run. `input` holds the marker by which its order is known; while it runs, time and cost are nothing."""

    kind: Kind
    id: str
    input: JsonObject
    created_at: float
    status: Status
    predict_time: float
    cost: float


class Ledger:
    """Appended line by line to ledger.jsonl; a later line of the same run replaces the earlier one."""

    def __init__(self, path: Path, price_per_second: float) -> None:
        self._path = path
        self._price = price_per_second
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        entries = (Entry(**json.loads(line)) for line in lines)
        self._entries = {entry.id: entry for entry in entries}

    def book(self, run: Run) -> None:
        """Enter a run that has begun to run, or settle it at its end."""
        known = self._entries.get(run.id)
        given = known.input if known else dict(run.input)
        priced = price_of(run.model, given, run.predict_time)
        cost = round(run.predict_time * self._price if priced is None else priced, 6)
        entry = Entry(run.kind, run.id, given, run.created_at, run.status, run.predict_time, cost)
        self._entries[run.id] = entry
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    @property
    def total(self) -> float:
        """What is to be paid for all of them."""
        return round(sum(entry.cost for entry in self.entries), 6)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self._entries)
