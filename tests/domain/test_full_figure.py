"""The picture of the whole body loses nothing of it, not even to the trainer's own crop, and shows it large."""

from collections.abc import Iterator
from itertools import product

import pytest
from domain.trainers_crop import RESOLUTIONS, left_by_the_trainer, nearest

from croquis.domain.dataset.cut_outs import BUCKETS, CutOut, PixelBox, width_at
from croquis.domain.dataset.full_figure import DOWN, LOW, MARGIN, SMALL_MARGIN, full_figure
from croquis.domain.images.image import TALLER, ImageSize

SIDES = (512, 600, 768, 832, 1_024, 1_216, 1_537, 2_999, 4_608)
PHONE = ImageSize(3_000, 4_000)


def photos() -> Iterator[ImageSize]:
    """Every shape that the gate lets through."""
    return (ImageSize(*it) for it in product(SIDES, SIDES) if max(it) <= 4 * min(it))


def bodies(photo: ImageSize) -> Iterator[PixelBox]:
    """Small and large, in the middle, near the edges and at them, tall and wide."""
    spans = [(0.0, 1.0), (0.0, 0.5), (0.45, 0.55), (0.01, 0.93), (0.3, 0.98), (0.7, 0.995), (0.1, 0.9), (0.85, 0.976)]
    for (left, right), (top, bottom) in product(spans, spans):
        yield PixelBox(
            int(left * photo.width), int(top * photo.height), int(right * photo.width), int(bottom * photo.height)
        )


def figures() -> Iterator[tuple[ImageSize, PixelBox, CutOut]]:
    return ((photo, body, full_figure(photo, body)) for photo in photos() for body in bodies(photo))


def large(photo: ImageSize) -> bool:
    """It has the pixels of some bucket."""
    return any(photo.width >= bucket.width and photo.height >= bucket.height for bucket in BUCKETS)


def shape_fits(photo: ImageSize, body: PixelBox, bucket: ImageSize) -> bool:
    """A region of this shape holds the body with its margins, and the photo holds the region."""
    tallness = bucket.height / bucket.width
    return max(body.height, body.width * tallness) * 1.06 < min(photo.height, photo.width * tallness)


def share_of_height(body: PixelBox, cut: CutOut) -> float:
    return body.height / cut.region.height


def is_padded(photo: ImageSize, cut: CutOut) -> bool:
    return cut.region.within(photo) != cut.region


def test_the_whole_body_is_left_after_the_trainers_own_crop_by_both_its_rules() -> None:
    for photo, body, cut in figures():
        left, top, right, bottom = left_by_the_trainer(cut)
        kept = left <= body.left and top <= body.top and right >= body.right and bottom >= body.bottom
        assert kept, (photo, body, cut)


def test_the_newer_rule_crops_and_enlarges_as_it_was_found_to() -> None:
    assert nearest((832, 1_216), 768) == (608, 960)
    assert nearest((832, 1_216), 512) == (416, 608)
    assert nearest((832, 1_216), 1_024) == (832, 1_216)
    left, _, right, _ = left_by_the_trainer(CutOut(PixelBox(0, 0, 832, 1_216), ImageSize(832, 1_216)))
    assert (left / 832, 1 - right / 832) == pytest.approx((0.037, 0.037), abs=0.0005)
    small = [(width_at(height, bucket), height) for bucket in BUCKETS for height in range(512, bucket.height)]
    enlarged = max(
        max(to[0] / it[0], to[1] / it[1])
        for it in small
        for resolution in RESOLUTIONS
        for to in [nearest(it, resolution)]
    )
    assert 1.05 < enlarged < 1.08


def test_a_picture_of_every_height_keeps_its_middle() -> None:
    """The margins that every body gets, against every size that a picture may have."""
    for bucket in BUCKETS:
        for height in range(LOW if bucket == TALLER else 512, bucket.height + 1):
            cut = CutOut(PixelBox(0, 0, width := width_at(height, bucket), height), ImageSize(width, height))
            across, down = (MARGIN, DOWN) if height == bucket.height else (SMALL_MARGIN, SMALL_MARGIN)
            left, top, right, bottom = left_by_the_trainer(cut)
            assert 1_000 * max(left, width - right) <= across * width, cut
            assert 1_000 * max(top, height - bottom) <= down * height, cut


def test_the_body_has_its_margin_on_every_edge() -> None:
    """The promised 3.8 and 2.5 % of an exact bucket and 5.7 % of a smaller picture, to the pixel."""
    for photo, body, (region, size) in figures():
        beside, over = (0.038, 0.025) if size in BUCKETS else (0.057, 0.057)
        across = min(body.left - region.left, region.right - body.right)
        down = min(body.top - region.top, region.bottom - body.bottom)
        assert across >= beside * region.width, (photo, body)
        assert down >= over * region.height, (photo, body)


