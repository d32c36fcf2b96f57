"""`python -m bench`: measures what the design bounds, prints one table and writes bench.json.

BENCH=name measures one of the lines of bench/lines; some take PHOTOS=folder, to measure labelled photos too.
Every figure is a ratio within one run, or memory: seconds of one machine say nothing about another.
"""

import os
import sys

from fetch_models import fetch

from bench import results
from bench.lines import LINES, Line
from bench.machine import watched
from bench.results import Result
from bench.row import Found

WIDTHS = "{:<56}{:>26}{:>26}{:>9}{:>10}  {:<4}"


def main() -> None:
    """Exit code 0 only if everything could be measured and met its bar."""
    which = os.environ.get("BENCH", "")
    if which and which not in LINES:
        sys.exit(f"BENCH={which} is unknown; leave it out, or say one of: {', '.join(LINES)}.")
    fetch()
    wanted = {which: LINES[which]} if which else LINES
    failed: list[str] = []
    found = {name: _measured(name, line, failed) for name, line in wanted.items()}
    _print(found)
    failed += [
        f"{row.what}: {row.figure}, and the bar is {row.bar}"
        for result in found.values()
        for row in result.rows
        if row.ok is False
    ]
    if failed:
        sys.exit("\n".join(failed))


def _measured(name: str, line: Line, failed: list[str]) -> Result:
    found: list[Found] = []
    with watched() as machine:
        try:
            found.extend(line())
        except Exception as error:  # noqa: BLE001 - the others are still worth having
            failed.append(f"{name} could not be measured: {error!r}")
    result = Result.of(found, machine)
    results.keep(name, result)
    return result


def _print(found: dict[str, Result]) -> None:
    print("\n" + WIDTHS.format("what", "ours", "beside", "measured", "bar", "met"))
    for name, result in found.items():
        for row in result.rows:
            met = {True: "yes", False: "NO", None: ""}[row.ok]
            print(WIDTHS.format(row.what, row.ours, row.other, row.figure, row.bar, met) + row.detail)
        widest = max((row.spread or 0 for row in result.rows), default=0)
        if busy := result.machine.busy(widest):
            print(f"  {name}: {busy}")


if __name__ == "__main__":
    main()
