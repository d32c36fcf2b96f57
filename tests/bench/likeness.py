"""The checks and the exam on planted cases: how much of what is bad is found, and how often what is good is accused.

Everything goes through what *Check image*, *Grade previews* and *Measure faces* call; nothing here knows a threshold.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from faces.planted import everything, judged, other_poses, split
from PIL import Image
from vision.planted_bodies import (
    Verdicts,
    Warp,
    as_it_is,
    longer_legs,
    runs,
    runs_of_previews,
    squeezed,
    stretched,
)
from vision.planted_pairs import changed, demo_photos, unchanged
from vision.planted_pictures import Case, checked, is_flagged, planted

from bench.labelled import full_photos
from croquis.domain.images.exam import Change, Judgement, wilson
from croquis.domain.images.paired import BodyChange

RUNS = 200
Photos = Callable[[], Iterator[Image.Image]]
Runs = Callable[[Warp, int], Iterator[Verdicts]]


class Bar(NamedTuple):
    """What a rate is held to; nothing, where it is only reported."""

    at_least: float | None = None
    at_most: float | None = None


REPORTED, STRANGER, WHOLE_BODY, PICTURE = Bar(), Bar(at_least=0.95), Bar(at_least=0.90), Bar(at_least=0.98)
ACCUSED = Bar(at_most=0.02)


class Found(NamedTuple):
    """How many of the planted cases were found; of what is good, how many were accused."""

    what: str
    cases: int
    of: int
    unclear: int = 0  # of which nobody can tell: not among `of`
    bar: Bar = REPORTED

    @property
    def share(self) -> float:
        return self.cases / self.of

    def __str__(self) -> str:
        interval = wilson(self.cases, self.of)
        unclear = f", and {self.unclear} unclear" if self.unclear else ""
        return f"{self.cases} of {self.of}; 95 %: {interval.low:.3f} to {interval.high:.3f}{unclear}"


def faces() -> Iterator[Found]:
    """Twelve people, 18 to 35 pixels between the eyes, compressed, brighter, darker; all against all."""
    same, strangers = split(judged(everything()))
    yield _faces("face: strangers found", strangers, STRANGER)
    yield _faces("face: the same person refused", same, ACCUSED)
    yield _faces("face: the same person in another pose refused", other_poses(), ACCUSED)


def pictures() -> Iterator[Found]:
    """One by one; a picture of which nobody can tell is not found."""
    cut = (Case.CROPPED, Case.CUT_PHOTO)
    yield _flagged("picture: doubled, found", Case.DOUBLED, Case.SIDE_BY_SIDE, bar=PICTURE)
    yield _flagged("picture: cropped, found", *cut, bar=PICTURE)
    yield _flagged("picture: cut through the foot, found", Case.CUT_FOOT)
    yield _flagged("picture: a training photo again, found", Case.COPIED, bar=PICTURE)
    yield _flagged("picture: unchanged, accused", Case.UNCHANGED, bar=ACCUSED)


def bodies() -> Iterator[Found]:
    """Runs of six pictures against four photos of the rendered person."""
    yield from _runs("run", runs)


def previews() -> Iterator[Found]:
    """Runs as they are: eight to twelve photos, and four previews of which two show the widths."""
    yield from _runs("previews", runs_of_previews)


def pairs(photos: Photos = demo_photos, whose: str = "pair") -> Iterator[Found]:
    """Before and after, each photo beside its own altered copies."""
    warped = chain(changed(photos(), stretched), changed(photos(), squeezed))
    yield _pairs(f"{whose}: stretched by 15 %, found", warped, WHOLE_BODY)
    yield _pairs(f"{whose}: legs x1.15, found", changed(photos(), longer_legs))
    yield _pairs(f"{whose}: unchanged, accused", unchanged(photos()), ACCUSED)


def labelled(folder: Path) -> Iterator[Found]:
    """The pairs of real people's photos, those which show one person head to toe."""
    return pairs(lambda: full_photos(folder), "labelled pair")


def _faces(what: str, judgements: Iterable[Judgement], bar: Bar = REPORTED) -> Found:
    found = list(judgements)
    unclear = found.count(Judgement.CANNOT_TELL)
    return Found(what, found.count(Judgement.FAILS), len(found) - unclear, unclear, bar)


def _flagged(what: str, *cases: Case, bar: Bar = REPORTED) -> Found:
    found = [is_flagged(checked(picture)) for case in cases for picture in planted(case)]
    return Found(what, sum(found), len(found), bar=bar)


def _runs(whose: str, plant: Runs) -> Iterator[Found]:
    """Each way by itself, and both together, which the bar is about."""
    taller, broader, legs, same = (
        [it.worst for it in plant(warp, RUNS)] for warp in (stretched, squeezed, longer_legs, as_it_is)
    )
    yield _changes(f"{whose}: stretched in height, found", taller)
    yield _changes(f"{whose}: stretched in width, found", broader)
    yield _changes(f"{whose}: stretched by 15 %, found", taller + broader, WHOLE_BODY)
    yield _changes(f"{whose}: legs x1.15, found", legs)
    yield _changes(f"{whose}: unchanged, accused", same, ACCUSED)


def _pairs(what: str, found: Iterable[BodyChange], bar: Bar = REPORTED) -> Found:
    return _changes(what, [it.change for it in found], bar)


def _changes(what: str, found: list[Change], bar: Bar = REPORTED) -> Found:
    """What nobody can tell was not found, and accuses nobody."""
    return Found(what, found.count(Change.DIFFERENT), len(found), bar=bar)
