"""`python -m bench.page`: the tables of docs/performance.md and its plots, from bench.json."""

import re

from bench import results
from bench.results import Result
from bench.svg import svg
from sandbox import ROOT

PAGE = ROOT / "docs/performance.md"
PICTURES = ROOT / "docs/pictures"
HEAD = "| what | ours | beside | measured | bar | met | spread |\n| --- | --- | --- | --- | --- | --- | --- |"
PART = re.compile(r"(<!-- (measured|plots) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def main() -> None:
    found = results.read()
    made = {"measured": _tables(found), "plots": _plots(found)}
    PAGE.write_text(PART.sub(lambda it: f"{it[1]}{made[it[2]]}{it[3]}", PAGE.read_text()))


def _tables(found: dict[str, Result]) -> str:
    return "\n\n".join(_table(name, result) for name, result in found.items())


def _table(name: str, result: Result) -> str:
    it = result.machine
    where = f"{it.cores} cores {it.processor}, {it.system}, Python {it.python}, {result.measured_on}"
    busy = it.busy(max((row.spread or 0 for row in result.rows), default=0))
    lines = [f"**{name}** ({where}{f'; a busy machine: {busy}' if busy else ''})", "", HEAD]
    for row in result.rows:
        met = {True: "yes", False: "**no**", None: ""}[row.ok]
        what = f"{row.what} ({row.detail})" if row.detail else row.what
        spread = "" if row.spread is None else f"{row.spread:.0%}"
        cells = (what, row.ours, row.other, row.figure, row.bar, met, spread)
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


def _plots(found: dict[str, Result]) -> str:
    shown: list[str] = []
    for plot in (it for result in found.values() for it in result.plots):
        (PICTURES / f"performance-{plot.name}.svg").write_text(svg(plot))
        shown.append(f"![{plot.title}](pictures/performance-{plot.name}.svg)")
    return "\n\n".join(shown)


if __name__ == "__main__":
    main()
