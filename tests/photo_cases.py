"""Bad photos made out of the good demo photos: cut, doubled, turned. How one was made says what is wrong with it.

The heights at which a photo is cut were read off the pictures, not asked of the networks that are to find the cuts.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image

GOOD = Path(__file__).parents[1] / "sandbox/demo_photos" / "good"


class Heights(NamedTuple):
    """Of one demo photo, as shares of its height: a lower edge there cuts the feet off, an upper edge the head."""

    brow: float
    neck: float
    shin: float
    ankle: float
    mid_foot: float


HEIGHTS = {
    "01": Heights(brow=0.111, neck=0.197, shin=0.769, ankle=0.859, mid_foot=0.895),
    "02": Heights(brow=0.122, neck=0.200, shin=0.758, ankle=0.850, mid_foot=0.888),
    "03": Heights(brow=0.125, neck=0.204, shin=0.770, ankle=0.865, mid_foot=0.904),
    "04": Heights(brow=0.154, neck=0.241, shin=0.691, ankle=0.801, mid_foot=0.844),
    "05": Heights(brow=0.202, neck=0.277, shin=0.784, ankle=0.862, mid_foot=0.895),
    "06": Heights(brow=0.123, neck=0.201, shin=0.766, ankle=0.858, mid_foot=0.894),
    "07": Heights(brow=0.131, neck=0.203, shin=0.761, ankle=0.855, mid_foot=0.883),
    "08": Heights(brow=0.173, neck=0.252, shin=0.697, ankle=0.822, mid_foot=0.869),
    "09": Heights(brow=0.243, neck=0.307, shin=0.805, ankle=0.889, mid_foot=0.912),
    "10": Heights(brow=0.127, neck=0.199, shin=0.744, ankle=0.837, mid_foot=0.878),
    "11": Heights(brow=0.138, neck=0.212, shin=0.754, ankle=0.840, mid_foot=0.879),
    "12": Heights(brow=0.143, neck=0.215, shin=0.766, ankle=0.858, mid_foot=0.879),
}
EXPECTED = {
    "as it is": None,
    "shin": "feet_cut",
    "ankle": "feet_cut",
    "mid_foot": "feet_cut",
    "brow": "head_cut",
    "neck": "head_cut",
    "side by side": "several_people",
    "turned left": "rotated",
    "turned right": "rotated",
    "upside down": "rotated",
}
TURNS = {
    "turned left": Image.Transpose.ROTATE_90,
    "turned right": Image.Transpose.ROTATE_270,
    "upside down": Image.Transpose.ROTATE_180,
}


def good_photo(name: str) -> Image.Image:
    """One of the twelve, "01" to "12"."""
    with Image.open(GOOD / f"{name}.jpg") as source:
        return source.convert("RGB")


def cases(name: str) -> Iterator[tuple[str, Image.Image]]:
    """Every case of EXPECTED, made out of this photo."""
    photo, heights = good_photo(name), HEIGHTS[name]
    for case in EXPECTED:
        yield case, _made(photo, heights, case)


def jpeg(image: Image.Image, quality: int = 95) -> bytes:
    """As it would be uploaded."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _made(photo: Image.Image, heights: Heights, case: str) -> Image.Image:
    if case in TURNS:
        return photo.transpose(TURNS[case])
    if case == "side by side":
        return side_by_side(photo, photo)
    if case in ("brow", "neck"):
        return photo.crop((0, round(getattr(heights, case) * photo.height), *photo.size))
    if case in Heights._fields:
        return photo.crop((0, 0, photo.width, round(getattr(heights, case) * photo.height)))
    return photo


def side_by_side(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two photos of one height in one."""
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both
