"""What the trainer gets from each photo: which parts, in which sizes, which captions. Pixels are drawn elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from croquis.domain.dataset.close_ups import face_height, half_body, joints_of, portrait
from croquis.domain.dataset.cut_outs import CutOut, PixelBox
from croquis.domain.dataset.full_figure import full_figure_of
from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.captions import caption_of
from croquis.domain.photos.photo import CameraView
from croquis.domain.subject import Subject


@dataclass(frozen=True)
class TrainedPicture:
    """One picture of the dataset: `region` of the photo, shrunk to width x height, never enlarged."""

    framing: Framing
    region: PixelBox
    width: int
    height: int
    face_height: int | None  # pixels in this picture, hairline to chin; None where no face is seen


@dataclass(frozen=True)
class PlannedPicture:
    """A trained picture with its file's stem and its caption."""

    stem: str
    photo: AcceptedPhoto
    picture: TrainedPicture
    caption: str


def planned_dataset(photos: Iterable[AcceptedPhoto], subject: Subject) -> tuple[PlannedPicture, ...]:
    """The whole dataset in the order of the photos; the same photos give the same plan."""
    return tuple(
        PlannedPicture(_stem(number, it.framing), photo, it, caption_of(photo, subject, it.framing))
        for number, photo in enumerate(photos, 1)
        for it in trained_pictures(photo)
    )


def trained_pictures(photo: AcceptedPhoto) -> tuple[TrainedPicture, ...]:
    """The full figure, then half body and head and shoulders where the pixels suffice."""
    joints, seen_from_behind = joints_of(photo), photo.seen.view is CameraView.BACK
    cuts = {
        Framing.FULL_BODY: full_figure_of(photo),
        Framing.HALF_BODY: half_body(joints) if joints else None,
        Framing.PORTRAIT: portrait(joints) if joints and not seen_from_behind else None,
    }
    face = face_height(joints) if joints and not seen_from_behind else None
    return tuple(_picture(framing, cut, face) for framing, cut in cuts.items() if cut)


def _stem(number: int, framing: Framing) -> str:
    return f"{number:02}-{framing.replace('_', '-')}"


def _picture(framing: Framing, cut: CutOut, face: float | None) -> TrainedPicture:
    in_picture = None if face is None else round(face * cut.size.width / cut.region.width)
    return TrainedPicture(framing, cut.region, cut.size.width, cut.size.height, in_picture)
