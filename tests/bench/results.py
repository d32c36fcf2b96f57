"""bench.json: what was found when each line was measured last. A run replaces the lines that it measured."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from bench.machine import Machine
from bench.row import Curve, Found, Plot, Row
from sandbox import ROOT

FILE = ROOT / "bench.json"


class Result(NamedTuple):
    """One line, measured."""

    machine: Machine
    rows: Sequence[Row]
    plots: Sequence[Plot]
    measured_on: str

    @classmethod
    def of(cls, found: Sequence[Found], machine: Machine) -> "Result":
        rows = [it for it in found if isinstance(it, Row)]
        plots = [it for it in found if isinstance(it, Plot)]
        return cls(machine, rows, plots, time.strftime("%Y-%m-%d", time.gmtime()))


def read() -> dict[str, Result]:
    """By the names of the lines; nothing of a file that an older bench wrote in another form."""
    try:
        return {name: _result(it) for name, it in json.loads(FILE.read_text()).items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def keep(name: str, found: Result) -> None:
    """What was found of one line, as soon as it is known."""
    write({**read(), name: found})


def write(found: Mapping[str, Result]) -> None:
    text = json.dumps({name: _as_json(it) for name, it in found.items()}, indent=2, ensure_ascii=False)
    FILE.write_text(text + "\n")


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "measured_on": result.measured_on,
        "machine": result.machine.as_json(),
        "rows": [{**asdict(row), "ok": row.ok} for row in result.rows],
        "plots": [asdict(plot) for plot in result.plots],
    }


def _result(found: dict[str, Any]) -> Result:
    rows = [Row(**{name: value for name, value in row.items() if name != "ok"}) for row in found["rows"]]
    plots = [_plot(it) for it in found["plots"]]
    return Result(Machine(**found["machine"]), rows, plots, found["measured_on"])


def _plot(found: dict[str, Any]) -> Plot:
    curves = tuple(Curve(it["name"], tuple((x, y) for x, y in it["points"])) for it in found["curves"])
    return Plot(**{**found, "curves": curves})
