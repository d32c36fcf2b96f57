"""Which pictures are made of each photo, how they are called, and how large the face is in them."""

from dataclasses import asdict

import pytest
from domain.figures import ARM_RAISED, LOOKING_DOWN, SITTING, STANDING, Points, person, photo
from domain.trainers_crop import Left, left_by_the_trainer

from croquis.domain.dataset.cut_outs import CutOut, PixelBox
from croquis.domain.dataset.plan import TrainedPicture, planned_dataset, trained_pictures
from croquis.domain.images.image import Framing, ImageSize
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.captions import caption_of
from croquis.domain.photos.features import Box, PhotoFeatures
from croquis.domain.photos.photo import CameraView
from croquis.domain.subject import Gender, Subject

PHONE, DEMO = (3_000, 4_000), (1_024, 1_536)
FULL, HALF, PORTRAIT = Framing.FULL_BODY, Framing.HALF_BODY, Framing.PORTRAIT
TALL = range(1_000, 4_000, 50)
SUBJECT = Subject("qtxkbrdf", Gender.MALE)
BUCKETS = [(832, 1_216), (768, 1_344), (896, 1_152)]
LYING: Points = {number: (y - 0.5, 0.3 + x) for number, (x, y) in STANDING.items()} | {0: (-0.4, 0.2)}  # head propped
HANGING: Points = STANDING | {0: (0.0, 0.25)}  # bent forward, the head down
SQUATTING: Points = SITTING | {25: (0.1, 0.4), 26: (-0.1, 0.4)}
SHOULDERS, HIPS, KNEES, HANDS = (11, 12), (23, 24), (25, 26), (15, 16, 17, 18, 19, 20)


def pictures(of: AcceptedPhoto) -> dict[Framing, TrainedPicture]:
    return {picture.framing: picture for picture in trained_pictures(of)}


def at(of: AcceptedPhoto, number: int) -> tuple[float, float]:
    """A landmark in pixels."""
    point = of.seen.landmarks[number]
    return point.x * of.width, point.y * of.height


def size(picture: TrainedPicture) -> tuple[int, int]:
    return picture.width, picture.height


def cut(picture: TrainedPicture) -> CutOut:
    return CutOut(picture.region, ImageSize(picture.width, picture.height))


def inside(region: PixelBox | Left, of: AcceptedPhoto, *numbers: int) -> bool:
    points = [at(of, number) for number in numbers]
    return all(region.left < x < region.right and region.top < y < region.bottom for x, y in points)


def test_a_standing_person_on_a_phones_photo_gives_three_pictures() -> None:
    made = pictures(person(PHONE))
    assert list(made) == [FULL, HALF, PORTRAIT]
    assert size(made[FULL]) in BUCKETS
    assert size(made[HALF]) == (896, 1_152)  # the widest
    assert size(made[PORTRAIT]) == (1_024, 1_024)


def test_a_demo_photo_gives_a_bucket_and_a_half_body_of_its_own_pixels() -> None:
    made = pictures(person(DEMO))
    assert list(made) == [FULL, HALF]
    assert size(made[FULL]) in BUCKETS
    assert size(made[HALF]) == (made[HALF].region.width, made[HALF].region.height)


def test_a_half_body_needs_as_many_pixels_as_512_x_512() -> None:
    for height in range(700, 1_400, 5):
        half = pictures(person((900, 1_500), tall=height / 1_500)).get(HALF)
        # from a quarter of a head above the crown to the finger tips, and what the trainer may crop below them
        own = (0.029 + 0.0285 + 0.52 + 0.0456) / 0.943 * height
        if abs(own - (least := 512 * (1_152 / 896) ** 0.5)) > 2:
            assert (half is not None) == (own > least), height
        assert half is None or min(size(half)) >= 448


@pytest.mark.parametrize("points", [STANDING, SITTING, ARM_RAISED, LOOKING_DOWN])
@pytest.mark.parametrize("of_size", [PHONE, DEMO, (4_000, 3_000), (600, 900), (1_000, 2_400)])
def test_close_ups_lie_in_the_photo_and_are_neither_enlarged_nor_distorted(
    of_size: tuple[int, int], points: Points
) -> None:
    of = person(of_size, tall=0.7, crown=0.2, points=points)
    for framing, picture in pictures(of).items():
        region = picture.region
        assert picture.width <= region.width
        assert picture.height <= region.height
        assert abs(region.height * picture.width / picture.height - region.width) <= 1
        if framing is not FULL:
            assert region.left >= 0
            assert region.top >= 0
            assert region.right <= of.width
            assert region.bottom <= of.height


