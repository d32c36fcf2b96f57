"""Every rule at its threshold, and the order in which one reason is chosen."""

from dataclasses import replace

import numpy as np
import pytest

from croquis_vision.framing import Framing, framing_advice, framing_finding, framing_of
from croquis_vision.landmarks import FEET, HIPS, NOSE, SHOULDERS, Landmarks
from croquis_vision.people import crowd_finding

FINE = Framing(
    tilt=0, face_to_frame=0.2, crown_to_frame=0.1, feet_to_frame=0.1, feet_presence=0.99, feet_shown=0.9,
    head_above_shoulders=0.7, size=0.8,
)  # fmt: skip
LIMITS = [
    ("tilt", 60, 60.1, "rotated"),
    ("tilt", -60, -60.1, "rotated"),
    ("crown_to_frame", -0.03, -0.031, "head_cut"),
    ("face_to_frame", 0.055, 0.054, "head_cut"),
    ("feet_presence", 0.65, 0.649, "feet_cut"),
    ("feet_to_frame", -0.005, -0.006, "feet_cut"),
    ("feet_shown", 0.50, 0.499, "feet_cut"),
    ("size", 0.40, 0.399, "person_too_small"),
]


@pytest.mark.parametrize(("name", "allowed", "refused", "code"), LIMITS)
def test_each_rule_refuses_beyond_its_threshold_and_not_at_it(
    name: str, allowed: float, refused: float, code: str
) -> None:
    assert framing_finding(replace(FINE, **{name: allowed})) is None
    finding = framing_finding(replace(FINE, **{name: refused}))
    assert finding is not None
    assert (finding.code, finding.severity, finding.measured) == (code, "blocking", refused)
    assert finding.threshold == pytest.approx(abs(allowed) if name == "tilt" else allowed)


def test_one_reason_is_given_and_it_is_the_first() -> None:
    """Turning a photo upright changes everything else about it, so it is asked for first; and so on."""
    wrong, order = FINE, ["size", "feet_presence", "crown_to_frame", "tilt"]
    for name, code in zip(order, ["person_too_small", "feet_cut", "head_cut", "rotated"], strict=True):
        wrong = replace(wrong, **{name: next(it[2] for it in LIMITS if it[0] == name)})
        finding = framing_finding(wrong)
        assert finding is not None
        assert finding.code == code


def test_tight_feet_and_a_small_person_are_advice() -> None:
    assert framing_advice(FINE) == []
    assert framing_advice(replace(FINE, feet_to_frame=0.015, size=0.60)) == []
    advice = framing_advice(replace(FINE, feet_to_frame=0.014, size=0.599))
    assert [(it.code, it.severity) for it in advice] == [("feet_tight", "advice"), ("person_small", "advice")]
    assert "60%" in advice[1].sentence


@pytest.mark.parametrize(("people", "refused"), [(0, False), (1, False), (2, True), (6, True)])
def test_one_person_is_allowed(people: int, refused: bool) -> None:
    assert (crowd_finding(people) is not None) == refused


def standing(nose: tuple[float, float] = (500, 200), lowest: float = 1_100) -> Landmarks:
    """A figure of straight lines: shoulders 100 pixels below the nose, hips at 600."""
    points = np.full((33, 2), (500, 600), np.float32)
    points[:11] = nose
    points[list(SHOULDERS)] = [(550, 300), (450, 300)]
    points[list(HIPS)] = [(530, 600), (470, 600)]
    points[list(FEET)] = [(530, lowest - 30), (470, lowest - 30), *[(500, lowest)] * 4]
    return Landmarks(1, points, np.ones(33, np.float32), np.zeros((33, 3), np.float32))


def test_lengths_are_measured_in_body_heights() -> None:
    """The crown lies as far above the nose as the shoulders below it: here at 100, which makes 1,000 to the feet."""
    framing = framing_of(standing(), (1_000, 1_250))
    assert framing.size == pytest.approx(0.8)
    assert framing.crown_to_frame == pytest.approx(0.1)
    assert framing.face_to_frame == pytest.approx(0.2)
    assert framing.feet_to_frame == pytest.approx(0.15)
    assert framing.tilt == pytest.approx(0)


def test_a_face_at_the_side_of_the_frame_counts_as_near_it() -> None:
    assert framing_of(standing(nose=(960, 200)), (1_000, 1_250)).face_to_frame == pytest.approx(0.04)
    assert framing_of(standing(nose=(-30, 200)), (1_000, 1_250)).face_to_frame == pytest.approx(-0.03)


def test_the_worst_foot_decides() -> None:
    figure = standing(lowest=1_300)
    figure.presence[FEET[-1]] = 0.3
    framing = framing_of(figure, (1_000, 1_250))
    assert framing.feet_to_frame < 0
    assert framing.feet_presence == pytest.approx(0.3)
    figure.presence[NOSE] = 0.1
    assert framing_of(figure, (1_000, 1_250)).feet_presence == pytest.approx(0.3)


def test_somebody_who_lies_is_turned_by_a_right_angle() -> None:
    figure = standing()
    lying = Landmarks(1, figure.points[:, ::-1].copy(), figure.presence, figure.world)
    assert abs(framing_of(lying, (1_250, 1_000)).tilt) == pytest.approx(90)
