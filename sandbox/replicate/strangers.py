"""Another person in the same clothes: the sandbox has photos of one person alone, so another face is painted over it.

A man with a dark beard, broad brows and grey hair. He is drawn, but those who look for faces see one, and those who
compare faces see another (SFace, 2026-11-30, renders: cosine .1 to .25; the person's own pictures from the front .85).
"""

from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from croquis_vision.landmarks import EYES, MOUTH, NOSE, SHOULDERS
from sandbox.replicate.cut_out import Figure

LIPS, BEARD, BROWS, IRIS, WHITE = (120, 62, 56), (58, 50, 46), (52, 46, 44), (44, 30, 24), (236, 232, 226)
DARK = [255 if level < 88 else 0 for level in range(256)]  # hair, by its brightness
GREYING = [min(255, round(60 + 1.9 * level)) for level in range(256)]
SEEN = 0.35  # between the eyes, in heights from eyes to mouth: less is a profile, or the back of a head
FINE = 4  # drawn so much larger
Point = tuple[float, float]
Colour = tuple[int, int, int]


def stranger(figure: Figure) -> Figure:
    """Somebody else in the same pose. In profile and from behind only the hair tells; where nobody was seen, none."""
    if figure.points is None:
        return figure
    image = _greyed(figure)
    left, right = (figure.point(eye) for eye in EYES)
    unit = figure.between(MOUTH)[1] - (left[1] + right[1]) / 2
    if abs(left[0] - right[0]) > SEEN * unit > 0:
        image = _painted(image, figure, unit)
    return replace(figure, image=image)


def _greyed(figure: Figure) -> Image.Image:
    """What is dark around the face is grey."""
    rgb, alpha = figure.image.convert("RGB"), figure.image.getchannel("A")
    luma = rgb.convert("L")
    head = Image.new("L", rgb.size)
    head.paste(255, (0, 0, rgb.width, max(0, round(figure.between(SHOULDERS)[1] - 0.1 * figure.torso))))
    hair = ImageChops.multiply(head, luma.point(DARK)).filter(ImageFilter.BoxBlur(1))
    rgb.paste(Image.merge("RGB", [luma.point(GREYING)] * 3), mask=hair)
    rgb.putalpha(alpha)
    return rgb


def _painted(image: Image.Image, figure: Figure, unit: float) -> Image.Image:
    """The features gone, and others in their place; `unit` is the height from the eyes to the mouth."""
    nose, mouth, eyes = figure.point(NOSE), figure.between(MOUTH), [figure.point(eye) for eye in EYES]
    skin = _skin(figure, unit)
    face = Image.new("RGBA", (image.width * FINE, image.height * FINE))
    pen = _Pen(ImageDraw.Draw(face), unit)
    middle = ((eyes[0][0] + eyes[1][0]) / 2 + mouth[0]) / 2
    pen.oval((middle, mouth[1] - 0.55 * unit), 0.98, 1.35, skin)
    pen.oval((middle, mouth[1] + 0.22 * unit), 0.88, 0.72, BEARD)
    pen.oval((middle, mouth[1] - 0.62 * unit), 0.86, 0.72, skin)
    for side in (-1, 1):
        eye = (middle + side * abs(eyes[0][0] - eyes[1][0]) * 0.58, eyes[0][1] - 0.06 * unit)
        pen.oval((eye[0], eye[1] + 0.02 * unit), 0.3, 0.2, _times(skin, 0.7))
        pen.oval(eye, 0.24, 0.12, WHITE)
        pen.oval(eye, 0.11, 0.11, IRIS)
        pen.oval((eye[0], eye[1] - 0.3 * unit), 0.36, 0.09, BROWS)
        pen.oval((nose[0] + side * 0.16 * unit, nose[1] + 0.02 * unit), 0.14, 0.11, _times(skin, 0.7))
    pen.oval((nose[0], nose[1] - 0.04 * unit), 0.2, 0.16, _times(skin, 1.1))
    pen.oval((nose[0], nose[1] - 0.42 * unit), 0.08, 0.42, _times(skin, 1.08))
    pen.oval((mouth[0], mouth[1] + 0.06 * unit), 0.44, 0.13, LIPS)
    pen.oval((mouth[0], mouth[1] + 0.04 * unit), 0.4, 0.03, _times(LIPS, 0.6))
    small = face.resize(image.size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(unit * 0.035))
    out = Image.alpha_composite(image, small)
    out.putalpha(image.getchannel("A"))
    return out


def _skin(figure: Figure, unit: float) -> Colour:
    """As it is around the nose, a little darker."""
    x, y = figure.point(NOSE)
    wide, high = round(unit / 2), round(unit / 3)
    near = figure.image.convert("RGB").crop((round(x) - wide, round(y) - high, round(x) + wide, round(y) + high))
    red, green, blue = ImageStat.Stat(near).median
    return _times((round(red), round(green), round(blue)), 0.86)


def _times(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


class _Pen:
    def __init__(self, draw: ImageDraw.ImageDraw, unit: float) -> None:
        self._draw, self._unit = draw, unit

    def oval(self, middle: Point, half_wide: float, half_high: float, colour: Colour) -> None:
        """Around a point, in units."""
        (x, y), wide, high = middle, half_wide * self._unit, half_high * self._unit
        self._draw.ellipse(tuple(side * FINE for side in (x - wide, y - high, x + wide, y + high)), fill=colour)
