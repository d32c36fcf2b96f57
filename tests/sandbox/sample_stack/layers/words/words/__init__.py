"""Finds what its layer carries beside the code, and uses what lies in another layer."""

from pathlib import Path

from greeting import WORD


def both() -> list[str]:
    return [WORD, (Path(__file__).parents[2] / "texts/word.txt").read_text()]
