"""Where in a picture the clothes, the cheeks and the background are, found by landmarks."""

from math import ceil
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from croquis.domain.photo_features import Box
from croquis_vision.landmarks import ELBOWS, EYES, HIPS, INDEX_FINGERS, KNEES, MOUTH, SHOULDERS, WRISTS, Landmarks
from croquis_vision.networks import Floats

Pixels = npt.NDArray[np.uint8]  # a picture, a part of one, or n of its pixels; with three channels or grey

# parts of the lines along torso, thighs and cheeks, so as to miss collar, belt and hem
TORSO, THIGHS, CHEEKS = (0.20, 0.80), (0.15, 0.85), (0.35, 0.75)
TORSO_WIDTH = 0.60  # of the distance between the joints; the others are half widths in torso lengths
NARROWEST_TORSO, THIGH_WIDTH = 0.10, 0.07  # seen from the side the joints of a torso lie one behind the other
ARM_WIDTH, HAND_WIDTH = 0.12, 0.14
FINGERTIPS = 1.5  # from the wrist, in distances to the point on the index finger
ALONG, ACROSS = 16, 9
FLOOR_FROM = 0.75  # of the person's box: at the shins


class Clothes(NamedTuple):
    """Pixels of what is worn above and below the hips; few or none where arms hide it or it lies outside."""

    torso: Pixels
    thighs: Pixels


class Background(NamedTuple):
    """The rectangles around the person: above and beside, and from the shins down."""

    wall: tuple[Pixels, ...]
    floor: tuple[Pixels, ...]


def clothes_in(picture: Pixels, person: Landmarks) -> Clothes:
    """Points spread over torso and thighs, without hands and forearms; `person` in pixels of `picture`."""
    hips, along = person.between(HIPS), person.between(HIPS) - person.between(SHOULDERS)
    torso = max(float(np.hypot(*along)), 1.0)
    width = max(TORSO_WIDTH * _half_width(person, pair, along / torso) for pair in (SHOULDERS, HIPS))
    strips = [
        _strip(hips - along, hips, max(width, NARROWEST_TORSO * torso), TORSO),
        *(
            _strip(person.points[hip], person.points[knee], THIGH_WIDTH * torso, THIGHS)
            for hip, knee in zip(HIPS, KNEES, strict=True)
        ),
    ]
    points = np.concatenate(strips)
    seen = ~_behind_arms(points, person, torso)
    on_torso = len(strips[0])
    return Clothes(
        _taken(picture, points[:on_torso][seen[:on_torso]]), _taken(picture, points[on_torso:][seen[on_torso:]])
    )


def cheeks_in(picture: Pixels, person: Landmarks) -> tuple[Pixels, Pixels]:
    """The skin between eye and mouth, left and right: hair when seen from behind, the wall in some profiles."""
    left, right = (
        _taken(picture, _strip(person.points[eye], person.points[mouth], 0, CHEEKS))
        for eye, mouth in zip(EYES, MOUTH, strict=True)
    )
    return left, right


def background_in(picture: Pixels, box: Box) -> Background:
    """All that lies around this box."""
    height, width = picture.shape[:2]
    left, top = int(box.left * width), int(box.top * height)
    right, bottom = ceil(box.right * width), ceil(box.bottom * height)
    shins = round((box.top + FLOOR_FROM * (box.bottom - box.top)) * height)
    return Background(
        wall=(picture[:top], picture[top:shins, :left], picture[top:shins, right:]),
        floor=(picture[shins:, :left], picture[shins:, right:], picture[bottom:, left:right]),
    )


def joined(parts: tuple[Pixels, ...]) -> Pixels:
    """The pixels of several rectangles, in a row."""
    return np.concatenate([part.reshape(-1, *part.shape[2:]) for part in parts])


def _half_width(person: Landmarks, pair: tuple[int, int], direction: Floats) -> float:
    left, right = person.points[list(pair)]
    x, y = left - right
    return abs(float(x * direction[1] - y * direction[0])) / 2


def _strip(start: Floats, end: Floats, half_width: float, part: tuple[float, float]) -> Floats:
    """Points in rows across the line from start to end, n x 2."""
    axis = end - start
    sideways = np.array([-axis[1], axis[0]]) * (half_width / max(float(np.hypot(*axis)), 1e-6))
    along = np.linspace(*part, ALONG)[:, np.newaxis, np.newaxis]
    across = np.linspace(-1, 1, ACROSS)[:, np.newaxis]
    return (start + axis * along + sideways * across).reshape(-1, 2)


def _behind_arms(points: Floats, person: Landmarks, torso: float) -> npt.NDArray[np.bool_]:
    elbows, wrists, fingers = (person.points[list(pair)] for pair in (ELBOWS, WRISTS, INDEX_FINGERS))
    hands = _distances(points, wrists, wrists + FINGERTIPS * (fingers - wrists)) < HAND_WIDTH * torso
    forearms = _distances(points, elbows, wrists) < ARM_WIDTH * torso
    return (hands | forearms).any(axis=0)


def _distances(points: Floats, starts: Floats, ends: Floats) -> Floats:
    """Of each point from each of the two lines, 2 x n."""
    lines, away = (ends - starts)[:, np.newaxis], points - starts[:, np.newaxis]
    along = np.clip((away * lines).sum(axis=2) / np.maximum((lines**2).sum(axis=2), 1e-6), 0, 1)
    x, y = np.moveaxis(away - along[:, :, np.newaxis] * lines, 2, 0)
    return np.hypot(x, y)


def _taken(picture: Pixels, points: Floats) -> Pixels:
    height, width = picture.shape[:2]
    x, y = np.floor(points).astype(np.intp).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return picture[y[inside], x[inside]]
