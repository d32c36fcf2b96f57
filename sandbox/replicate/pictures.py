"""The sandbox's pictures: the person of a training picture, cut out, in the place that the prompt names; and SANDBOX.

Nearer or farther, more left or right, as prompt and seed have it: no picture is a training picture, unless one is asked
for. What goes wrong on request is planted here.
"""

import io
import random
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps, ImageStat

from croquis_vision.landmarks import ANKLES, HIPS, KNEES, NOSE, SHOULDERS
from sandbox.replicate.backdrops import Colour, Light, draw_backdrop, light_of, times
from sandbox.replicate.cut_out import Figure
from sandbox.replicate.settings import Shown
from sandbox.replicate.sittings import FULL_BODY, HALF_BODY, HEAD, framing_of
from sandbox.replicate.soft_faces import with_soft_face
from sandbox.replicate.strangers import stranger

PIL_FORMATS = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
WORD = "SANDBOX"
STRETCH = 1.15  # of the widths: wider, or as much slimmer
NEAR = {FULL_BODY: 1.0, HALF_BODY: 1.7, HEAD: 2.4}
HIGH = (0.80, 0.87)  # of the picture's height
BELOW_FEET = (0.04, 0.06)
LEAST_SHOWN = 0.1  # of the figure's height, whatever the points say of one who lies, or stands on the head
WIDEST = 0.92  # of the picture's width


class Part(NamedTuple):
    """The rows of a figure that are shown, and the column that stands in the middle."""

    top: float
    bottom: float
    middle: float


class Stand(NamedTuple):
    """How a figure stands in a picture: so much larger, this column of it in the middle, its top at this row."""

    scale: float
    middle: float
    top: float


def compose(figure: Figure, *, size: tuple[int, int], prompt: str, seed: int, shown: Shown = "person") -> Image.Image:
    """The same figure, size, prompt and seed give the same pixels."""
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - how near, and where
    framing = FULL_BODY if figure.points is None else framing_of(prompt) or FULL_BODY
    picture, light = draw_backdrop(prompt, size, seed, near=NEAR[framing]), light_of(prompt)
    if shown == "stranger":
        figure = stranger(figure)
    if shown == "stretched":
        figure = figure.resized(chance.choice((STRETCH, 1 / STRETCH)), 1)
    places = (0.27, 0.73) if shown == "doubled" else (0.5,)
    stand = _stand(figure, framing, size, chance, len(places), cropped=shown == "cropped")
    figure = figure.resized(stand.scale, stand.scale)
    if framing == FULL_BODY:
        figure = with_soft_face(figure)
    for place in places:
        middle = size[0] * (place + chance.uniform(-0.04, 0.04) / len(places))
        _set(picture, figure, (round(middle - stand.middle), round(stand.top)), light)
    write_sandbox(picture)
    return picture


def copied(photo: Image.Image, *, size: tuple[int, int]) -> Image.Image:
    """The training picture itself, whole; where the size has another shape, bars of its mean colour beside it."""
    picture = ImageOps.pad(photo, size, Image.Resampling.LANCZOS, color=tuple(map(round, ImageStat.Stat(photo).mean)))
    write_sandbox(picture)
    return picture


