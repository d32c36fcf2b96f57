"""The demo's last order: three sample garments, kept as a look, on the best picture, and what the checks say of it."""

from typing import Any

from sandbox import ROOT
from sandbox.laptop.command_line import CommandLine

GARMENTS = ROOT / "sandbox/demo_garments"
LOOK = {"upper": "Red knitted top", "lower": "Blue trousers", "shoes": "Brown shoes"}
JUDGED = ("one_person", "head_to_toe", "face", "body", "garments")

View = dict[str, Any]


def put_on(croquis: CommandLine, model: str, out: str) -> None:
    """Its picture is in the folder then."""
    look = kept(croquis, "For town", [brought(croquis, category, name) for category, name in LOOK.items()])
    croquis.run("try-on", "--model", model, "--look", look, "--yes", "--out", out)


def words_of(image: View) -> str:
    """What the checks found, in one line."""
    checks = image["checks"] or {}
    told = [f"{name.replace('_', ' ')} {checks[name].replace('_', ' ')}" for name in JUDGED if checks.get(name)]
    return ", ".join([*told, *checks.get("why", ())])


def brought(croquis: CommandLine, category: str, name: str, file: str = "") -> str:
    """The id of a sample garment that is ready; its file is called as its category where none is named."""
    place = (GARMENTS / f"{file or category}.png").relative_to(ROOT)
    croquis.run("garments", "add", str(place), "--name", name, "--category", category)
    return str(croquis.document("garments", "list")["garments"][0]["id"])


def kept(croquis: CommandLine, name: str, garments: list[str]) -> str:
    """The id of a look."""
    croquis.run("looks", "add", "--name", name, *(word for it in garments for word in ("--garment", it)))
    return str(croquis.document("looks", "list")["looks"][0]["id"])
