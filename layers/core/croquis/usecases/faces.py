"""Is the face in the pictures that of the training photos? Whoever asks has made sure that the person shown agreed."""

from collections.abc import Callable, Iterable

from croquis.domain.images.exam import FaceReference, FacesMeasured, FacesToMeasure, Judgement
from croquis.ports import Croquis

MAX_BYTES = 60_000_000

MakeReference = Callable[[Iterable[bytes]], FaceReference | None]
MeasurePicture = Callable[[bytes, FaceReference], tuple[Judgement, float | None]]


def measure(croquis: Croquis, asked: FacesToMeasure, make: MakeReference, look: MeasurePicture) -> FacesMeasured:
    """One picture in memory at a time; nothing is written: what is kept of a face is the asker's to keep."""
    reference = asked.reference or make(_files(croquis, "training-photos", asked.photos))
    if reference is None:
        nobody = tuple((Judgement.CANNOT_TELL, None) for _ in asked.pictures)
        return FacesMeasured.of(nobody, None)
    return FacesMeasured.of([look(it, reference) for it in _files(croquis, "images", asked.pictures)], reference)


def _files(croquis: Croquis, bucket: str, paths: Iterable[str]) -> Iterable[bytes]:
    return (croquis.files.read(bucket, path, limit=MAX_BYTES) for path in paths)
