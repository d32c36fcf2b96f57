"""The single faults that still break something: each a debt, with its reason, and each tried, so that it cannot stay on
the list once it is mended. A line of known_broken.txt is `what | invariants | reason`."""

from pathlib import Path

LIST = Path(__file__).with_name("known_broken.txt")


def known_broken() -> dict[str, tuple[set[str], str]]:
    """By what (`kind at function/port.method`): the broken invariants, and why."""
    lines = [it for it in LIST.read_text().splitlines() if it and not it.startswith("#")]
    parts = [[part.strip() for part in line.split(" | ")] for line in lines]
    return {what: (set(names.split()), reason) for what, names, reason in parts}
