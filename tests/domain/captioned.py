"""Photos to be captioned, and all the captions that photos of the same facts may get."""

import hashlib

from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import AcceptedPhoto, Said
from croquis.domain.photos.captions import caption_of
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import CameraView
from croquis.domain.subject import Gender, Subject

TRIGGER = "qtxkbrdf"
SUBJECT = Subject(TRIGGER, Gender.NON_BINARY)
FULL, HALF, PORTRAIT = Framing.FULL_BODY, Framing.HALF_BODY, Framing.PORTRAIT
CONTENTS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(100)]
WORDS = Said(pose="leaning on a rail", background="a harbour", clothes="a red raincoat", light="morning light")
SEEN = PhotoFeatures(
    view=CameraView.SIDE,
    pose="standing with arms down",
    background_words="a plain light grey backdrop",
    light_words="in dim light",
)
NOBODY = PhotoFeatures()


def photo(
    sha256: str = "0" * 64, *, slot: int = 1, seen: PhotoFeatures = SEEN, said: Said | None = None
) -> AcceptedPhoto:
    return AcceptedPhoto.model_validate(
        {
            "id": f"{sha256[:8]}-0000-4000-8000-000000000000",
            "slot": slot,
            "sha256": sha256,
            "width": 3000,
            "height": 4000,
            "clean_path": "clean.jpg",
            "thumbnail_path": "small.jpg",
            "seen": seen,
            "said": said or Said(),
        }
    )


def captions(
    framing: Framing = FULL, *, slot: int = 1, seen: PhotoFeatures = SEEN, said: Said | None = None
) -> set[str]:
    return {caption_of(photo(it, slot=slot, seen=seen, said=said), SUBJECT, framing) for it in CONTENTS}
