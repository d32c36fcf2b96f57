"""What the recogniser is shown: the face upright, in its place, neither mirrored nor sampled with holes."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from croquis_faces.geometry import TEMPLATE, Face
from croquis_faces.recognising import aligned

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255))


def turned(scale: float) -> np.ndarray:
    """Five points of a face that is this much larger, tilted, and off the middle."""
    angle = np.radians(25)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * TEMPLATE @ rotation.T + (200 * scale, 60 * scale)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.3])
def test_each_point_comes_to_its_own_place(scale: float) -> None:
    points = turned(scale)
    picture = Image.new("RGB", (round(420 * scale), round(320 * scale)))
    draw = ImageDraw.Draw(picture)
    for (x, y), colour in zip(points, COLOURS, strict=True):
        draw.circle((x, y), 5 * scale, fill=colour)
    shown = aligned(picture, Face(1.0, np.zeros(4), points))
    for (x, y), colour in zip(TEMPLATE, COLOURS, strict=True):
        assert np.abs(np.subtract(shown.getpixel((round(x), round(y))), colour)).max() < 40
        assert np.abs(np.subtract(shown.getpixel((round(x), round(y) - 10)), colour)).max() > 200


def test_a_large_face_is_shrunk_and_not_sampled() -> None:
    """Of a pattern of black and white pixels its grey is left."""
    pattern = (np.indices((1_600, 2_100)).sum(axis=0) % 2 * 255).astype(np.uint8)
    shown = aligned(Image.fromarray(pattern).convert("RGB"), Face(1.0, np.zeros(4), turned(5.0)))
    assert np.asarray(shown).astype(float)[20:90, 20:90].std() < 20
