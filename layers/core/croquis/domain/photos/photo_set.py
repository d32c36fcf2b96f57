"""What the accepted photos of a job lack as a set. Only too few of them block; the rest is advice."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from operator import eq
from statistics import median_high
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from croquis.domain.ids import PhotoId
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.body_findings import Wording
from croquis.domain.photos.colours import alike_colours
from croquis.domain.photos.likeness import near_duplicate
from croquis.domain.photos.photo import CameraView, Severity
from croquis.domain.photos.slots import slot

FEWEST_PHOTOS = 8
FEWEST_TO_COMPARE = 4  # with fewer, "most of them" says nothing
UNIFORM = 0.75  # of the photos: what is the same in as many is learnt as a part of the person
SMALL = 0.25  # of the usual pixels: half the length and half the width, so a head cut out of it has half the detail

Fact = TypeVar("Fact")


class SetCode(StrEnum):
    """The stable codes, in the order in which they are shown."""

    TOO_FEW_PHOTOS = "too_few_photos"
    MISSING_VIEW = "missing_view"
    SAME_FILE = "same_file"
    NEAR_DUPLICATES = "near_duplicates"
    SAME_POSE = "same_pose"
    ONE_OUTFIT = "one_outfit"
    ONE_BACKGROUND = "one_background"
    MIXED_SIZES = "mixed_sizes"


class SetFinding(BaseModel):
    """One thing that the set lacks; `photos` are those it is about, none where it is about what is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    code: SetCode
    severity: Severity
    sentence: str
    hint: str
    photos: tuple[PhotoId, ...] = ()
    measured: float | None = None
    threshold: float | None = None


# {places} are the titles of the photos' slots
WORDINGS = {
    SetCode.TOO_FEW_PHOTOS: Wording(
        Severity.BLOCKING,
        "The set has {count} of the {of} different photos that a training needs.",
        "Add {more}{views}.",
    ),
    SetCode.MISSING_VIEW: Wording(
        Severity.ADVICE,
        "There is no {view} view yet.",
        "Add a photo {showing}.",
    ),
    SetCode.SAME_FILE: Wording(
        Severity.ADVICE,
        "The very same photo is in {places}.",
        "Leave it in one place and put other photos into the others; it counts only once.",
    ),
    SetCode.NEAR_DUPLICATES: Wording(
        Severity.ADVICE,
        "The photos in {places} are almost the same.",
        "Keep one of them and replace the others with another pose or place.",
    ),
    SetCode.SAME_POSE: Wording(
        Severity.ADVICE,
        "In {count} of the {of} photos that can be compared the pose is the same: {fact}.",
        "Replace some of them with other poses, such as walking, sitting, or one arm raised.",
    ),
    SetCode.ONE_OUTFIT: Wording(
        Severity.ADVICE,
        "In {count} of the {of} photos that can be compared the clothes are the same or have the same colours.",
        "Wear something else in some of them, or these clothes are learnt as part of you.",
    ),
    SetCode.ONE_BACKGROUND: Wording(
        Severity.ADVICE,
        "In {count} of the {of} photos that can be compared the background is the same or has the same colours.",
        "Take some of them in another place, or this background is learnt along with you.",
    ),
    SetCode.MIXED_SIZES: Wording(
        Severity.ADVICE,
        "Photos of very different sizes are mixed: there are far fewer pixels in {places} than in the others.",
        "Use the original photo there, instead of a preview or a screenshot: the trainer never enlarges.",
    ),
}
SHOWING = {
    CameraView.FRONT: "in which you face the camera",
    CameraView.THREE_QUARTER: "in which you are turned halfway to one side",
    CameraView.SIDE: "that shows you fully sideways",
    CameraView.BACK: "in which your back is towards the camera",
}


def set_findings(photos: Sequence[AcceptedPhoto]) -> tuple[SetFinding, ...]:
    """The blocking finding first; the same for the same photos, in whatever order they come.

    A file counts once, wherever it is; what could not be made out in a photo is left out of the comparisons.
    """
    files = _connected(photos, lambda one, other: one.sha256 == other.sha256)
    different = [copies[0] for copies in files]
    return (
        *_too_few(different),
        *_missing_views(different),
        *(_finding(SetCode.SAME_FILE, copies) for copies in files if len(copies) > 1),
        *_near_duplicates(different),
        *_uniform(SetCode.SAME_POSE, different, _pose, eq),
        *_uniform(SetCode.ONE_OUTFIT, different, lambda photo: photo.seen.clothes, alike_colours),
        *_uniform(SetCode.ONE_BACKGROUND, different, lambda photo: photo.seen.background, alike_colours),
        *_mixed_sizes(different),
    )


