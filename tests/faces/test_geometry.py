"""The way to the recogniser's square, by itself: no network."""

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis_faces.geometry import TEMPLATE, Face, cosine, inverse, to_template

turns = st.floats(-180, 180)
scales = st.floats(0.05, 20)
shifts = st.tuples(st.floats(-3_000, 3_000), st.floats(-3_000, 3_000))


def placed(turn: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    """The template's points somewhere in a picture."""
    angle = radians(turn)
    rotation = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    return scale * TEMPLATE @ rotation.T + shift


@given(turns, scales, shifts)
def test_a_face_that_was_moved_turned_and_scaled_comes_back_to_the_template(turn, scale, shift) -> None:
    points = placed(turn, scale, shift)
    way = to_template(points)
    assert points @ way[:, :2].T + way[:, 2] == pytest.approx(TEMPLATE, abs=1e-5)
    back = inverse(way)
    assert TEMPLATE @ back[:, :2].T + back[:, 2] == pytest.approx(points, abs=1e-5)


@given(turns, scales, shifts)
def test_a_face_is_never_mirrored(turn, scale, shift) -> None:
    way = to_template(placed(turn, scale, shift) * (-1, 1))
    assert np.linalg.det(way[:, :2]) > 0


@given(turns, scales)
def test_the_size_is_the_eyes_distance_of_a_face_that_looks_here(turn, scale) -> None:
    face = Face(1.0, np.zeros(4), placed(turn, scale, (0, 0)))
    assert face.between_eyes == pytest.approx(35.24 * scale, rel=1e-3)
    assert face.frontal == pytest.approx(1, abs=1e-6)


def test_a_face_that_turns_away_keeps_its_size_and_is_less_frontal() -> None:
    aside = Face(1.0, np.zeros(4), TEMPLATE * (0.3, 1))
    assert aside.frontal < 0.5
    assert aside.between_eyes > 20


def test_a_face_found_in_a_crop_lies_at_its_place_in_the_picture() -> None:
    face = Face(0.9, np.array([10.0, 20.0, 30.0, 50.0]), TEMPLATE).moved(0.5, np.array([100.0, 200.0]))
    assert face.box.tolist() == [105, 210, 115, 225]
    assert face.side == 15
    assert face.points == pytest.approx(TEMPLATE / 2 + (100, 200))


def test_cosine_knows_the_direction_and_not_the_length() -> None:
    one = np.array([3.0, 4.0])
    assert cosine(one, one * 7) == pytest.approx(1)
    assert cosine(one, np.array([-4.0, 3.0])) == pytest.approx(0)