@pytest.mark.parametrize("points", [STANDING, SITTING, ARM_RAISED, LOOKING_DOWN])
def test_a_half_body_reaches_from_above_the_crown_to_the_middle_of_the_thighs(points: Points) -> None:
    of = person(PHONE, tall=0.7, crown=0.2, points=points)
    region = pictures(of)[HALF].region
    crown = 0.2 * of.height
    assert region.top < crown - 0.01 * of.height
    hands = at(of, 19)[1] + 0.05 * 0.7 * of.height  # a sitting person's lie as low as the knees
    assert at(of, HIPS[0])[1] < region.bottom < max(at(of, KNEES[0])[1], 1.05 * hands)
    assert inside(region, of, 0, *SHOULDERS, *HIPS)


def test_a_half_body_keeps_the_arms_that_fit_and_a_raised_hand() -> None:
    raised = person(PHONE, tall=0.7, crown=0.2, points=ARM_RAISED)
    assert inside(pictures(raised)[HALF].region, raised, *HANDS)
    pointing = person(PHONE, tall=0.7, crown=0.2, points=STANDING | {15: (0.27, 0.2), 19: (0.28, 0.2)})
    assert inside(pictures(pointing)[HALF].region, pointing, *HANDS, *HIPS)


def test_a_half_body_keeps_the_trunk_where_the_arms_do_not_fit_or_there_is_none() -> None:
    of = person((4_000, 4_000), tall=0.7, crown=0.2, points=STANDING | {15: (0.6, 0.2)})
    region = pictures(of)[HALF].region
    assert inside(region, of, *SHOULDERS, *HIPS)
    assert inside(region, of, 16, 18, 20)  # the other one
    stretched = person((4_000, 4_000), tall=0.7, crown=0.2, points=STANDING | {15: (0.6, 0.2), 16: (-0.6, 0.2)})
    region = pictures(stretched)[HALF].region
    assert region.left + region.right == pytest.approx(4_000, abs=2)
    broad: Points = STANDING | {11: (0.3, 0.185), 12: (-0.3, 0.185)}
    assert HALF not in pictures(person((4_000, 4_000), tall=0.7, crown=0.2, points=broad))


AKIMBO: Points = STANDING | {13: (0.24, 0.35), 14: (-0.24, 0.35), 19: (0.12, 0.46), 20: (-0.12, 0.46)}
WIDE: Points = STANDING | {19: (0.26, 0.4), 20: (-0.26, 0.4)}
ONE_OUT: Points = STANDING | {15: (0.36, 0.25), 17: (0.38, 0.25), 19: (0.39, 0.25), 21: (0.38, 0.25)}
LAP: Points = SITTING | {15: (0.06, 0.52), 16: (-0.06, 0.52), 19: (0.03, 0.56), 20: (-0.03, 0.56)}


@pytest.mark.parametrize("points", [STANDING, SITTING, ARM_RAISED, AKIMBO, WIDE, ONE_OUT, LAP])
@pytest.mark.parametrize("tall", [0.25, 0.3, 0.35, 0.5, 0.7])
def test_a_half_body_cuts_no_hand_that_a_little_more_of_the_photo_holds(points: Points, tall: float) -> None:
    """Nor does the trainer; and it shows no more than it must: the face would get too small."""
    of = person((4_000, 4_000), tall=tall, crown=0.15, points=points)
    picture = pictures(of)[HALF]
    assert inside(left_by_the_trainer(cut(picture)), of, *range(11, 23), *HIPS)
    assert picture.region.height < 1.4 * 0.7 * tall * of.height
    assert picture.region.bottom < max(at(of, KNEES[0])[1], at(of, HIPS[0])[1] + 0.2 * tall * of.height)


