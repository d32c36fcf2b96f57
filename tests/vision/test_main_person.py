"""Whose photo it is: the largest of those who are people at a second look, and the box around that person."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest
from PIL import Image

from croquis_vision.detections import Candidates, Detection
from croquis_vision.landmarks import Landmarks, main_person
from croquis_vision.networks import Floats, Network
from croquis_vision.person_box import judged_greys, person_box

PICTURE = Image.new("RGB", (1_000, 1_000))


class Guesses:
    """Stands for the landmark network: the same points in every cut-out, and one score after the other."""

    def __init__(self, *scores: float) -> None:
        self.scores = list(scores)

    def __call__(self, picture: Floats) -> Mapping[str, Floats]:
        points = np.zeros((39, 5), np.float32)
        points[:33, :2] = np.linspace(60, 196, 33)[:, np.newaxis]
        score = np.array([self.scores.pop(0)], np.float32)
        return {
            "Identity": points.ravel(),
            "Identity_1": score,
            "Identity_2": np.zeros((256, 256, 1), np.float32),
            "Identity_4": np.zeros(117, np.float32),
        }


def somebody(height: float, score: float = 0.9) -> Detection:
    """In the middle of the picture; the network looks at a square of 2.5 times this share of it."""
    return Detection(score, np.array([(0.5, 0.5), (0.5, 0.5 - height)], np.float32))


def chosen(detections: list[Detection], *scores: float) -> Landmarks | None:
    return main_person(cast("Network", Guesses(*scores)), PICTURE, detections, 0.5)


def extent(person: Landmarks | None) -> float:
    assert person is not None
    return float(np.ptp(person.points[:, 1]))


@pytest.mark.parametrize("order", [(0.3, 0.1, 0.2), (0.1, 0.3, 0.2), (0.1, 0.2, 0.3)])
def test_the_largest_is_the_main_person_whoever_was_found_first(order: tuple[float, ...]) -> None:
    person = chosen([somebody(height) for height in order], 0.9, 0.9, 0.9)
    assert extent(person) == pytest.approx(0.3 * 2.5 * 1_000 * 136 / 256, rel=0.01)


def test_who_is_none_at_a_second_look_is_passed_over() -> None:
    person = chosen([somebody(0.3), somebody(0.1)], 0.4, 0.6)
    assert extent(person) == pytest.approx(0.1 * 2.5 * 1_000 * 136 / 256, rel=0.01)
    assert chosen([somebody(0.3)], 0.5) is None
    assert chosen([]) is None


def test_guesses_that_overlap_are_one_person_and_others_are_not() -> None:
    boxes = np.array([(0, 0, 0.4, 1), (0.02, 0, 0.42, 1), (0.6, 0, 1, 1)], np.float32)
    points = np.array([[(0.2, 0.5)], [(0.3, 0.5)], [(0.8, 0.5)]], np.float32)
    found = Candidates(np.array([0.9, 0.45, 0.6], np.float32), boxes, points)
    first, second = found.above(0.3)
    assert (first.score, second.score) == pytest.approx((0.9, 0.6))
    assert first.points[0, 0] == pytest.approx((0.9 * 0.2 + 0.45 * 0.3) / 1.35)
    assert len(found.above(0.7)) == 1


def test_the_box_has_room_for_hair_and_shoes_and_stays_in_the_photo() -> None:
    points = np.full((33, 2), (300, 400), np.float32)
    points[0], points[31] = (200, 100), (1_010, 900)
    box = person_box(Landmarks(1, points, points[:, 0], np.zeros((33, 3), np.float32)), (1_000, 1_000))
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.16, 0.02, 1, 0.924))
    assert judged_greys(Image.new("L", (2_048, 2_048)), box).shape == (int(0.924 * 1_024) - 20, 1_024 - 163)
    assert judged_greys(Image.new("L", (500, 500)), box).shape == (462 - 10, 500 - 80)
