"""Blur is a reason to refuse; light and size are advice."""

import numpy as np
import pytest
from photo_cases import good_photo
from PIL import Image, ImageFilter
from vision.looking import Look

from croquis_vision import PhotoReport
from croquis_vision.exposure import Exposure, exposure_finding, exposure_of
from croquis_vision.sharpness import blur_of, sharpness_finding

SOME = ("01", "04", "07", "12")


def codes(report: PhotoReport) -> list[str]:
    return [it.code for it in report.findings]


def moved(image: Image.Image, pixels: int) -> Image.Image:
    """Blurred to the side, as a hand that moves does it."""
    rows = np.asarray(image, np.float32)
    shifted = [np.roll(rows, shift, axis=1) for shift in range(pixels)]
    return Image.fromarray(np.mean(shifted, axis=0).astype(np.uint8))


def checkered() -> Image.Image:
    return Image.fromarray((np.indices((320, 320)) // 40).sum(axis=0).astype(np.uint8) % 2 * 200)


@pytest.mark.parametrize("name", SOME)
def test_a_photo_out_of_focus_is_refused_and_one_that_is_soft_is_not(look: Look, name: str) -> None:
    assert codes(look(good_photo(name).filter(ImageFilter.GaussianBlur(3)))) == ["blurred"]
    assert codes(look(good_photo(name).filter(ImageFilter.GaussianBlur(1)))) in ([], ["soft"])


@pytest.mark.parametrize("name", SOME)
def test_the_blur_of_a_movement_is_seen_although_it_has_one_direction(look: Look, name: str) -> None:
    assert codes(look(moved(good_photo(name), 21))) == ["blurred"]


def test_a_blurred_background_does_not_matter(look: Look) -> None:
    photo = good_photo("01")
    blurred = photo.filter(ImageFilter.GaussianBlur(6))
    box = look(photo).features.body
    assert box is not None
    corner = (int(box.left * photo.width), int(box.top * photo.height))
    person = photo.crop((*corner, int(box.right * photo.width), int(box.bottom * photo.height)))
    blurred.paste(person, corner)
    assert codes(look(blurred)) == []


def test_sharpness_is_judged_at_one_size_whatever_the_size_of_the_photo(look: Look) -> None:
    photo = good_photo("03")
    here = look(photo).sharpness
    larger = look(photo.resize((2_400, 3_600), Image.Resampling.BICUBIC)).sharpness
    assert here is not None
    assert larger == pytest.approx(here, abs=0.03)


def test_the_measure_goes_from_sharp_to_blurred() -> None:
    tiles = checkered()
    measured = [blur_of(np.asarray(tiles.filter(ImageFilter.GaussianBlur(sigma)))) for sigma in (0, 0.7, 1.5, 3, 6)]
    assert measured == sorted(measured)
    assert measured[0] < 0.2
    assert measured[-1] > 0.8


def test_the_worse_direction_counts() -> None:
    sideways = np.asarray(moved(checkered(), 15))
    assert blur_of(sideways) > 0.8
    assert blur_of(sideways.T) == blur_of(sideways)


def test_a_person_of_a_few_pixels_has_no_sharpness() -> None:
    assert blur_of(np.full((23, 200), 7, np.uint8)) == 1
    assert blur_of(np.zeros((0, 0), np.uint8)) == 1


@pytest.mark.parametrize(("blur", "code"), [(0.47, None), (0.471, "soft"), (0.55, "soft"), (0.551, "blurred")])
def test_soft_is_advice_and_blurred_is_refused(blur: float, code: str | None) -> None:
    finding = sharpness_finding(blur)
    assert (finding and finding.code) == code
    assert finding is None or (finding.severity == "blocking") == (code == "blurred")


def test_a_dark_photo_and_a_bright_one_are_advised_against_and_taken(look: Look) -> None:
    dark, bright = (
        look(good_photo("05").point(lambda it: it // 5)),
        look(good_photo("01").point(lambda it: it * 14 // 10)),
    )
    assert "too_dark" in codes(dark)
    assert "too_bright" in codes(bright)
    assert not [it for it in (*dark.blocking, *bright.blocking) if it.code in ("too_dark", "too_bright")]


def test_light_is_the_mean_of_the_pixels_and_the_share_that_is_as_good_as_white() -> None:
    assert exposure_of(np.array([[0, 250], [251, 255]], np.uint8)) == Exposure(mean=189, white_share=0.5)
    assert exposure_of(np.zeros((0, 0), np.uint8)) is None


@pytest.mark.parametrize(
    ("mean", "white", "code"),
    [
        (45, 0, None),
        (44.9, 0, "too_dark"),
        (190.1, 0.31, "too_bright"),
        (190, 0.31, None),  # a white dress before a dark wall
        (220, 0.30, None),
    ],
)
def test_light_is_judged_by_its_mean_and_what_is_white(mean: float, white: float, code: str | None) -> None:
    finding = exposure_finding(Exposure(mean, white))
    assert (finding and finding.code) == code
    assert finding is None or finding.severity == "advice"


@pytest.mark.parametrize(("width", "advised"), [(767, ["small_photo"]), (768, [])])
def test_a_photo_of_few_pixels_is_taken_with_advice(look: Look, width: int, advised: list[str]) -> None:
    report = look(good_photo("02").resize((width, width * 3 // 2), Image.Resampling.LANCZOS))
    assert codes(report) == advised
    assert not advised or "767" in report.findings[0].sentence
