"""The training zip follows the trainer's rules, streams, and has the same bytes every time."""

import hashlib
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator

import pytest

from croquis_pictures.dataset import DatasetItem, write_dataset

JPEGS = [bytes([0xFF, 0xD8, 0xFF, number]) * 1_000 for number in range(3)]  # the zip does not look into them
CAPTIONS = ["full body photo of qtxkbrdf, walking", "Füße im Bild,\nstanding \r\n still", ""]


def zipped(pictures: Iterable[DatasetItem]) -> bytes:
    write_dataset(target := io.BytesIO(), pictures)
    return target.getvalue()


def items() -> Iterator[DatasetItem]:
    return (DatasetItem(f"{number:03}", JPEGS[number - 1], CAPTIONS[number - 1]) for number in (1, 2, 3))


@pytest.fixture
def archive() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(io.BytesIO(zipped(items()))) as opened:
        yield opened


def test_an_ordinary_reader_opens_it_and_finds_every_byte_right(archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    assert archive.read("002.jpg") == JPEGS[1]


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


def test_the_same_items_give_the_same_bytes_on_every_python() -> None:
    """JB-06: whatever the clock, the machine and the version of Python say."""
    digest = hashlib.sha256(zipped(items())).hexdigest()
    assert digest == "0cd53443ad16f1ac1eb78755f6f8be8f0e6b63daa800ec10dd6c9c292f83cf49"


def test_it_holds_one_picture_at_a_time() -> None:
    """FI-05: streamed within the memory caps"""
    megabyte = 1_000_000
    pictures = (DatasetItem(f"{n:03}", bytes(megabyte), "c") for n in range(50))
    with tempfile.TemporaryFile() as target:
        tracemalloc.start()
        write_dataset(target, pictures)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        total = target.seek(0, io.SEEK_END)
    assert total > 50 * megabyte
    assert peak < 4 * megabyte


@pytest.mark.parametrize("stem", ["../evil", "a/b", "Anna.Smith", "._001", "", "x" * 33, "Ω"])
def test_a_name_that_is_not_neutral_is_refused(stem: str) -> None:
    """FI-05"""
    with pytest.raises(ValueError, match="neutral"):
        zipped([DatasetItem(stem, b"", "c")])


def test_two_pictures_never_share_one_caption() -> None:
    with pytest.raises(ValueError, match="twice"):
        zipped([DatasetItem("001", b"", "a"), DatasetItem("001", b"", "b")])
