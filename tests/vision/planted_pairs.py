"""Planted pairs: a photo before, and after a change of light, file or face that leaves the body; or of the body itself.

By the photo check and the paired measure, as a repair or a try-on asks for them.
"""

from collections.abc import Callable, Iterator
from io import BytesIO

import numpy as np
from photo_cases import HEIGHTS, good_photo, jpeg
from PIL import Image, ImageEnhance, ImageFilter

from croquis.domain.images.paired import BodyChange, compare_bodies
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import MIN_SHORT_SIDE
from croquis_vision.examining import look_at_picture

Alter = Callable[[Image.Image], Image.Image]
SIZES = (1.0, 0.8, 0.65)
TINT = (1.1, 1.0, 0.8)
GRAIN = 7  # grey levels


def compressed(image: Image.Image) -> Image.Image:
    """As a provider may deliver it."""
    return Image.open(BytesIO(jpeg(image, 50))).convert("RGB")


def brighter(image: Image.Image) -> Image.Image:
    """By a fifth."""
    return ImageEnhance.Brightness(image).enhance(1.2)


def darker(image: Image.Image) -> Image.Image:
    """By a third."""
    return ImageEnhance.Brightness(image).enhance(0.7)


def warmer(image: Image.Image) -> Image.Image:
    """As in the evening."""
    return Image.fromarray(np.clip(np.asarray(image) * TINT, 0, 255).astype(np.uint8))


def grainy(image: Image.Image) -> Image.Image:
    """With noise."""
    noise = np.random.default_rng(1).normal(0, GRAIN, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def smaller(image: Image.Image) -> Image.Image:
    """By a quarter, or as far as a picture may be."""
    scale = max(0.75, MIN_SHORT_SIDE / min(image.size))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def another_face(image: Image.Image) -> Image.Image:
    """Soft and flushed around the head: a repair changes no more."""
    points = np.array([it[:2] for it in _seen(image).landmarks[:11]]) * image.size
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max())
    left, top, right, bottom = (round(it) for it in (*(low - 0.5 * side).tolist(), *(high + 0.5 * side).tolist()))
    head = image.crop((left, top, right, bottom)).filter(ImageFilter.GaussianBlur(side * 0.06))
    changed = image.copy()
    changed.paste(ImageEnhance.Color(head).enhance(1.2), (left, top))
    return changed


UNCHANGED: tuple[Alter, ...] = (compressed, brighter, darker, warmer, grainy, smaller, another_face)


def demo_photos() -> Iterator[Image.Image]:
    """Of the rendered person; nothing was tuned on them."""
    return (good_photo(name) for name in HEIGHTS)


def unchanged(photos: Iterator[Image.Image]) -> Iterator[BodyChange]:
    """Each photo beside each altered copy."""
    for photo in photos:
        before = _seen(photo)
        yield from (_compared(before, alter(photo)) for alter in UNCHANGED)


def changed(photos: Iterator[Image.Image], warp: Alter) -> Iterator[BodyChange]:
    """Each photo beside its warped copy, in several sizes where it is large enough."""
    for photo in photos:
        before, warped = _seen(photo), warp(photo)
        for scale in SIZES:
            size = (round(warped.width * scale), round(warped.height * scale))
            if min(size) >= MIN_SHORT_SIDE:
                yield _compared(before, warped.resize(size, Image.Resampling.LANCZOS))


def _compared(before: PhotoFeatures, after: Image.Image) -> BodyChange:
    return compare_bodies(before, _seen(after), outline_counts=True)


def _seen(image: Image.Image) -> PhotoFeatures:
    return look_at_picture(jpeg(image)).features
