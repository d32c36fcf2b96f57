"""The sandbox's pictures: a photo fitted whole on a plain ground, with the prompt and the word SANDBOX on it."""

import io
import random
import textwrap

from PIL import Image, ImageDraw, ImageFont, ImageOps

PIL_FORMATS = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
WORD = "SANDBOX"


def compose(photo: Image.Image, *, size: tuple[int, int], prompt: str, seed: int) -> Image.Image:
    """The same photo, size, prompt and seed give the same pixels. The photo is never cut and nothing covers it."""
    chance = random.Random(f"{seed}:{prompt}")  # noqa: S311 - a colour
    ground = tuple(chance.randint(150, 225) for _ in range(3))
    picture = Image.new("RGB", size, ground)
    width, height = size[0], size[1] - _write(picture, prompt)
    fitted = ImageOps.contain(photo, (width, height), Image.Resampling.LANCZOS)
    picture.paste(fitted, ((width - fitted.width) // 2, (height - fitted.height) // 2))
    return picture


def encode(picture: Image.Image, output_format: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    options = {} if output_format == "png" else {"quality": quality}
    picture.save(buffer, PIL_FORMATS[output_format], **options)
    return buffer.getvalue()


def _write(picture: Image.Image, prompt: str) -> int:
    """Write on the lower edge; the height of what is written."""
    width, height = picture.size
    small = max(10, height // 90)
    lines = textwrap.wrap(prompt, max(16, int(width / (small * 0.52))))[:3]
    strip = 3 * small + len(lines) * int(small * 1.3)
    draw = ImageDraw.Draw(picture)
    draw.text((small, height - strip + small // 2), WORD, fill="#b00020", font=ImageFont.load_default(2 * small))
    for row, line in enumerate(lines):
        top = height - strip + 3 * small + row * int(small * 1.3) - small // 4
        draw.text((small, top), line, fill="#202020", font=ImageFont.load_default(small))
    return strip
