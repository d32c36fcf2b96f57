"""The sandbox's try-on: the person's own picture, on whose body the garments' colours lie; and SANDBOX.

Nothing is fitted: where a garment goes is guessed from the shape of what its picture shows, as an engine must that is
told no more. What goes wrong on request is planted here.
"""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from croquis_vision.landmarks import ANKLES, EARS, ELBOWS, EYES, FEET, HIPS, KNEES, NOSE, SHOULDERS, WRISTS
from croquis_vision.networks import Floats
from sandbox.replicate.cut_out import Figure, look, mask_of
from sandbox.replicate.pictures import STRETCH, write_sandbox
from sandbox.replicate.settings import Shown
from sandbox.replicate.strangers import stranger

GROUND = 40  # of 255: as far from the picture's corners a colour is the garment's
WIDE, LONG = 1.2, 1.5  # width over height of a hat, height over width of a dress
NOTHING, HANDLE = 0.1, 0.3  # shares that are covered: between two legs, and of the upper quarter of a bag
SOFT = 3
Colour = tuple[int, int, int]
Place = tuple[float, float]


class Region(Enum):
    """Where on the body."""

    TORSO = "torso"
    LEGS = "legs"
    WHOLE = "whole"
    FEET = "feet"
    HEAD = "head"
    HAND = "hand"


class Worn(NamedTuple):
    """What is seen of a garment in its picture."""

    colour: Colour
    region: Region


def dressed(person: Image.Image, garments: Sequence[Image.Image], shown: Shown = "person") -> Image.Image:
    """As large as the person's picture. Nothing is put on where nobody is made out, or `shown` is a copy."""
    sight, picture = look(person), person.copy()
    if sight is not None:
        mask = mask_of(sight, person.size)
        if shown != "copy":
            for worn in map(seen, garments):
                where = _region(worn.region, sight.points, person.size)
                _lay(picture, worn, where if worn.region is Region.HAND else ImageChops.multiply(mask, where))
        picture = _with_person(picture, mask, sight.points, shown)
    write_sandbox(picture)
    return picture


