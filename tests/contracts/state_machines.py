"""Writes infra/*.asl.json in the house's layout, the picture machine's states in the Map of the training machine.

`python -m contracts.state_machines [--check]`
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INFRA = Path(__file__).parents[2] / "infra"
NAMES = ("training", "image")
WIDTH = 160
OF_ORDERS = ("Decide about face", "Cut out face", "Check image", "Leave unchecked")

Json = dict[str, Any]


def text(name: str) -> str:
    """The machine as it is committed: the same states give the same bytes."""
    machine = _read(name)
    if name == "training":
        picture = _read("image")
        inside = machine["States"]["Make previews"]["ItemProcessor"]
        inside["StartAt"], inside["States"] = "Start image", until_saved(picture["States"])
    return laid_out(machine) + "\n"


def until_saved(states: Json) -> Json:
    """From *Start image* to *Save image*: previews are no repairs, and are checked together, by *Grade previews*."""
    kept = {name: state for name, state in states.items() if name not in OF_ORDERS}
    saving = {name: value for name, value in kept["Save image"].items() if name != "Next"}
    return {**kept, "Save image": {**saving, "End": True}}


def laid_out(value: Any, indent: int = 0, taken: int = 0) -> str:
    """JSON on one line where it fits behind the columns `taken` before it, and else a line for each item.

    Plain members that follow each other share a line, but a Comment stands alone; names fill their lines.
    """
    line = _flat(value)
    if indent + taken + len(line) + len(",") <= WIDTH or not isinstance(value, dict | list):
        return line
    margin = "\n" + " " * (indent + 2)
    if isinstance(value, dict):
        return "{" + margin + f",{margin}".join(_members(value, indent + 2)) + margin[:-2] + "}"
    if not any(isinstance(item, dict | list) for item in value):
        return "[" + f",{margin}".join(_filled([_flat(item) for item in value], indent + 2, taken - 1)) + "]"
    if len(value) == 1:
        return "[" + laid_out(value[0], indent, taken + len("[]")) + "]"
    return "[" + margin + f",{margin}".join(laid_out(item, indent + 2) for item in value) + margin[:-2] + "]"


def _members(value: Json, indent: int) -> Iterator[str]:
    plain: list[str] = []
    for key, item in value.items():
        name = f"{_flat(key)}: "
        if key == "Comment" or isinstance(item, dict | list):
            yield from _filled(plain, indent)
            plain = []
            yield name + laid_out(item, indent, len(name))
        else:
            plain.append(name + _flat(item))
    yield from _filled(plain, indent)


def _filled(items: list[str], indent: int, taken: int = 0) -> Iterator[str]:
    """As many items on each line as fit; `taken` columns of the first are in use already."""
    line = ""
    for item in items:
        if line and indent + taken + len(line) + len(f", {item}],") > WIDTH:
            yield line
            line, taken = "", 0
        line += f", {item}" if line else item
    if line:
        yield line


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(name: str) -> Json:
    return json.loads((INFRA / f"{name}.asl.json").read_text())


def main(arguments: list[str]) -> int:
    """0 when the files are, or now are, as they should be; with --check nothing is written."""
    stale = [name for name in NAMES if (INFRA / f"{name}.asl.json").read_text() != text(name)]
    if arguments != ["--check"]:
        for name in stale:
            (INFRA / f"{name}.asl.json").write_text(text(name))
        return 0
    for name in stale:
        print(f"infra/{name}.asl.json is not what it is generated to be. Run `make generate` and commit it.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