def _too_few(photos: Sequence[AcceptedPhoto]) -> Iterator[SetFinding]:
    more = FEWEST_PHOTOS - len(photos)
    if more > 0:
        views = ", ".join(map(_name, _missing(photos)))
        yield _finding(
            SetCode.TOO_FEW_PHOTOS,
            measured=len(photos),
            threshold=FEWEST_PHOTOS,
            count=len(photos) or "none",
            of=FEWEST_PHOTOS,
            more="1 photo" if more == 1 else f"{more} photos",
            views=views and f"; views still missing: {views}",
        )


def _missing_views(photos: Sequence[AcceptedPhoto]) -> Iterator[SetFinding]:
    for view in _missing(photos) if photos else ():
        yield _finding(SetCode.MISSING_VIEW, view=_name(view), showing=SHOWING[view])


def _missing(photos: Sequence[AcceptedPhoto]) -> list[CameraView]:
    known = {photo.seen.view for photo in photos if photo.seen.view}
    nothing_can_be_said = photos and not known
    return [] if nothing_can_be_said else [view for view in CameraView if view not in known]


def _near_duplicates(photos: Sequence[AcceptedPhoto]) -> Iterator[SetFinding]:
    for group in _connected(photos, _near_duplicate):
        if len(group) > 1:
            yield _finding(SetCode.NEAR_DUPLICATES, group)


def _uniform(
    code: SetCode,
    photos: Sequence[AcceptedPhoto],
    fact: Callable[[AcceptedPhoto], Fact | None],
    alike: Callable[[Fact, Fact], bool],
) -> Iterator[SetFinding]:
    known = [(photo, it) for photo in photos if (it := fact(photo))]
    if len(known) < FEWEST_TO_COMPARE:
        return
    # all alike to one of them, not in a chain: a row of small differences may end in other clothes
    largest = max(([photo for photo, other in known if alike(one, other)] for _, one in known), key=len)
    share = len(largest) / len(known)
    if share >= UNIFORM:
        words = {"count": len(largest), "of": len(known), "fact": fact(largest[0])}
        yield _finding(code, largest, measured=round(share, 4), threshold=UNIFORM, **words)


def _mixed_sizes(photos: Sequence[AcceptedPhoto]) -> Iterator[SetFinding]:
    if not photos:
        return
    # the higher one of two middle values: a set whose one half is small is mixed
    threshold = SMALL * median_high(map(_pixels, photos))
    small = [photo for photo in photos if _pixels(photo) < threshold]
    if small:
        yield _finding(SetCode.MIXED_SIZES, small, measured=min(map(_pixels, small)), threshold=threshold)


def _connected(
    photos: Sequence[AcceptedPhoto], alike: Callable[[AcceptedPhoto, AcceptedPhoto], bool]
) -> list[list[AcceptedPhoto]]:
    """Groups in which each is alike to at least one other; groups and photos in the order of the slots."""
    groups: list[list[AcceptedPhoto]] = []
    for photo in photos:
        met = [group for group in groups if any(alike(photo, other) for other in group)]
        apart = [group for group in groups if group not in met]
        groups = [*apart, sorted([*chain(*met), photo], key=_place)]
    return sorted(groups, key=lambda group: _place(group[0]))


def _near_duplicate(one: AcceptedPhoto, other: AcceptedPhoto) -> bool:
    both = one.seen.likeness, other.seen.likeness
    return both[0] is not None and both[1] is not None and near_duplicate(both[0], both[1])


def _pose(photo: AcceptedPhoto) -> str | None:
    return photo.said.pose or photo.seen.pose


def _pixels(photo: AcceptedPhoto) -> int:
    return photo.width * photo.height


def _place(photo: AcceptedPhoto) -> tuple[int, str]:
    return photo.slot, photo.id


def _name(view: CameraView) -> str:
    return view.replace("_", "-")


def _finding(
    code: SetCode,
    photos: Sequence[AcceptedPhoto] = (),
    *,
    measured: float | None = None,
    threshold: float | None = None,
    **words: object,
) -> SetFinding:
    wording = WORDINGS[code]
    words["places"] = _listed([f"“{slot(photo.slot).title}”" for photo in photos])
    return SetFinding(
        code=code,
        severity=wording.severity,
        sentence=wording.sentence.format_map(words),
        hint=wording.hint.format_map(words),
        photos=tuple(photo.id for photo in photos),
        measured=measured,
        threshold=threshold,
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