def seen(garment: Image.Image) -> Worn:
    """Its colour, and by its outline where it is worn."""
    pixels = np.asarray(garment.convert("RGB"), np.int16)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    lies = np.abs(pixels - np.median(corners, axis=0)).max(axis=2) > GROUND
    if not lies.any():
        return Worn(_rgb(pixels.reshape(-1, 3)), Region.TORSO)
    rows, columns = np.nonzero(lies.any(axis=1))[0], np.nonzero(lies.any(axis=0))[0]
    inside = lies[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Worn(_rgb(pixels[lies]), _guessed(inside))


def _guessed(lies: np.ndarray) -> Region:
    high, wide = lies.shape
    middle = lies[:, wide * 45 // 100 : max(wide * 55 // 100, wide * 45 // 100 + 1)]
    if middle.mean() < NOTHING:  # two pieces, side by side
        return Region.FEET
    if middle[high * 6 // 10 :].mean() < NOTHING:  # two legs below
        return Region.LEGS
    if lies[: high // 4].mean() < HANDLE:
        return Region.HAND
    if wide > WIDE * high:
        return Region.HEAD
    return Region.WHOLE if high > LONG * wide else Region.TORSO


def _rgb(pixels: np.ndarray) -> Colour:
    red, green, blue = np.median(pixels, axis=0)
    return int(red), int(green), int(blue)


def _region(region: Region, points: Floats, size: tuple[int, int]) -> Image.Image:
    """White where it is worn, around the points; the person's outline cuts it, but for what is held."""
    shape, draw_on = Image.new("L", size), _Limbs(points)
    draw = ImageDraw.Draw(shape)
    if region is Region.FEET:
        draw_on.feet(draw)
    if region is Region.HEAD:
        draw_on.hat(draw)
    if region is Region.HAND:
        draw_on.bag(draw)
    if region in (Region.TORSO, Region.WHOLE):
        draw_on.torso(draw)
    if region in (Region.LEGS, Region.WHOLE):
        draw_on.legs(draw, to=KNEES if region is Region.WHOLE else ANKLES)
    return shape.filter(ImageFilter.GaussianBlur(SOFT))


class _Limbs:
    def __init__(self, points: Floats) -> None:
        self._points = points
        self._thick = max(4.0, 0.30 * float(np.hypot(*(points[list(SHOULDERS)].mean(0) - points[list(HIPS)].mean(0)))))

    def torso(self, draw: ImageDraw.ImageDraw) -> None:
        (left, right), (hip, other) = self._pair(SHOULDERS), self._pair(HIPS)
        draw.polygon([left, right, other, hip], fill=255)
        self._tube(draw, left, right, hip, other)
        for shoulder, elbow in zip((left, right), self._pair(ELBOWS), strict=True):
            self._tube(draw, shoulder, elbow)
        self._without_neck(draw)

    def legs(self, draw: ImageDraw.ImageDraw, to: tuple[int, int]) -> None:
        self._tube(draw, *self._pair(HIPS), wide=1.4)
        for hip, knee, end in zip(self._pair(HIPS), self._pair(KNEES), self._pair(to), strict=True):
            self._tube(draw, hip, knee, end)

    def feet(self, draw: ImageDraw.ImageDraw) -> None:
        for number in FEET:
            x, y = self._points[number]
            half = self._thick * 0.5
            draw.ellipse((x - half, y - half * 0.4, x + half, y + half), fill=255)

    def hat(self, draw: ImageDraw.ImageDraw) -> None:
        (left, high), (right, other) = self._pair(EYES)
        x, y = (left + right) / 2, min(high, other) - self._thick * 0.25
        draw.rectangle((x - self._thick, y - self._thick, x + self._thick, y), fill=255)

    def bag(self, draw: ImageDraw.ImageDraw) -> None:
        x, y = self._pair(WRISTS)[0]
        draw.ellipse((x - self._thick, y, x + self._thick, y + 2 * self._thick), fill=255)

    def _pair(self, pair: tuple[int, int]) -> list[Place]:
        return [(float(x), float(y)) for x, y in self._points[list(pair)]]

    def _tube(self, draw: ImageDraw.ImageDraw, *places: Place, wide: float = 1.0) -> None:
        half = self._thick * wide / 2
        draw.line(places, fill=255, width=round(2 * half), joint="curve")
        for x, y in places:
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)

    def _without_neck(self, draw: ImageDraw.ImageDraw) -> None:
        """A garment leaves the head free, whatever the tubes have covered of it."""
        nose, ears = self._points[NOSE], self._points[list(EARS)]
        low = float(max(nose[1], ears[:, 1].max())) + 0.4 * float(self._points[list(SHOULDERS), 1].mean() - nose[1])
        draw.rectangle((0, 0, 10_000, low), fill=0)


def _lay(picture: Image.Image, worn: Worn, where: Image.Image) -> None:
    """The garment's colour, with the folds and shadows that were there."""
    if not where.getbbox():
        return
    luma = np.asarray(picture.convert("L"), np.float32)
    mean = float(luma[np.asarray(where) > 127].mean()) if (np.asarray(where) > 127).any() else 128.0
    shade = np.clip(0.75 + 0.25 * luma / max(mean, 1.0), 0.55, 1.3)[..., np.newaxis]
    cloth = np.clip(np.array(worn.colour, np.float32) * shade, 0, 255).astype(np.uint8)
    picture.paste(Image.fromarray(cloth), mask=where)


def _with_person(picture: Image.Image, mask: Image.Image, points: Floats, shown: Shown) -> Image.Image:
    """Somebody else, or the person of another breadth, or twice, or cut off, where that was asked for."""
    if shown not in ("stranger", "stretched", "doubled", "cropped"):
        return picture
    cut = picture.convert("RGBA")
    cut.putalpha(mask)
    figure = Figure(cut, points)
    if shown == "stranger":
        picture.paste(stranger(figure).image, mask=mask)
    elif shown == "stretched":
        wide = figure.resized(STRETCH, 1).image
        picture.paste(wide, ((picture.width - wide.width) // 2, 0), wide)
    elif shown == "doubled":
        twin = cut.crop(mask.getbbox())
        picture.paste(twin, (0, picture.height - twin.height), twin)
    else:
        knees = round(float(points[list(KNEES), 1].mean()))
        picture = picture.crop((0, 0, picture.width, knees)).resize(picture.size, Image.Resampling.LANCZOS)
    return picture
