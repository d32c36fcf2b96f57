"""PNG's transparent colour (tRNS of grey and RGB pictures), compared at the picture's own depth."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops

from croquis_pictures.containers.said import Key


def keyed_out(source: Image.Image, data: bytes, key: Key) -> Image.Image:
    """White where the loaded picture has exactly the colour of the key, black elsewhere."""
    if source.mode == "I;16":
        return Image.fromarray((np.asarray(source) == key.samples[0]).astype(np.uint8) * 255)
    if key.depth == 16:  # Pillow keeps the upper half of each sample
        upper = _equal(source, [it >> 8 for it in key.samples])
        return ImageChops.darker(upper, _equal(_lower_halves(data), [it & 255 for it in key.samples]))
    return _equal(
        source.convert("L") if source.mode == "1" else source, [it * 255 // (2**key.depth - 1) for it in key.samples]
    )


def _equal(image: Image.Image, samples: Iterable[int]) -> Image.Image:
    mask = Image.new("L", image.size, "white")
    for channel, sample in enumerate(samples):
        table = [255 if value == sample else 0 for value in range(256)]
        mask = ImageChops.darker(mask, image.getchannel(channel).point(table))
    return mask


def _lower_halves(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=["PNG"]) as source:
        # "little-endian" makes the decoder keep the second byte of each sample instead of the first
        source.tile = [tile._replace(args="RGB;16L") for tile in source.tile]
        source.load()
        return source
