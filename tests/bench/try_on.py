"""The checks of try-ons on planted cases: how many swapped faces are found, how many good try-ons are accused.

The stand-in dresses the rendered person in the drawn garments; what is measured is the whole look that *Check image*
takes, with the face, which is held against other photos of the person. One person and one stranger: the cases are not
independent.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import cycle, islice, product

from faces.people import FRONT
from photo_cases import good_photo, jpeg
from PIL import Image

from bench.likeness import ACCUSED, STRANGER, Found
from croquis.domain.garments.garment import GarmentCategory, GarmentFeatures, GarmentRow, GarmentStatus
from croquis.domain.ids import GarmentId, OwnerId
from croquis.domain.images.checks import checks_of
from croquis.domain.images.exam import FaceReference, ImageChecks, Judgement
from croquis.domain.images.fitting import compared
from croquis.domain.images.image import Framing
from croquis_faces.judging import measure_picture, reference_of
from croquis_vision import examine_garment, look_at_picture
from sandbox import ROOT
from sandbox.replicate.dressing import dressed
from sandbox.replicate.settings import Shown

SETS = (("upper", "lower"), ("dress", "shoes"), ("upper", "lower", "shoes"), ("coat", "lower"), ("upper",))
CATEGORIES = {"coat": "outerwear"}
SIZES = ((832, 1216), (768, 1344), (640, 960))
CASES = 60


def checks() -> Iterator[Found]:
    """Swapped faces found by the face; good try-ons in which anything is flagged."""
    swapped = [it.face for it in _tried("stranger")]
    unclear = swapped.count(Judgement.CANNOT_TELL)
    yield Found(
        "try-on: swapped faces found", swapped.count(Judgement.FAILS), len(swapped) - unclear, unclear, STRANGER
    )
    good = [it.is_flagged for it in _tried("person")]
    yield Found("try-on: good ones flagged", sum(good), len(good), bar=ACCUSED)


def _tried(shown: Shown) -> Iterator[ImageChecks]:
    for pose, (worn, size) in islice(zip(cycle(FRONT), product(SETS, SIZES * 4), strict=False), CASES):
        yield _checked(_framed(good_photo(pose), size), worn, shown, _reference(pose))


def _checked(person: Image.Image, worn: tuple[str, ...], shown: Shown, reference: FaceReference) -> ImageChecks:
    after = _encoded(dressed(person, [_picture(it) for it in worn], shown))
    found, face = look_at_picture(after), measure_picture(after, reference)[0]
    checks = checks_of(found, Framing.FULL_BODY, face, None)
    before = look_at_picture(_encoded(person)).features
    return compared(checks, before, found.features, [_garment(it) for it in worn])


@cache
def _reference(without: str) -> FaceReference:
    """Of the other photos: the face that is judged is not held against itself."""
    found = reference_of(jpeg(good_photo(name)) for name in FRONT if name != without)
    assert found
    return found


@cache
def _picture(name: str) -> Image.Image:
    with Image.open(ROOT / f"sandbox/demo_garments/{name}.png") as drawn:
        return drawn.convert("RGB")


def _garment(name: str) -> GarmentRow:
    return GarmentRow(
        id=GarmentId(name),
        owner_id=OwnerId(""),
        name=name,
        category=GarmentCategory(CATEGORIES.get(name, name)),
        status=GarmentStatus.READY,
        version=1,
        content_type="image/png",
        announced_bytes=1,
        upload_path=name,
        findings=(),
        width=1,
        height=1,
        sha256=None,
        clean_path=name,
        thumbnail_path=name,
        seen=_examined(name),
        created_at=datetime.now(UTC),
    )


@cache
def _examined(name: str) -> GarmentFeatures:
    """As *Check photo* measures the garment's picture."""
    return examine_garment((ROOT / f"sandbox/demo_garments/{name}.png").read_bytes()).features


def _framed(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The whole person in a picture of that size."""
    picture = Image.new("RGB", size, photo.getpixel((4, 4)))
    small = photo.copy()
    small.thumbnail(size)
    picture.paste(small, ((size[0] - small.width) // 2, size[1] - small.height))
    return picture


def _encoded(picture: Image.Image) -> bytes:
    picture.save(out := BytesIO(), "PNG")
    return out.getvalue()
