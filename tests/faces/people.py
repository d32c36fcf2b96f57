"""People to test the face measure with, and their pictures as a generation would bring them: the face small, a JPEG."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fetch_models import FACES, FOLDER, fetch
from photo_cases import good_photo, jpeg
from PIL import Image, ImageEnhance

from croquis.domain.images.exam import FaceReference
from croquis.domain.images.image import TALL
from croquis.domain.photos.photo import MIN_SHORT_SIDE
from croquis_faces.finding import find_faces
from croquis_faces.geometry import Face
from croquis_faces.judging import reference_of
from croquis_faces.networks import networks

LOCK = Path(__file__).parent / "pictures.lock"
SIZES = (18, 22, 26, 30, 35)  # pixels between the eyes in a picture of a whole figure
CHANGES = ("as it is", "strongly compressed", "brighter", "darker")
FRONT = ("01", "02", "03", "04", "05")  # of the rendered person
OTHER_POSES = ("06", "07", "08", "09")


class Person(NamedTuple):
    """Somebody: a picture, and where the face is in it."""

    name: str
    image: Image.Image
    face: Face


def fetch_people() -> Path:
    """The folder with the pictures and the networks' weights."""
    fetch(FOLDER, lock=FACES)
    return fetch(FOLDER.parent / "faces", lock=LOCK)


@cache
def people() -> tuple[Person, ...]:
    """Twelve, all different: eleven of photos and the rendered one."""
    return tuple(_people())


@cache
def references() -> dict[str, FaceReference]:
    """What would be kept of each, of one picture."""
    return {it.name: found for it in people() if (found := reference_of([_large(_surroundings(it))]))}


def as_generated(person: Person, between_eyes: float, change: str = "as it is") -> Image.Image:
    """The person's head in a picture of a whole figure's size, shrunk to this many pixels between the eyes."""
    scale = between_eyes / person.face.between_eyes
    head = _surroundings(person)
    small = head.resize([max(1, round(side * scale)) for side in head.size], Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (TALL.width, TALL.height), (128, 124, 120))
    whole.paste(small, ((TALL.width - small.width) // 2, TALL.height // 9))
    brightness = {"brighter": 1.2, "darker": 0.8}.get(change, 1.0)
    changed = ImageEnhance.Brightness(whole).enhance(brightness)
    return Image.open(BytesIO(jpeg(changed, 60 if change == "strongly compressed" else 90))).convert("RGB")


def _people() -> Iterator[Person]:
    folder = fetch_people()
    for path in sorted(folder.iterdir()):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        for number, face in enumerate(find_faces(networks().finder, image)):
            yield Person(f"{path.stem} {number}", image, face)
    rendered = good_photo(FRONT[0])
    yield Person("rendered", rendered, find_faces(networks().finder, rendered)[0])


def _surroundings(person: Person) -> Image.Image:
    """Head and shoulders, without the others."""
    left, top, right, bottom = person.face.box
    side, x, y = person.face.side, (left + right) / 2, (top + bottom) / 2
    return person.image.crop((round(x - side), round(y - side), round(x + side), round(y + side * 1.2)))


def _large(image: Image.Image) -> bytes:
    """The file of a photo as large as we take."""
    scale = max(1.0, MIN_SHORT_SIDE / min(image.size))
    return jpeg(image.resize([round(side * scale) for side in image.size], Image.Resampling.BICUBIC))
