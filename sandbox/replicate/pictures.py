"""The sandbox's pictures: a training photo, whole, its backdrop carried on to the size asked for; and the word SANDBOX.

Beyond the photo there is only what its outermost edge shows, stretched and blurred: nothing of the person is there, so
one person stays one person.
"""

import io
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

PIL_FORMATS = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
WORD = "SANDBOX"
SMALLEST_FIT = 0.96  # of the largest that fits: another prompt or seed stands nearer or farther, a little left or right
EDGE = 0.03  # of the photo's side: what is carried on
FEATHER = 0.04  # of the photo's side: where the photo fades into what is carried on


def compose(photo: Image.Image, *, size: tuple[int, int], prompt: str, seed: int) -> Image.Image:
    """The same photo, size, prompt and seed give the same pixels. The photo is whole, and stands on the lower edge."""
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - how near, and where
    room = [round(side * chance.uniform(SMALLEST_FIT, 1)) for side in size]
    fitted = ImageOps.contain(photo, (room[0], room[1]), Image.Resampling.LANCZOS)
    left = round((size[0] - fitted.width) * chance.uniform(0.35, 0.65))
    above = size[1] - fitted.height
    picture = _carried_on(fitted, (left, above, size[0] - left - fitted.width))
    _write(picture)
    return picture


def plain(*, size: tuple[int, int], prompt: str, seed: int) -> Image.Image:
    """The same size, prompt and seed give the same pixels; of two others, hardly ever."""
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - a colour
    picture = Image.new("RGB", size, (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    _write(picture)
    return picture


def encode(picture: Image.Image, output_format: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    options = {} if output_format == "png" else {"quality": quality}
    picture.save(buffer, PIL_FORMATS[output_format], **options)
    return buffer.getvalue()


def _carried_on(photo: Image.Image, beyond: tuple[int, int, int]) -> Image.Image:
    """With so many pixels more at the left, above and at the right."""
    left, above, right = beyond
    edge = max(1, round(photo.width * EDGE))
    wide = Image.new("RGB", (left + photo.width + right, photo.height))
    wide.paste(photo, (left, 0))
    for at, width, strip in (
        (0, left, photo.crop((0, 0, edge, photo.height))),
        (left + photo.width, right, photo.crop((photo.width - edge, 0, photo.width, photo.height))),
    ):
        if width:
            wide.paste(_stretched(ImageOps.mirror(strip), (width, photo.height)), (at, 0))
    whole = Image.new("RGB", (wide.width, above + wide.height))
    whole.paste(wide, (0, above))
    if above:
        strip = wide.crop((0, 0, wide.width, max(1, round(photo.height * EDGE))))
        whole.paste(_stretched(ImageOps.flip(strip), (wide.width, above)), (0, 0))
    soft = whole.filter(ImageFilter.GaussianBlur(photo.width * FEATHER / 2))
    return Image.composite(whole, soft, _mask(whole.size, photo, (left, above, right)))


def _stretched(strip: Image.Image, size: tuple[int, int]) -> Image.Image:
    return strip.resize(size, Image.Resampling.BICUBIC)


def _mask(size: tuple[int, int], photo: Image.Image, beyond: tuple[int, int, int]) -> Image.Image:
    """White where the photo shows sharp, fading out over its edges that go on."""
    fade = round(photo.width * FEATHER)
    left, above, right = (side and side + fade for side in beyond)
    mask = Image.new("L", size, 0)
    mask.paste(255, (left, above, size[0] - right, size[1]))
    return mask.filter(ImageFilter.BoxBlur(fade / 2))


def _write(picture: Image.Image) -> None:
    size = max(12, picture.height // 36)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    draw.text(
        (size * 0.7, size * 0.6), WORD, fill="white", font=font, stroke_width=max(1, size // 10), stroke_fill="#555"
    )