def test_where_both_hands_do_not_fit_one_is_shown_whole() -> None:
    out: Points = STANDING | {15: (0.5, 0.2), 19: (0.55, 0.2), 16: (-0.28, 0.3), 20: (-0.3, 0.3)}  # the middle has none
    for side, points in ((1, out), (-1, {number: (-x, y) for number, (x, y) in out.items()})):
        of = person((4_000, 4_000), tall=0.7, crown=0.2, points=points)
        region = pictures(of)[HALF].region
        whole = [(at(of, it)[0] - region.left) * (region.right - at(of, it)[0]) > 0 for it in (15, 16)]
        assert sorted(whole) == [False, True], side


def test_a_half_body_grows_down_the_thighs_before_it_grows_above_the_head() -> None:
    hand_out: Points = STANDING | {19: (0.22, 0.4), 20: (-0.22, 0.4)}
    narrow, wide = (pictures(person(PHONE, tall=0.6, crown=0.2, points=it))[HALF] for it in (STANDING, hand_out))
    assert narrow.region.width < wide.region.width
    assert narrow.region.bottom < wide.region.bottom
    assert narrow.region.top == wide.region.top


def test_a_half_body_of_who_squats_ends_under_the_hips() -> None:
    of = person(PHONE, tall=0.7, crown=0.2, points=SQUATTING)
    assert at(of, HIPS[0])[1] <= pictures(of)[HALF].region.bottom


def test_a_narrow_photo_gives_a_narrower_half_body() -> None:
    assert size(pictures(person((1_000, 2_400)))[HALF]) == (832, 1_216)


def test_the_crop_of_the_trainer_leaves_the_crown_to_a_half_body() -> None:
    for tall in TALL:
        of = person((3_000, 4_400), tall=tall / 4_400, crown=0.06, points=LOOKING_DOWN)
        for picture in pictures(of).values():
            if picture.framing is HALF:
                assert left_by_the_trainer(cut(picture)).top < 0.06 * of.height, picture


@pytest.mark.parametrize("points", [STANDING, SITTING, LOOKING_DOWN])
def test_a_portrait_holds_crown_and_shoulders_and_is_three_tenths_of_the_height(points: Points) -> None:
    of = person(PHONE, tall=0.85, crown=0.08, points=points)
    picture = pictures(of)[PORTRAIT]
    assert picture.region.width == picture.region.height == pytest.approx(0.3 * 0.85 * of.height, rel=0.05)
    assert picture.region.top < 0.08 * of.height
    assert inside(picture.region, of, 0, 7, 8, *SHOULDERS)


def test_a_portrait_needs_512_pixels_and_has_its_own_up_to_1024() -> None:
    sides = {height: pictures(person((3_000, 4_600), tall=height / 4_600)).get(PORTRAIT) for height in TALL}
    for height, picture in sides.items():
        side = round(0.2964 * height)  # 2.6 heads of 0.4 torsos
        assert (picture is not None) == (side >= 512), height
        assert picture is None or size(picture) == (min(side, 1_024), min(side, 1_024))


def test_broad_shoulders_make_a_portrait_larger() -> None:
    of = person(PHONE, points=STANDING | {11: (0.15, 0.185), 12: (-0.15, 0.185)})
    assert inside(pictures(of)[PORTRAIT].region, of, 0, 7, 8, *SHOULDERS)


def test_a_back_has_no_portrait_and_no_face() -> None:
    made = pictures(person(PHONE, view=CameraView.BACK))
    assert list(made) == [FULL, HALF]
    assert {picture.face_height for picture in made.values()} == {None}


def test_who_lies_or_has_the_head_outside_is_shown_whole_only() -> None:
    assert list(pictures(person(PHONE, tall=0.5, points=LYING))) == [FULL]
    assert list(pictures(person(PHONE, points=HANGING))) == [FULL]
    assert list(pictures(person(PHONE, crown=-0.1))) == [FULL]


