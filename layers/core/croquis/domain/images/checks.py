"""What the photos' checks find in generated pictures, and the report on those of a run."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from croquis.domain.images.exam import ExamReport, ImageChecks, Judgement, NotMeasured, PassRate, Proportion
from croquis.domain.images.image import Framing
from croquis.domain.images.repairs import face_pixels
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.likeness import near_duplicate
from croquis.domain.photos.photo import Finding, Severity

CUT = {BodyCode.HEAD_CUT, BodyCode.FEET_CUT, BodyCode.PERSON_TOO_SMALL}
SHOWN: dict[str, str] = {  # in a picture that nobody can take again
    BodyCode.NO_PERSON: "No single person could be made out.",
    BodyCode.SEVERAL_PEOPLE: "More than one person is in the picture.",
    BodyCode.ROTATED: "The person is lying or upside down.",
    BodyCode.HEAD_CUT: "The head is cut off, or cannot be made out.",
    BodyCode.FEET_CUT: "The feet are cut off, or cannot be seen.",
    BodyCode.PERSON_TOO_SMALL: "The person is small in the picture.",
}
RATES = ("one_person", "head_to_toe", "face", "not_copied")


class Measure(NamedTuple):
    """Of the body: its place in Proportions, and what it varies by in pictures of one body, as a share."""

    place: int
    spread: float


# clothes widen the hips; of the head 3 % is what light, file and noise do to photos of 34 people
MEASURES = {"legs": Measure(0, 0.05), "hips": Measure(1, 0.10), "head": Measure(2, 0.03)}


class Seen(Protocol):
    """What a look at a picture gives."""

    @property
    def findings(self) -> tuple[Finding, ...]: ...

    @property
    def features(self) -> PhotoFeatures: ...


class Graded(NamedTuple):
    """One preview of a run."""

    checks: ImageChecks
    framing: Framing
    features: PhotoFeatures


def checks_of(
    seen: Seen,
    framing: Framing,
    face: Judgement | None,
    not_copied: Judgement | None,
    size: tuple[int, int] | None = None,
) -> ImageChecks:
    """One person always, head to toe where the whole figure was asked for."""
    blocking = {it.code for it in seen.findings if it.severity is Severity.BLOCKING}
    whole = framing is Framing.FULL_BODY
    asked_about = set(SHOWN) if whole else SHOWN.keys() - CUT
    return ImageChecks(
        one_person=_one_person(blocking, whole=whole),
        head_to_toe=_head_to_toe(blocking) if whole else None,
        face=face,
        not_copied=not_copied,
        codes=tuple(sorted(blocking & asked_about)),
        face_pixels=face_pixels(seen.features, *size) if size else None,
    )


def not_copied(picture: PhotoFeatures, photos: Sequence[PhotoFeatures]) -> Judgement | None:
    """Fails when the picture is one of the photos again; None without a photo in which anybody was made out."""
    known = [it.likeness for it in photos if it.likeness]
    if not known:
        return None
    if picture.likeness is None:
        return Judgement.CANNOT_TELL
    return Judgement.FAILS if any(near_duplicate(picture.likeness, it) for it in known) else Judgement.PASSES


def report_on(
    previews: Sequence[Graded], photos: Sequence[PhotoFeatures], *, no_face: NotMeasured | None, sandbox: bool
) -> ExamReport:
    """Of a run; `photos` are those that it was trained on, `no_face` says why the face was not measured."""
    whole = [it.features for it in previews if it.framing is Framing.FULL_BODY]
    rates = {part: _rate(previews, part) for part in RATES}
    ratios = {part: _ratio(photos, whole, measure) for part, measure in MEASURES.items()}
    missing = {part for part, found in {**rates, **ratios}.items() if found is None}
    why = {part: _why(part, previews, no_face) for part in sorted(missing)}
    told = {"sandbox": sandbox, "pictures": len(previews), "not_measured": why}
    return ExamReport.model_validate({**told, **rates, **ratios})


def _rate(previews: Sequence[Graded], part: str) -> PassRate | None:
    judged: list[Judgement] = [it for preview in previews if (it := getattr(preview.checks, part)) is not None]
    return PassRate.of(judged) if judged else None


def _ratio(photos: Sequence[PhotoFeatures], pictures: Sequence[PhotoFeatures], measure: Measure) -> Proportion | None:
    if not photos or not pictures:
        return None
    before, after = ([value for it in them if (value := it.proportions[measure.place])] for them in (photos, pictures))
    return Proportion.of(before, after, measure.spread)


def _why(part: str, previews: Sequence[Graded], no_face: NotMeasured | None) -> NotMeasured:
    if part == "face" and no_face:
        return no_face
    nothing_asked = not previews or part == "head_to_toe"
    return NotMeasured.NO_PICTURES if nothing_asked else NotMeasured.NO_PHOTOS


def _one_person(blocking: set[str], *, whole: bool) -> Judgement:
    if BodyCode.SEVERAL_PEOPLE in blocking:
        return Judgement.FAILS
    if BodyCode.NO_PERSON not in blocking:
        return Judgement.PASSES
    return Judgement.FAILS if whole else Judgement.CANNOT_TELL  # a close-up shows too little for the one who looks


def _head_to_toe(blocking: set[str]) -> Judgement:
    if blocking & CUT:
        return Judgement.FAILS
    return Judgement.CANNOT_TELL if blocking & SHOWN.keys() else Judgement.PASSES
