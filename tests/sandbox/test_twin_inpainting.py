"""The stand-in's inpainting: only what is white in the mask changes; clearer as a rule, or somebody else on request."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from sandbox.replicate.inpainting import inpainted

OVAL = (160, 120, 352, 392)
ROOM = 20  # pixels: the mask's edge is soft


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A picture and a mask with an oval in it."""
    Image.effect_noise((512, 512), 60).convert("RGB").filter(ImageFilter.GaussianBlur(3)).save(tmp_path / "image.png")
    mask = Image.new("L", (512, 512))
    ImageDraw.Draw(mask).ellipse(OVAL, fill=255)
    mask.save(tmp_path / "mask.png")
    return tmp_path / "image.png", tmp_path / "mask.png"


def contrast(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.crop((200, 200, 312, 312)).convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]


@pytest.mark.parametrize("shown", ["person", "stranger"])
def test_only_what_is_white_changes_and_the_size_stays(files: tuple[Path, Path], shown: str) -> None:
    made = inpainted(*files, strength=0.5, shown=shown)  # type: ignore[arg-type]
    with Image.open(files[0]) as before:
        assert made.size == before.size
        left, top, right, bottom = ImageChops.difference(made, before.convert("RGB")).getbbox() or (0, 0, 0, 0)
    assert OVAL[0] - ROOM <= left < right <= OVAL[2] + ROOM
    assert OVAL[1] - ROOM <= top < bottom <= OVAL[3] + ROOM


def test_it_is_clearer_the_more_of_it_is_made_anew_and_the_same_each_time(files: tuple[Path, Path]) -> None:
    with Image.open(files[0]) as before:
        made = [inpainted(*files, strength=strength) for strength in (0.2, 0.4, 0.8)]
        clear = [contrast(it) for it in (before, *made)]
    assert clear == sorted(clear)
    assert len(set(clear)) == 4
    assert inpainted(*files, strength=0.2).tobytes() == made[0].tobytes()


def test_a_mask_of_another_size_is_fitted(files: tuple[Path, Path]) -> None:
    with Image.open(files[1]) as mask:
        mask.resize((256, 256)).save(files[1])
    assert inpainted(*files, strength=0.5).size == (512, 512)
