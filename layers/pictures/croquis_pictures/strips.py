"""Changes a large picture strip by strip, so that only one strip of it is in memory twice."""

from collections.abc import Callable, Iterator

from PIL import Image

ROWS = 256


def in_strips(image: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """What `change(image)` would give, for a change that looks at each pixel alone and keeps the size."""
    whole = None
    for top, strip in _strips(image):
        changed = change(strip)
        whole = whole or Image.new(changed.mode, image.size)
        whole.paste(changed, (0, top))
    return whole or change(image)


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    for top in range(0, image.height, ROWS):
        yield top, image.crop((0, top, image.width, min(top + ROWS, image.height)))
