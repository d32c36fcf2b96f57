"""The face of a picture, cut out for the engine, and its answer put back: outside an oval no bit changes."""

from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from croquis.domain.images.repairs import ENLARGED, CutOut
from croquis_pictures.decoding import decode
from croquis_pictures.marks import generated_limits

NARROWER = 0.8  # width of the oval over its height
FEATHER = 0.15  # of its radius: how far within the oval the two pictures are mixed


def cut_out(picture: bytes, place: CutOut) -> tuple[bytes, bytes]:
    """The square as the engine gets it, enlarged, and the mask, which is white where it is to be made anew; PNGs."""
    size = (ENLARGED, ENLARGED)
    face = _square_of(_opened(picture), place).resize(size, Image.Resampling.LANCZOS)
    return _png(face), _png(_oval(place, ENLARGED / place.side))


def put_back(picture: bytes, made: bytes, place: CutOut) -> bytes:
    """The picture with the oval of `made`, whose edge fades into what was there: the same size, a PNG."""
    whole = _opened(picture)
    face = _opened(made).resize((place.side, place.side), Image.Resampling.LANCZOS)
    whole.paste(face, (place.left, place.top), _feathered(place))
    return _png(whole)


def _opened(data: bytes) -> Image.Image:
    return decode(data, generated_limits()).image


def _square_of(picture: Image.Image, place: CutOut) -> Image.Image:
    return picture.crop((place.left, place.top, place.left + place.side, place.top + place.side))


def _oval(place: CutOut, scale: float = 1, share: float = 1) -> Image.Image:
    """White on black, in the square at this scale; of this share of the radius."""
    side = round(place.side * scale)
    high = place.radius * scale * share
    x, y, wide = place.x * scale, place.y * scale, high * NARROWER
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((x - wide, y - high, x + wide, y + high), fill=255)
    return mask


def _feathered(place: CutOut) -> Image.Image:
    """How much of the new face is seen: all of it in the middle, nothing of it at the oval's edge and beyond."""
    inner = _oval(place, share=1 - FEATHER).filter(ImageFilter.GaussianBlur(place.radius * FEATHER / 2))
    return ImageChops.multiply(inner, _oval(place))


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
