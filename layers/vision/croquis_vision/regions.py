"""Where in a picture the clothes, the cheeks and the background are, found by landmarks."""

from math import ceil
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from croquis.domain.photos.features import Box
from croquis_vision.landmarks import (
    ELBOWS,
    EYES,
    HEELS,
    HIPS,
    INDEX_FINGERS,
    KNEES,
    MOUTH,
    SHOULDERS,
    TOES,
    WRISTS,
    Landmarks,
)
from croquis_vision.networks import Floats, Pixels

PART = (0.20, 0.80)  # of the lines along torso, thighs and cheeks: it misses collar, belt and hem
TORSO_WIDTH = 0.60  # of the distance between the joints; the others are half widths in torso lengths
NARROWEST_TORSO, THIGH_WIDTH = 0.10, 0.07  # seen from the side the joints of a torso lie one behind the other
FOREARM_WIDTH, HAND_WIDTH = 0.12, 0.14
FOOT_WIDTH = 0.035
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
    shoulders, hips = person.between(SHOULDERS), person.between(HIPS)
    torso = max(float(np.hypot(*(hips - shoulders))), 1.0)
    width = max(TORSO_WIDTH * _half_width(person, pair, (hips - shoulders) / torso) for pair in (SHOULDERS, HIPS))
    points = _strips(
        np.vstack([shoulders, person.points[list(HIPS)]]),
        np.vstack([hips, person.points[list(KNEES)]]),
        torso * np.array([max(width / torso, NARROWEST_TORSO), THIGH_WIDTH, THIGH_WIDTH]),
    )
    on_torso, *on_thighs = (it[~hidden] for it, hidden in zip(points, _behind_arms(points, person, torso), strict=True))
    return Clothes(_taken(picture, on_torso), _taken(picture, np.concatenate(on_thighs)))


def feet_in(picture: Pixels, person: Landmarks) -> Pixels:
    """Of both, from the heels to the toes, shoes and all; `person` in pixels of `picture`."""
    torso = max(float(np.hypot(*(person.between(HIPS) - person.between(SHOULDERS)))), 1.0)
    starts, ends = (person.points[list(pair)] for pair in (HEELS, TOES))
    return _taken(picture, _strips(starts, ends, torso * np.full(2, FOOT_WIDTH)).reshape(-1, 2))


def cheeks_in(picture: Pixels, person: Landmarks) -> tuple[Pixels, Pixels]:
    """The skin between eye and mouth, left and right: hair when seen from behind, the wall in some profiles."""
    left, right = _strips(person.points[list(EYES)], person.points[list(MOUTH)], np.zeros(2))
    return _taken(picture, left), _taken(picture, right)


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


def _strips(starts: Floats, ends: Floats, half_widths: Floats) -> Floats:
    """Points in rows across the lines from starts to ends: lines x points x 2."""
    axes = ends - starts
    lengths = np.maximum(np.hypot(*axes.T), 1e-6)
    sideways = axes[:, ::-1] * (half_widths / lengths)[:, np.newaxis] * (-1, 1)
    along = np.linspace(*PART, ALONG)[:, np.newaxis, np.newaxis]
    across = np.linspace(-1, 1, ACROSS)[:, np.newaxis]
    starts, axes, sideways = (it[:, np.newaxis, np.newaxis] for it in (starts, axes, sideways))
    return (starts + axes * along + sideways * across).reshape(len(lengths), -1, 2)


def _behind_arms(points: Floats, person: Landmarks, torso: float) -> npt.NDArray[np.bool_]:
    elbows, wrists, fingers = (person.points[list(pair)] for pair in (ELBOWS, WRISTS, INDEX_FINGERS))
    starts, ends = np.vstack([elbows, wrists]), np.vstack([wrists, wrists + FINGERTIPS * (fingers - wrists)])
    widths = torso * np.repeat([FOREARM_WIDTH, HAND_WIDTH], 2)
    return np.logical_or.reduce(_distances(points, starts, ends) < widths, axis=-1)


def _distances(points: Floats, starts: Floats, ends: Floats) -> Floats:
    """Of each point from each of the lines between starts and ends; the lines come last."""
    lines = ends - starts
    away = points[..., np.newaxis, :] - starts
    along = np.clip((away * lines).sum(axis=-1) / np.maximum((lines**2).sum(axis=-1), 1e-6), 0, 1)
    rest = away - along[..., np.newaxis] * lines
    return np.hypot(rest[..., 0], rest[..., 1])


def _taken(picture: Pixels, points: Floats) -> Pixels:
    height, width = picture.shape[:2]
    x, y = np.floor(points).astype(np.intp).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return picture[y[inside], x[inside]]
