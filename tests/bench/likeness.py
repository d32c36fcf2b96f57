"""The exam's measures on planted cases: how many strangers and stretched bodies are found, how many others accused."""

from collections.abc import Iterable
from typing import NamedTuple

from faces.planted import everything, judged, other_poses, split
from vision.planted_bodies import Warp, as_it_is, longer_legs, runs, squeezed, stretched

from croquis.domain.images.exam import Change, Judgement, wilson

RUNS = 200


class Found(NamedTuple):
    """How many of the cases of which one can tell."""

    cases: int
    of: int

    @property
    def share(self) -> float:
        return self.cases / self.of

    def __str__(self) -> str:
        interval = wilson(self.cases, self.of)
        return f"{self.cases} of {self.of}; 95 %: {interval.low:.3f} to {interval.high:.3f}"


def faces() -> dict[str, Found]:
    """Twelve people, 18 to 35 pixels between the eyes, compressed, brighter, darker; all against all."""
    same, strangers = split(judged(everything()))
    return {
        "strangers found": _counted(strangers, Judgement.FAILS),
        "the same face refused": _counted(same, Judgement.FAILS),
        "the same face in another pose refused": _counted(other_poses(), Judgement.FAILS),
    }


def bodies() -> dict[str, Found]:
    """Runs of six pictures against four photos of the rendered person."""
    return {
        "bodies stretched by 15 % found": _different(stretched),
        "bodies broadened by 15 % found": _different(squeezed),
        "legs x1.15 found": _different(longer_legs),
        "the same body called different": _different(as_it_is),
    }


def _counted(judgements: Iterable[Judgement], wanted: Judgement) -> Found:
    clear = [it for it in judgements if it is not Judgement.CANNOT_TELL]
    return Found(clear.count(wanted), len(clear))


def _different(warp: Warp) -> Found:
    found = [it.worst for it in runs(warp, RUNS)]
    return Found(found.count(Change.DIFFERENT), len(found))
