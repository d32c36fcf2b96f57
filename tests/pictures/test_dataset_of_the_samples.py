"""The whole way from the samples' files to the zip, byte for byte: cleaned, cut, drawn, captioned, packed."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

from croquis.domain.dataset.plan import planned_dataset
from croquis.domain.ids import PhotoId
from croquis.domain.photos.accepted_photo import AcceptedPhoto, Said
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.subject import Gender, Subject
from croquis_pictures import open_photo
from croquis_pictures.crops import draw
from croquis_pictures.dataset import DatasetItem, write_dataset

SUBJECT = Subject("qtxkbrdf", Gender.FEMALE)
SAMPLES = Path(__file__).parents[2] / "sandbox/demo_photos/good"
# the same on every Python: a pinned decoder, encoder or wording that changes shows here
DIGEST = "a484062ae80219c4d6fb1e747a6381845ee153525ee8d0f1d36f5fc5048bf9ce"


def test_the_same_photos_give_the_same_bytes_on_every_python() -> None:
    """FI-05, JB-06: measured alike on 3.11 and 3.13; what networks see plays no part here."""
    clean = {path.stem: open_photo(path.read_bytes()).clean_copy() for path in sorted(SAMPLES.glob("*.jpg"))}
    plan = planned_dataset((accepted(name, jpeg) for name, jpeg in clean.items()), SUBJECT)
    items = (DatasetItem(it.stem, next(draw(clean[it.photo.id], [it.picture])), it.caption) for it in plan)
    write_dataset(target := BytesIO(), items)
    assert (len(plan), sha256(target.getvalue()).hexdigest()) == (12, DIGEST)


def accepted(name: str, jpeg: bytes) -> AcceptedPhoto:
    width, height = open_photo(jpeg).kept_size
    return AcceptedPhoto(
        id=PhotoId(name), slot=int(name), sha256=sha256(jpeg).hexdigest(), width=width, height=height,
        clean_path=name, thumbnail_path=name, seen=PhotoFeatures(), said=Said(),
    )  # fmt: skip