@pytest.mark.parametrize("points", [STANDING, STANDING | {11: (0.15, 0.185), 12: (-0.15, 0.185)}])
def test_the_crop_of_the_trainer_leaves_crown_and_shoulders_to_a_portrait(points: Points) -> None:
    for tall in TALL:
        of = person((3_000, 4_600), tall=tall / 4_600, crown=0.06, points=points)
        if picture := pictures(of).get(PORTRAIT):
            left = left_by_the_trainer(cut(picture))
            outline = 0.03 * tall
            assert left.left <= at(of, 12)[0] - outline + 1, picture
            assert left.right >= at(of, 11)[0] + outline - 1, picture
            assert left.top < 0.06 * of.height, picture


def test_what_does_not_lie_in_the_photo_is_no_portrait() -> None:
    assert PORTRAIT in pictures(person(PHONE, tall=0.5, crown=0.8))
    assert PORTRAIT not in pictures(person(PHONE, tall=0.5, crown=0.9))
    assert PORTRAIT not in pictures(person((1_000, 4_000)))


def test_a_body_that_ends_at_the_waist_gives_no_half_body() -> None:
    assert HALF not in pictures(person(PHONE, tall=1.8, crown=0.05))


def test_of_a_photo_without_a_person_nothing_is_lost() -> None:
    """An owner may use a photo in which nobody was made out."""
    for of_size in (PHONE, (4_000, 3_000), DEMO, (1_500, 4_000)):
        (picture,) = trained_pictures(photo(of_size, PhotoFeatures()))
        left, top, right, bottom = picture.region
        assert (left <= 0, top <= 0, right >= of_size[0], bottom >= of_size[1]) == (True, True, True, True)
        assert (size(picture) in BUCKETS, picture.face_height) == (True, None)


def test_a_pixel_that_is_only_partly_the_bodys_is_kept() -> None:
    whole, partly = (
        Box((900 + it) / 3_000, (400 + it) / 4_000, (2_100 - it) / 3_000, (3_600 - it) / 4_000) for it in (0, 0.9)
    )
    of_whole, of_partly = (trained_pictures(photo(PHONE, PhotoFeatures(body=body))) for body in (whole, partly))
    assert of_partly == of_whole


def test_shoes_that_reach_a_little_below_the_body_box_are_kept() -> None:
    """A sample in which the person stands sideways has its soles 3.5 % of the body's height below the box."""
    for bottom in range(1_000, 1_500, 25):
        body = Box(0.4, 100 / 1_536, 0.6, bottom / 1_536)
        (picture,) = trained_pictures(photo(DEMO, PhotoFeatures(body=body)))
        margin = 0.025 * picture.region.height
        assert picture.region.bottom - margin >= min(bottom + 0.035 * (bottom - 100), 1_536) - 1


def test_a_body_without_points_is_shown_whole_only() -> None:
    seen = PhotoFeatures(body=Box(0.3, 0.1, 0.6, 0.9))
    (picture,) = trained_pictures(photo(PHONE, seen))
    assert picture.framing is FULL
    assert picture.region.top > 0


def test_the_face_is_measured_in_the_pixels_of_each_picture() -> None:
    made = pictures(person(PHONE, tall=0.8, crown=0.1))
    face = 0.11 * 0.8 * 4_000  # a ninth of the height
    for picture in made.values():
        drawn = face * picture.width / picture.region.width
        assert picture.face_height == pytest.approx(drawn, rel=0.01)


def test_the_stems_count_the_photos_and_name_the_framings() -> None:
    """FI-05: neutral names."""
    plan = planned_dataset([person(PHONE), person(PHONE, view=CameraView.BACK), person(DEMO)], SUBJECT)
    assert [it.stem for it in plan] == [
        *("01-full-body", "01-half-body", "01-portrait"),
        *("02-full-body", "02-half-body"),
        *("03-full-body", "03-half-body"),
    ]


def test_each_picture_has_the_caption_of_its_photo_and_framing() -> None:
    photos = [person(PHONE), person(DEMO, view=CameraView.BACK)]
    for it in planned_dataset(photos, SUBJECT):
        assert it.photo in photos
        assert it.picture in trained_pictures(it.photo)
        assert it.caption == caption_of(it.photo, SUBJECT, it.picture.framing)


def test_the_same_photos_give_the_same_plan() -> None:
    """JB-06."""
    first, again = (planned_dataset([person(PHONE), person(DEMO)], SUBJECT) for _ in range(2))
    assert [asdict(it) for it in first] == [asdict(it) for it in again]
