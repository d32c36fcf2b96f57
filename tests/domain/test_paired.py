"""One body in two pictures of one pose: what of it changed, and where nobody can tell."""

from croquis.domain.images.exam import Change
from croquis.domain.images.paired import JOINTS, compare_bodies
from croquis.domain.photos.features import Landmark, PhotoFeatures, Proportions
from croquis.domain.photos.likeness import Likeness
from croquis_vision import similarity

SAME, DIFFERENT, UNKNOWN = Change.SAME, Change.DIFFERENT, Change.CANNOT_TELL
STANDING = (
    *((0.0, -1.4), (0.4, -1.0), (-0.4, -1.0), (0.5, -0.4), (-0.5, -0.4), (0.55, 0.1), (-0.55, 0.1)),
    *((0.25, 0.0), (-0.25, 0.0), (0.28, 0.8), (-0.28, 0.8), (0.3, 1.6), (-0.3, 1.6)),
)
ANKLES = (27, 28)


def body(*, across: float = 1, legs: float = 1, hips: float | None = 0.18, unseen: tuple[int, ...] = ()):
    joints = tuple((x * across, y * legs if y > 0.5 else y) for x, y in STANDING)
    points = tuple(Landmark(0.5, 1.2 if number in unseen else 0.5, 0.99) for number in range(33))
    proportions = Proportions(1.6 * legs, hips, 0.1)
    return PhotoFeatures(
        landmarks=points, likeness=Likeness(dhash="0" * 16, joints=joints), proportions=proportions, pose="standing"
    )


def changes(before: PhotoFeatures, after: PhotoFeatures, *, outline_counts: bool = True) -> tuple[Change, ...]:
    found = compare_bodies(before, after, outline_counts=outline_counts)
    return found.breadth.change, found.legs.change, found.hips.change, found.change


def test_the_joints_are_those_that_a_likeness_holds() -> None:
    assert JOINTS == similarity.JOINTS


def test_an_unchanged_body_is_the_same() -> None:
    assert changes(body(), body(across=1.04, legs=1.04, hips=0.19)) == (SAME, SAME, SAME, SAME)


def test_a_picture_that_was_stretched_either_way_is_a_different_body() -> None:
    assert changes(body(), body(across=1.15)) == (DIFFERENT, SAME, SAME, DIFFERENT)
    assert changes(body(), body(across=1 / 1.15)) == (DIFFERENT, SAME, SAME, DIFFERENT)
    assert compare_bodies(body(), body(across=1.15), outline_counts=True).breadth.ratio == 1.15


def test_much_longer_legs_are_a_different_body() -> None:
    found = compare_bodies(body(), body(legs=1.1), outline_counts=True)
    assert (found.legs.change, found.change) == (DIFFERENT, DIFFERENT)


def test_hips_count_only_where_no_garment_lies_over_them() -> None:
    assert changes(body(), body(hips=0.21)) == (SAME, SAME, DIFFERENT, DIFFERENT)
    assert changes(body(), body(hips=0.21), outline_counts=False) == (SAME, SAME, UNKNOWN, SAME)


def test_hips_with_an_arm_at_them_are_not_compared() -> None:
    assert changes(body(), body(hips=0.27)) == (SAME, SAME, UNKNOWN, SAME)
    assert changes(body(), body(hips=None)) == (SAME, SAME, UNKNOWN, SAME)


def test_feet_outside_the_picture_say_nothing_of_legs() -> None:
    half = body(legs=1.1, unseen=ANKLES)
    assert changes(body(), half) == (SAME, UNKNOWN, SAME, SAME)


def test_in_another_pose_and_where_nobody_was_made_out_nobody_can_tell() -> None:
    kicking = (*STANDING[:-1], (-1.2, 0.8))
    moved = body().model_copy(update={"likeness": Likeness(dhash="0" * 16, joints=kicking)})
    for other in (moved, PhotoFeatures(), body(unseen=tuple(range(11, 29)))):
        assert changes(body(), other) == (UNKNOWN,) * 4
        assert changes(other, body()) == (UNKNOWN,) * 4


def test_in_profile_the_breadth_cannot_be_told() -> None:
    profile = body(across=0.2)
    assert changes(profile, profile) == (UNKNOWN, SAME, SAME, UNKNOWN)