def plain(*, size: tuple[int, int], prompt: str, seed: int) -> Image.Image:
    """The same size, prompt and seed give the same pixels; of two others, hardly ever."""
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - a colour
    picture = Image.new("RGB", size, (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    write_sandbox(picture)
    return picture


def encode(picture: Image.Image, output_format: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    options = {"compress_level": 1} if output_format == "png" else {"quality": quality}  # a demo waits for it
    picture.save(buffer, PIL_FORMATS[output_format], **options)
    return buffer.getvalue()


def _stand(
    figure: Figure, framing: str, size: tuple[int, int], chance: random.Random, people: int, *, cropped: bool
) -> Stand:
    """As high as the picture lets it be, so many in a row; a crop leaves out the legs, or the top of the head."""
    part, high = _part(figure, framing), size[1] * chance.uniform(*HIGH)
    stands = framing == FULL_BODY and not figure.goes_on_below
    lowest = size[1] * (1 - chance.uniform(*BELOW_FEET)) if stands else float(size[1])
    if cropped and stands and chance.random() < 0.5:
        part, lowest = part._replace(bottom=_row(figure, KNEES, 0.85)), float(size[1])
    elif cropped:
        part, high = part._replace(top=_row(figure, (NOSE,), 0.15)), lowest
    scale = high / max(part.bottom - part.top, figure.image.height * LEAST_SHOWN)
    if framing != HEAD and not cropped:
        scale = min(scale, size[0] * WIDEST / people / figure.image.width)
    return Stand(scale, part.middle * scale, lowest - part.bottom * scale)


def _part(figure: Figure, framing: str) -> Part:
    width, height = figure.image.size
    if framing == FULL_BODY:
        return Part(0, height, width / 2)
    nose, shoulders = figure.point(NOSE), figure.between(SHOULDERS)
    if framing == HALF_BODY:
        return Part(0, min(height, figure.between(HIPS)[1] + 0.15 * figure.torso), width / 2)
    crown = max(0.0, nose[1] - 1.1 * (shoulders[1] - nose[1]))
    return Part(crown, min(height, shoulders[1] + 0.35 * figure.torso), shoulders[0])


def _row(figure: Figure, points: tuple[int, ...], otherwise: float) -> float:
    """At the height of these points; at that share of the whole where nobody was made out."""
    if figure.points is None:
        return figure.image.height * otherwise
    return float(figure.points[list(points), 1].mean())


def _set(picture: Image.Image, figure: Figure, at: tuple[int, int], light: Light) -> None:
    """The figure with its shadow on the ground, and with something to sit on if it sits."""
    if figure.points is not None:
        _shadow(picture, figure, at)
        if figure.is_seated:
            _seat(picture, figure, at, light.place)
    red, green, blue, mask = figure.image.split()
    lit = ImageChops.multiply(Image.merge("RGB", (red, green, blue)), Image.new("RGB", figure.image.size, light.person))
    picture.paste(lit, at, mask)


def _shadow(picture: Image.Image, figure: Figure, at: tuple[int, int]) -> None:
    """Soft, around the feet."""
    (x, y), wide = figure.between(ANKLES), figure.torso * 0.75
    x, y = x + at[0], figure.image.height + at[1]
    if y >= picture.height:
        return
    mask = Image.new("L", (picture.width // 4, picture.height // 4))
    box = (x - wide, y - wide * 0.24, x + wide, y + wide * 0.16)
    ImageDraw.Draw(mask).ellipse(tuple(side / 4 for side in box), fill=120)
    mask = mask.filter(ImageFilter.GaussianBlur(wide * 0.05)).resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste((24, 24, 30), (0, 0, *picture.size), mask)


def _seat(picture: Image.Image, figure: Figure, at: tuple[int, int], light: Colour) -> None:
    """A block behind the legs, as high as the hips sit."""
    (x, y), half = figure.between(HIPS), figure.torso * 0.5
    left, right, top = x - half + at[0], x + half + at[0], y + figure.torso * 0.14 + at[1]
    bottom = figure.image.height * 0.97 + at[1]
    if bottom <= top:
        return
    draw, depth = ImageDraw.Draw(picture), half * 0.22
    draw.rectangle((left, top, right, bottom), fill=times((138, 112, 88), light))
    draw.polygon(
        ((left, top), (left + depth, top - depth), (right - depth, top - depth), (right, top)),
        fill=times((184, 151, 122), light),
    )


def write_sandbox(picture: Image.Image) -> None:
    """Onto the picture, where everybody sees it."""
    size = max(12, picture.height // 36)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    draw.text(
        (size * 0.7, size * 0.6), WORD, fill="white", font=font, stroke_width=max(1, size // 10), stroke_fill="#555"
    )
