"""The training zip follows the trainer's rules, streams, and has the same bytes every time."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from croquis_pictures.dataset import DatasetItem, dataset_size, dataset_zip
from croquis_pictures.views import BUCKETS, training_picture


def jpeg(size: tuple[int, int], colour: str = "grey") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((size[0] // 3, 0, size[0] * 2 // 3, size[1] // 50), fill="red")  # the top of the head
    draw.rectangle((size[0] // 3, size[1] * 49 // 50, size[0] * 2 // 3, size[1]), fill="blue")  # the feet
    image.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def items() -> list[DatasetItem]:
    captions = ["full body photo of qtxkbrdf, walking", "Füße im Bild,\nstanding \r\n still", ""]
    pictures = [jpeg((832, 1216)), jpeg((768, 1344)), jpeg((896, 1152))]
    return [DatasetItem(f"{n:03}", lambda n=n: pictures[n - 1], captions[n - 1]) for n in (1, 2, 3)]


@pytest.fixture
def archive() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(io.BytesIO(b"".join(dataset_zip(items())))) as opened:
        yield opened


def test_an_ordinary_reader_opens_it_and_finds_every_byte_right(archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    assert archive.read("002.jpg") == items()[1].picture()


def test_it_is_flat_with_a_caption_of_the_same_stem_beside_each_jpg(archive: zipfile.ZipFile) -> None:
    """FI-05: neutral names"""
    assert archive.namelist() == ["001.jpg", "001.txt", "002.jpg", "002.txt", "003.jpg", "003.txt"]


def test_a_caption_is_one_line_of_utf_8(archive: zipfile.ZipFile) -> None:
    assert archive.read("002.txt").decode() == "Füße im Bild, standing still"


def test_members_are_stored_with_fixed_dates_and_rights_and_no_data_descriptor(archive: zipfile.ZipFile) -> None:
    for member in archive.infolist():
        assert member.compress_type == zipfile.ZIP_STORED
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert (member.flag_bits, member.extra, member.comment) == (0, b"", b"")
        assert (member.create_system, member.external_attr >> 16) == (3, 0o100644)


def test_the_same_items_give_the_same_bytes_and_the_size_is_known_before() -> None:
    """JB-06"""
    first = b"".join(dataset_zip(items()))
    assert first == b"".join(dataset_zip(items()))
    assert dataset_size(items()) == len(first)
    assert dataset_size([]) == len(b"".join(dataset_zip([])))


def test_it_holds_one_picture_at_a_time() -> None:
    """FI-05: streamed within the memory caps"""
    megabyte = 1_000_000
    pictures = (DatasetItem(f"{n:03}", lambda: bytes(megabyte), "c") for n in range(50))
    tracemalloc.start()
    total = sum(len(chunk) for chunk in dataset_zip(pictures))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 50 * megabyte
    assert peak < 4 * megabyte


@pytest.mark.parametrize("stem", ["../evil", "a/b", "Anna.Smith", "._001", "", "x" * 33, "Ω"])
def test_a_name_that_is_not_neutral_is_refused(stem: str) -> None:
    """FI-05"""
    with pytest.raises(ValueError, match="neutral"):
        b"".join(dataset_zip([DatasetItem(stem, bytes, "c")]))


def test_two_pictures_never_share_one_caption() -> None:
    with pytest.raises(ValueError, match="twice"):
        b"".join(dataset_zip([DatasetItem("001", bytes, "a"), DatasetItem("001", bytes, "b")]))


@pytest.mark.parametrize(
    ("photo", "bucket"),
    [
        ((2000, 3000), (832, 1216)),
        ((1080, 1920), (768, 1344)),
        ((1500, 2000), (896, 1152)),
        ((3000, 2000), (896, 1152)),
    ],
)
def test_a_photo_is_fitted_whole_into_the_nearest_bucket(photo: tuple[int, int], bucket: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(training_picture(jpeg(photo)))) as picture:
        assert (picture.format, picture.size) == ("JPEG", bucket)
        colours = {picture.getpixel((bucket[0] // 2, y)) for y in range(bucket[1])}
    assert any(red > 150 and green < 90 for red, green, _ in colours), "the head is gone"
    assert any(blue > 150 and green < 90 for _, green, blue in colours), "the feet are gone"


def test_the_padding_has_the_colour_of_the_photos_edge() -> None:
    with Image.open(io.BytesIO(training_picture(jpeg((1080, 2400), "darkgreen")))) as picture:
        assert picture.size == (768, 1344)
        red, green, blue = picture.getpixel((3, 700))
    assert abs(red - 0) < 40
    assert abs(green - 100) < 40
    assert abs(blue - 0) < 40


def test_a_small_photo_keeps_its_native_pixels_and_is_only_padded_to_shape() -> None:
    with Image.open(io.BytesIO(training_picture(jpeg((600, 800))))) as picture:
        width, height = picture.size
    assert width >= 600
    assert height >= 800
    assert min(width - 600, height - 800) == 0
    assert min(abs(width / height - w / h) for w, h in BUCKETS) < 0.002


def test_a_training_picture_is_the_same_every_time_and_tells_nothing() -> None:
    """JB-06"""
    photo = jpeg((1500, 2000))
    assert training_picture(photo) == training_picture(photo)
    with Image.open(io.BytesIO(training_picture(photo))) as picture:
        assert dict(picture.getexif()) == {}
