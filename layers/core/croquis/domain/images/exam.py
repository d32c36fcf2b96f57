"""How well a model resembles its person: what was measured, on how many pictures, how surely, and what was not."""

from collections.abc import Sequence
from enum import StrEnum
from math import exp, log, sqrt
from statistics import NormalDist, fmean, variance
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from croquis.domain.row import Row

FACES_KEPT = 12
CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
FEWEST = 2  # pictures on each side
KNOWN_AS = 4  # what is known of a measure's spread counts like so many pictures more
GROSS = 0.10  # of a proportion: the smallest change of which the exam speaks

Embedding = Annotated[tuple[float, ...], Field(min_length=128, max_length=128)]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)  # a later version may have told more


class Judgement(StrEnum):
    """Of one picture."""

    PASSES = "passes"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"  # too small, turned away, hidden


class Change(StrEnum):
    """Of a proportion, between the training photos and the generated pictures."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot_tell"  # the interval holds both answers


class NotMeasured(StrEnum):
    """Why a part of the exam says nothing."""

    NO_CONSENT = "no_consent"
    NO_REFERENCE = "no_reference"
    NO_PICTURES = "no_pictures"
    NO_PHOTOS = "no_photos"
    BROKEN = "broken"


WHY = {
    NotMeasured.NO_CONSENT: "The person shown has not agreed to a measurement of the face.",
    NotMeasured.NO_REFERENCE: "None of the training photos shows the face large enough to compare with.",
    NotMeasured.NO_PICTURES: "There is no picture to judge.",
    NotMeasured.NO_PHOTOS: "There is nothing from the training photos to compare with.",
    NotMeasured.BROKEN: "The measurement failed; look at the pictures yourself.",
}


class Interval(_Told):
    """Where the true value lies, with 95 % confidence."""

    low: float
    high: float


class FaceReference(_Told):
    """What is kept of the training photos' faces, to judge pictures when the photos are gone: biometric data."""

    embeddings: tuple[Embedding, ...] = Field(min_length=1, max_length=FACES_KEPT)


class FacesToMeasure(Row):
    """What a measurement of faces is asked: pictures by their paths, and what to hold them against."""

    pictures: tuple[str, ...]
    photos: tuple[str, ...] = ()  # of which a reference is made where none is kept yet
    reference: FaceReference | None = None


class FacesMeasured(_Told):
    """What it answers, a judgement for each picture in their order; without a reference nobody can tell."""

    judgements: tuple[Judgement, ...]
    similarities: tuple[float | None, ...] = ()  # to order two of one size by, and for nothing else
    reference: FaceReference | None

    @classmethod
    def of(cls, found: Sequence[tuple[Judgement, float | None]], reference: FaceReference | None) -> Self:
        """Of each picture its judgement and its similarity."""
        judgements, similarities = tuple(it for it, _ in found), tuple(it for _, it in found)
        return cls(judgements=judgements, similarities=similarities, reference=reference)


class PassRate(_Told):
    """How many pictures passed a check; `rate` and `interval` are of those of which one can tell."""

    passed: int
    failed: int
    cannot_tell: int
    rate: float | None
    interval: Interval | None

    @classmethod
    def of(cls, judgements: list[Judgement]) -> Self:
        """Counted; without a single clear one there is no rate."""
        passed, failed = judgements.count(Judgement.PASSES), judgements.count(Judgement.FAILS)
        clear = passed + failed
        return cls(
            passed=passed,
            failed=failed,
            cannot_tell=len(judgements) - clear,
            rate=round(passed / clear, 4) if clear else None,
            interval=wilson(passed, clear) if clear else None,
        )


class Proportion(_Told):
    """One measure of the body: the generated pictures' mean over the photos', as a ratio."""

    photos: int
    pictures: int
    ratio: float | None
    interval: Interval | None
    change: Change

    @classmethod
    def of(cls, photos: list[float], pictures: list[float], spread: float) -> Self:
        """Compared by Student's interval of the logarithms; gross changes only.

        `spread` is what the measure is known to vary by in pictures of one body, as a share: two previews alone could
        not say.
        """
        if min(len(photos), len(pictures)) < FEWEST:
            unknown = Change.CANNOT_TELL
            return cls(photos=len(photos), pictures=len(pictures), ratio=None, interval=None, change=unknown)
        before, after = [log(it) for it in photos], [log(it) for it in pictures]
        middle, half = fmean(after) - fmean(before), _half_width(before, after, spread)
        interval = Interval(low=round(exp(middle - half), 4), high=round(exp(middle + half), 4))
        return cls(
            photos=len(photos),
            pictures=len(pictures),
            ratio=round(exp(middle), 4),
            interval=interval,
            change=_change(interval),
        )


class ImageChecks(_Told):
    """What the checks found in one picture; what is None was not asked, or not measured."""

    one_person: Judgement
    head_to_toe: Judgement | None  # only where the whole figure was asked for
    face: Judgement | None  # only with the consent to measure it
    not_copied: Judgement | None  # only of previews, while the photos are there
    codes: tuple[str, ...] = ()  # why one of them fails or cannot be told, mostly as the photos' checks call it
    face_pixels: int | None = None  # how large a square around the face is; None where none can be seen
    body: Judgement | None = None  # only of try-ons: whether it is the body of the picture before
    garments: Judgement | None = None  # and whether they have the colours of their pictures

    @property
    def is_flagged(self) -> bool:
        """Something fails."""
        judged = (self.one_person, self.head_to_toe, self.face, self.not_copied, self.body, self.garments)
        return Judgement.FAILS in judged


class ExamReport(_Told):
    """Of one run. A part that is None was not measured, and `not_measured` says why."""

    sandbox: bool  # then it says nothing of the model: no model made these pictures
    pictures: int
    one_person: PassRate | None
    head_to_toe: PassRate | None
    face: PassRate | None
    legs: Proportion | None  # leg over torso
    hips: Proportion | None  # their width over the body's height
    head: Proportion | None  # its width over the body's height: a picture that is stretched as a whole
    not_copied: PassRate | None  # no picture is a training photo again
    not_measured: dict[str, NotMeasured]  # by the part's name above


def wilson(passed: int, of: int) -> Interval:
    """The interval of a share (Wilson 1927): honest also at 0 and at 1, and for few pictures."""
    share, z = passed / of, Z
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + side * half) / (1 + z * z / of) for side in (-1, 1))
    return Interval(low=round(max(0.0, low), 4), high=round(min(1.0, high), 4))


def _half_width(before: list[float], after: list[float], spread: float) -> float:
    """For a difference of means, with one variance for both: of what is known and of what was measured."""
    degrees = KNOWN_AS + len(before) + len(after) - 2
    squares = sum((len(it) - 1) * variance(it) for it in (before, after)) + KNOWN_AS * spread**2
    return _student(degrees) * sqrt(squares / degrees * (1 / len(before) + 1 / len(after)))


def _student(degrees: float) -> float:
    """Student's quantile by Fisher's expansion around the normal one: within 1 % from four degrees on."""
    z = Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3


def _change(interval: Interval) -> Change:
    if interval.low > 1 / (1 + GROSS) and interval.high < 1 + GROSS:
        return Change.SAME
    return Change.CANNOT_TELL if interval.low <= 1 <= interval.high else Change.DIFFERENT
