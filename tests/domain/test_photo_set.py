"""A set of photos is told what it lacks, on the right side of every threshold, and in one way only."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from croquis.domain.photos.accepted_photo import AcceptedPhoto, Said
from croquis.domain.photos.colours import alike_colours
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.likeness import Likeness
from croquis.domain.photos.photo import CameraView, Severity
from croquis.domain.photos.photo_set import SetCode, SetFinding, set_findings

VIEWS = list(CameraView)
NOBODY = PhotoFeatures()


def colour(number: int) -> tuple[float, ...]:
    """One of twelve, above the hips and below."""
    return tuple(float(number == it) for it in range(12)) * 2


def photo(number: int, **known: object) -> AcceptedPhoto:
    """A photo like no other, in slot `number`; `known` says where it is like another."""
    unlike = {
        "view": VIEWS[number % 4],
        "pose": f"pose {number}",
        "likeness": likeness(number),
        "clothes": colour(number - 1),
        "background": colour(12 - number),
    }
    row = {
        "id": f"id-{number:02}",
        "slot": number,
        "sha256": f"content {number}",
        "width": 3000,
        "height": 4000,
        "clean_path": "clean.jpg",
        "thumbnail_path": "small.jpg",
        "seen": PhotoFeatures.model_validate({**unlike, **known}),
        "said": Said(),
    }
    return AcceptedPhoto.model_validate({**row, **{name: it for name, it in known.items() if name in row}})


def likeness(number: int, *, moved: float = 0) -> Likeness:
    return Likeness(dhash=f"{0x1111111111111111 * number:016x}", joints=((moved, 0.0), (0.0, float(number))))


def a_set(count: int = 12, *, alike: int = 0, **known: object) -> list[AcceptedPhoto]:
    """`count` photos, of which the last `alike` share what is known."""
    return [photo(number, **(known if number > count - alike else {})) for number in range(1, count + 1)]


def found(code: SetCode, photos: Sequence[AcceptedPhoto]) -> list[SetFinding]:
    return [finding for finding in set_findings(photos) if finding.code is code]


def codes(photos: Sequence[AcceptedPhoto]) -> list[str]:
    return [finding.code.value for finding in set_findings(photos)]


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"id-{number:02}" for number in numbers)


@pytest.mark.parametrize("count", [8, 12])
def test_a_set_of_enough_photos_that_differ_lacks_nothing(count: int) -> None:
    assert set_findings(a_set(count)) == ()


def test_fewer_than_eight_photos_block_and_the_hint_counts_what_to_add() -> None:
    [finding] = set_findings(a_set(7))
    assert (finding.code, finding.severity) == ("too_few_photos", Severity.BLOCKING)
    assert (finding.measured, finding.threshold) == (7, 8)
    assert finding.sentence == "The set has 7 of the 8 different photos that a training needs."
    assert finding.hint == "Add 1 photo."


def test_too_few_photos_are_told_which_views_to_add() -> None:
    [finding] = found(SetCode.TOO_FEW_PHOTOS, [photo(4), photo(6)])
    assert finding.hint == "Add 6 photos; views still missing: three-quarter, back."


def test_an_empty_set_is_told_that_alone() -> None:
    [finding] = set_findings([])
    assert finding.sentence == "The set has none of the 8 different photos that a training needs."
    assert finding.hint == "Add 8 photos; views still missing: front, three-quarter, side, back."


def test_the_same_file_in_two_places_counts_once() -> None:
    photos = [*a_set(7), photo(8, sha256="content 1", likeness=likeness(1))]
    assert codes(photos) == ["too_few_photos", "same_file"]
    [copies] = found(SetCode.SAME_FILE, photos)
    assert copies.photos == ids(1, 8)
    assert copies.sentence == "The very same photo is in “Front” and “Arms down”."
    assert codes([*photos, photo(9)]) == ["same_file"]
    # and everything else that is told of it names its first place
    assert found(SetCode.NEAR_DUPLICATES, [*photos, photo(9, likeness=likeness(1))])[0].photos == ids(1, 9)


def test_a_file_that_is_there_often_does_not_make_a_set_look_uniform() -> None:
    photos = [*a_set(4), *(photo(1, slot=number, id=f"id-{number:02}") for number in range(5, 13))]
    assert codes(photos) == ["too_few_photos", "same_file"]


@pytest.mark.parametrize("view", CameraView)
def test_each_missing_view_is_told(view: CameraView) -> None:
    photos = [photo(number, view=view) for number in range(1, 13)]
    others = [it.value.replace("_", "-") for it in CameraView if it is not view]
    findings = found(SetCode.MISSING_VIEW, photos)
    assert [it.sentence for it in findings] == [f"There is no {other} view yet." for other in others]
    assert len({it.hint for it in findings}) == 3
    assert {it.severity for it in findings} == {Severity.ADVICE}


def test_one_photo_of_a_view_is_enough() -> None:
    photos = [photo(number, view=CameraView.FRONT) for number in range(1, 10)]
    assert codes([*photos, photo(10, view=CameraView.SIDE), photo(11, view=CameraView.BACK)]) == ["missing_view"]
    assert not found(SetCode.MISSING_VIEW, [*photos, *(photo(9 + at, view=view) for at, view in enumerate(CameraView))])


def test_photos_in_which_nobody_was_made_out_count_and_are_compared_with_nothing() -> None:
    assert set_findings([photo(number, seen=NOBODY) for number in range(1, 9)]) == ()
    # three of three known ones share everything: too few of them to call it most
    alike = a_set(3, alike=3, pose="sitting", clothes=colour(0), background=colour(0))
    photos = [*alike, *(photo(number, seen=NOBODY) for number in range(4, 9))]
    assert set(codes(photos)) == {"missing_view"}


def test_near_duplicates_are_told_once_per_group_with_their_places() -> None:
    # what lies in slot 5 is near those in 1 and 3, which are not near each other; that in 7 is near 3 alone
    chain = [photo(at, likeness=likeness(1, moved=moved)) for at, moved in ((1, 0.0), (3, 0.2), (5, 0.1), (7, 0.3))]
    pair = [photo(number, likeness=likeness(2)) for number in (2, 12)]
    photos = [*chain, *pair, *(photo(number) for number in (4, 6, 8, 9))]
    first, second = found(SetCode.NEAR_DUPLICATES, photos)
    assert (first.photos, second.photos) == (ids(1, 3, 5, 7), ids(2, 12))
    assert first.sentence == "The photos in “Front”, “Three-quarter right”, “Back” and “Sitting” are almost the same."
    assert not found(SetCode.NEAR_DUPLICATES, [*chain[:2], *photos[5:]])


@pytest.mark.parametrize(("moved", "told"), [(0.12, True), (0.13, False)])
def test_another_pose_before_the_same_wall_is_no_duplicate(moved: float, told: bool) -> None:
    photos = [*a_set(11), photo(12, likeness=likeness(1, moved=moved))]
    assert bool(found(SetCode.NEAR_DUPLICATES, photos)) == told


UNIFORM = [
    (SetCode.SAME_POSE, {"pose": "sitting"}),
    (SetCode.ONE_OUTFIT, {"clothes": colour(11)}),
    (SetCode.ONE_BACKGROUND, {"background": colour(0)}),
]


@pytest.mark.parametrize(("code", "alike"), UNIFORM)
def test_three_quarters_of_the_photos_alike_are_told(code: SetCode, alike: dict[str, object]) -> None:
    assert set_findings(a_set(12, alike=8, **alike)) == ()
    [finding] = set_findings(a_set(12, alike=9, **alike))
    assert (finding.code, finding.severity, finding.photos) == (code, Severity.ADVICE, ids(*range(4, 13)))
    assert (finding.measured, finding.threshold) == (0.75, 0.75)
    assert finding.sentence.startswith("In 9 of the 12 photos that can be compared ")


@pytest.mark.parametrize(("code", "alike"), UNIFORM)
def test_the_share_is_of_the_photos_in_which_it_is_known(code: SetCode, alike: dict[str, object]) -> None:
    unknown = [photo(number, seen=NOBODY) for number in range(5, 13)]
    assert [it.measured for it in found(code, [*a_set(4, alike=3, **alike), *unknown])] == [0.75]
    assert not found(code, [*a_set(3, alike=3, **alike), photo(4, seen=NOBODY), *unknown])


def test_the_pose_that_was_said_goes_before_the_one_that_was_seen() -> None:
    photos = a_set(8, alike=8, pose="standing")
    corrected = [it.model_copy(update={"said": Said(pose=f"said {it.slot}")}) for it in photos]
    assert [it.sentence for it in found(SetCode.SAME_POSE, photos)] == [
        "In 8 of the 8 photos that can be compared the pose is the same: standing."
    ]
    assert not found(SetCode.SAME_POSE, corrected)


def test_a_row_of_slightly_different_colours_is_not_one_outfit() -> None:
    mixed = [(1 - step / 7, step / 7) * 2 for step in range(8)]
    assert all(alike_colours(one, other) for one, other in pairwise(mixed))
    assert not alike_colours(mixed[0], mixed[-1])
    assert not found(SetCode.ONE_OUTFIT, [photo(at + 1, clothes=mix) for at, mix in enumerate(mixed)])


@pytest.mark.parametrize(("width", "told"), [(1500, False), (1499, True)])
def test_a_photo_of_less_than_a_quarter_of_the_usual_pixels_is_told(width: int, told: bool) -> None:
    photos = [*a_set(9), photo(10, width=width, height=2000)]
    findings = found(SetCode.MIXED_SIZES, photos)
    assert [it.photos for it in findings] == [ids(10)] * told
    assert [(it.measured, it.threshold) for it in findings] == [(1499 * 2000, 3_000_000)] * told


def test_a_set_whose_one_half_is_small_is_mixed_and_one_of_small_photos_is_not() -> None:
    assert found(SetCode.MIXED_SIZES, a_set(8, alike=4, width=800, height=1200))[0].photos == ids(5, 6, 7, 8)
    assert not found(SetCode.MIXED_SIZES, a_set(8, alike=8, width=800, height=1200))


def test_everything_is_told_in_one_order_whatever_the_order_of_the_photos() -> None:
    same = {"view": CameraView.BACK, "pose": "sitting", "likeness": likeness(1), "clothes": colour(0)}
    photos = a_set(7, alike=6, background=colour(0), **same)
    photos = [*photos, photo(8, sha256="content 7", width=500, height=700)]
    photos[5] = photos[5].model_copy(update={"width": 640, "height": 960})
    told = set_findings(photos)
    assert list(dict.fromkeys(it.code for it in told)) == list(SetCode)
    assert all(it.sentence.endswith(".") and it.hint.endswith(".") for it in told)
    assert not [it for it in told if "{" in it.sentence + it.hint]
    for seed in range(5):
        assert set_findings(random.Random(seed).sample(photos, len(photos))) == told
