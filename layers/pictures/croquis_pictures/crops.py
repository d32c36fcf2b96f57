"""The trained pictures, drawn out of a photo's clean copy: cut out, shrunk, padded where the photo ends."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from PIL import Image, ImageStat

from croquis.domain.dataset.cut_outs import PixelBox
from croquis.domain.dataset.plan import TrainedPicture
from croquis.domain.images.image import ImageSize
from croquis_pictures.photo import jpeg_of

RIM = 16  # an edge is a sixteenth of the picture


def draw(clean_copy: bytes, pictures: Iterable[TrainedPicture]) -> Iterator[bytes]:
    """One JPEG per picture, of exactly its size; the same bytes every time on the same version of Pillow.

    `clean_copy` is our own, checked JPEG; ValueError for anything else. It is decoded once and kept until the last
    picture is drawn.
    """
    photo = _decoded(clean_copy)
    for picture in pictures:
        yield jpeg_of(_drawn(photo, picture))


def _decoded(clean_copy: bytes) -> Image.Image:
    try:
        photo = Image.open(BytesIO(clean_copy), formats=["JPEG"])
        photo.load()
    except (OSError, SyntaxError) as fault:  # what Pillow raises for bytes that are no whole JPEG
        raise ValueError("The clean copy is not a whole JPEG.") from fault
    if photo.mode != "RGB":
        raise ValueError("The clean copy has other channels than ours.")
    return photo


def _drawn(photo: Image.Image, picture: TrainedPicture) -> Image.Image:
    size = picture.width, picture.height
    seen = picture.region.within(ImageSize(photo.width, photo.height))
    place = _scaled(seen, picture)
    part = photo.resize((place.width, place.height), Image.Resampling.LANCZOS, box=seen)
    if part.size == size:  # nothing is padded, or less than half a pixel
        return part
    page = Image.new("RGB", size)
    for strip, edge in _padding(place, picture):
        if strip.width > 0 and strip.height > 0:
            page.paste(_mean(part, edge), strip)
    page.paste(part, place[:2])
    return page


def _scaled(seen: PixelBox, picture: TrainedPicture) -> PixelBox:
    """Where the part that the photo has lies in the picture."""
    region = picture.region
    across, down = picture.width / region.width, picture.height / region.height
    return PixelBox(
        round((seen.left - region.left) * across),
        round((seen.top - region.top) * down),
        round((seen.right - region.left) * across),
        round((seen.bottom - region.top) * down),
    )


def _padding(place: PixelBox, picture: TrainedPicture) -> tuple[tuple[PixelBox, PixelBox], ...]:
    """The strips beside the part, each with the edge that it continues: a sky by sky, a floor by floor.

    The corners belong to the sky and the floor.
    """
    width, height = picture.width, picture.height
    return (
        (PixelBox(0, place.top, place.left, place.bottom), PixelBox(0, 0, 1, RIM)),
        (PixelBox(place.right, place.top, width, place.bottom), PixelBox(RIM - 1, 0, RIM, RIM)),
        (PixelBox(0, 0, width, place.top), PixelBox(0, 0, RIM, 1)),
        (PixelBox(0, place.bottom, width, height), PixelBox(0, RIM - 1, RIM, RIM)),
    )


def _mean(part: Image.Image, edge: PixelBox) -> tuple[int, ...]:
    means = ImageStat.Stat(part.resize((RIM, RIM), Image.Resampling.BOX).crop(edge)).mean
    return tuple(round(mean) for mean in means)
