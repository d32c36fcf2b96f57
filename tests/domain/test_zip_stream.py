"""A ZIP that is written as a stream."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest

from croquis.domain.zip_stream import ZipMember, zip_chunks, zip_size

MEMBERS = (ZipMember("001-ab12.png", b"\x89PNG" * 99), ZipMember("empty.png", b""), ZipMember("manifest.json", b"{}"))


def archive(*members: ZipMember) -> bytes:
    return b"".join(zip_chunks(members))


def test_another_program_reads_every_member_and_finds_no_fault() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(*MEMBERS))) as read:
        assert read.testzip() is None
        assert [(name, read.read(name)) for name in read.namelist()] == [tuple(member) for member in MEMBERS]


def test_members_are_stored_as_plain_files_of_a_fixed_day() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(*MEMBERS))) as read:
        infos = read.infolist()
    assert {(it.compress_type, it.date_time, it.external_attr >> 16, it.create_system) for it in infos} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0o100644, 3)
    }


@pytest.mark.parametrize("members", [(), MEMBERS[:1], MEMBERS])
def test_its_size_is_known_before_the_first_byte(members: tuple[ZipMember, ...]) -> None:
    assert zip_size((it.name, len(it.data)) for it in members) == len(archive(*members))


def test_the_same_members_give_the_same_bytes() -> None:
    assert archive(*MEMBERS) == archive(*MEMBERS)


def test_only_one_member_is_held_in_memory() -> None:
    size, many = 1_000_000, 20

    def pictures() -> Iterator[ZipMember]:
        for number in range(many):
            yield ZipMember(f"{number}.png", bytes(size))

    tracemalloc.start()
    written = sum(len(chunk) for chunk in zip_chunks(pictures()))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written > many * size
    assert most < 3 * size


@pytest.mark.parametrize("names", [("same.png", "same.png"), ("naïve.png",)])
def test_a_name_that_comes_twice_or_is_not_plain_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="is not ASCII, or comes twice"):
        archive(*(ZipMember(name, b"") for name in names))


def test_more_members_than_a_plain_zip_counts_are_refused() -> None:
    with pytest.raises(zipfile.LargeZipFile):
        archive(*(ZipMember(str(number), b"") for number in range(65_536)))