def test_nothing_is_enlarged_or_distorted() -> None:
    for photo, body, (region, size) in figures():
        assert size.width <= region.width, (photo, body)
        assert size.height <= region.height, (photo, body)
        assert abs(region.height * size.width / size.height - region.width) <= 1, (photo, body)


def test_every_picture_has_the_shape_of_a_bucket() -> None:
    for photo, body, (_, size) in figures():
        off = min(abs(size.height * bucket.width / bucket.height - size.width) for bucket in BUCKETS)
        assert off <= 1, (photo, body)


def test_a_photo_with_enough_pixels_gives_exactly_a_bucket() -> None:
    for photo, body, cut in figures():
        if large(photo):
            assert cut.size in BUCKETS, (photo, body, cut)


def test_it_is_padded_only_where_the_photo_has_no_pixels_for_the_margin_or_the_shape() -> None:
    for photo, body, cut in figures():
        room = min(body.left, body.top, photo.width - body.right, photo.height - body.bottom)
        enough = room > 0.03 * max(cut.region.width, cut.region.height)
        if large(photo) and enough and any(shape_fits(photo, body, bucket) for bucket in BUCKETS):
            assert not is_padded(photo, cut), (photo, body, cut)


@pytest.mark.parametrize("share", [0.3, 0.4, 0.6, 0.8])
def test_a_small_person_is_brought_nearer_and_keeps_some_air(share: float) -> None:
    body = PixelBox(1_300, 300, 1_700, 300 + int(share * 4_000))
    cut = full_figure(PHONE, body)
    assert not is_padded(PHONE, cut)
    assert 0.8 <= share_of_height(body, cut) <= 0.88 or cut.region.height == cut.size.height


def test_it_is_not_brought_nearer_than_its_own_pixels() -> None:
    body = PixelBox(1_400, 2_000, 1_600, 2_600)
    cut = full_figure(PHONE, body)
    assert cut.region.width == cut.size.width
    assert cut.size in BUCKETS


def test_the_shape_that_shows_the_body_largest_is_taken() -> None:
    standing, striding = PixelBox(1_000, 300, 2_000, 3_700), PixelBox(300, 300, 2_700, 3_700)
    assert full_figure(PHONE, standing).size == ImageSize(768, 1_344)
    assert full_figure(PHONE, striding).size == ImageSize(832, 1_216)
    assert full_figure(PHONE, PixelBox(200, 500, 2_800, 3_500)).size == ImageSize(896, 1_152)


def test_a_shape_that_needs_no_padding_goes_before_a_larger_body() -> None:
    photo, body = ImageSize(1_200, 1_500), PixelBox(185, 60, 1_015, 1_440)
    cut = full_figure(photo, body)
    assert not is_padded(photo, cut)
    assert cut.size == ImageSize(832, 1_216)  # 768 x 1344 would show it larger, and lacks 32 pixels of height


def test_a_smaller_shape_without_padding_goes_before_a_bucket_with_some() -> None:
    photo = ImageSize(800, 1_250)
    cut = full_figure(photo, PixelBox(200, 73, 600, 1_177))
    assert not is_padded(photo, cut)
    assert cut.size == ImageSize(714, 1_250)  # 832 x 1216 would need 33 pixels of padding


def test_less_air_goes_before_padding() -> None:
    body = PixelBox(1_000, 90, 1_800, 3_390)  # with natural air the 90 pixels above would be 4 too few for the margin
    cut = full_figure(PHONE, body)
    assert not is_padded(PHONE, cut)
    assert share_of_height(body, cut) > 0.88


def test_the_demo_photos_size_gives_a_bucket_without_padding() -> None:
    photo = ImageSize(1_024, 1_536)
    cut = full_figure(photo, PixelBox(278, 64, 765, 1_461))
    assert cut.size in BUCKETS
    assert not is_padded(photo, cut)


def test_a_photo_that_is_too_small_keeps_its_own_pixels() -> None:
    photo = ImageSize(600, 900)
    cut = full_figure(photo, PixelBox(200, 100, 400, 800))
    assert (cut.size.width, cut.size.height) == (cut.region.width, cut.region.height)
    assert cut.region.width >= 599


def test_a_narrow_photo_is_not_padded_for_the_margin_of_a_smaller_picture() -> None:
    cut = full_figure(ImageSize(700, 1_400), PixelBox(200, 75, 500, 1_325))
    assert (cut.region.width, cut.region.height) == (768, 1_344)


def test_where_the_feet_stand_on_the_edge_only_their_margin_is_padded() -> None:
    cut = full_figure(PHONE, PixelBox(1_000, 500, 2_000, 4_000))
    assert 0 < cut.region.bottom - 4_000 <= 0.026 * cut.region.height
    assert share_of_height(PixelBox(1_000, 500, 2_000, 4_000), cut) <= 0.88
    assert (cut.region.left >= 0, cut.region.top >= 0, cut.region.right <= 3_000) == (True, True, True)


def test_the_same_photo_is_cut_in_the_same_way() -> None:
    assert list(figures()) == list(figures())
