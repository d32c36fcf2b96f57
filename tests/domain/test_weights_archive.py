"""The trainer's archive under attack: one file of weights comes out, or nothing."""

import io
import tarfile
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from domain.lora_files import (
    FOLDER,
    WEIGHTS,
    Pipe,
    archive,
    directory,
    info,
    plain,
    safetensors,
    trainer_members,
)
from hypothesis import given
from hypothesis import strategies as st

from croquis.domain.runs.weights import safetensors_of
from croquis.errors import Unavailable, WeightsRefused

LORA = safetensors(data=128)
GOOD = archive(*trainer_members(LORA))


def piped(data: bytes, step: int = 700) -> BinaryIO:
    return cast("BinaryIO", Pipe(data, step))


def whole(data: bytes) -> bytes:
    """Everything that a careless reader would get out of the archive before it is told off."""
    return safetensors_of(piped(data)).read()


@pytest.mark.parametrize("step", [1, 511, 512, 513, 1 << 20])
def test_the_trainer_s_own_archive_gives_exactly_its_weights(step: int) -> None:
    """FI-01."""
    stream = safetensors_of(piped(GOOD, step))
    assert stream.size == len(LORA)
    assert stream.read() == LORA


@pytest.mark.parametrize("how", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_files_packed_from_a_disk_are_accepted_in_every_plain_format(tmp_path: Path, how: int) -> None:
    """FI-01: some writers put the file's exact time into an extension header, which changes nothing."""
    (tmp_path / "lora.safetensors").write_bytes(LORA)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=how) as tar:
        tar.add(tmp_path / "lora.safetensors", "./output/lora.safetensors")
    assert whole(packed.getvalue()) == LORA


def test_an_archive_that_can_be_rewound_is_refused_before_a_byte_is_handed_out() -> None:
    """FI-01."""
    bad = archive(*trainer_members(LORA), plain(f"{FOLDER}/second.safetensors", LORA))
    with pytest.raises(WeightsRefused):
        safetensors_of(io.BytesIO(bad))
    assert safetensors_of(io.BytesIO(GOOD)).read() == LORA


def test_the_last_bytes_wait_until_the_rest_was_checked() -> None:
    """FI-01: reading exactly the announced size is enough to be told."""
    large = safetensors(data=128) + bytes(3 << 20)
    bad = archive(plain(WEIGHTS, large), (info("link", kind=tarfile.SYMTYPE, linkname="/etc/passwd"), b""))
    stream = safetensors_of(piped(bad, 1 << 20))
    with pytest.raises(WeightsRefused):
        stream.read(stream.size)
    with pytest.raises(WeightsRefused):
        stream.read()


MORE = {
    "a symbolic link": (info(f"{FOLDER}/x", kind=tarfile.SYMTYPE, linkname="/etc/passwd"), b""),
    "a symbolic link named like the weights": (info(WEIGHTS, kind=tarfile.SYMTYPE, linkname="x"), b""),
    "a hard link": (info(f"{FOLDER}/x.txt", kind=tarfile.LNKTYPE, linkname=WEIGHTS), b""),
    "a device": (info(f"{FOLDER}/null", kind=tarfile.CHRTYPE), b""),
    "a disk": (info(f"{FOLDER}/sda", kind=tarfile.BLKTYPE), b""),
    "a pipe": (info(f"{FOLDER}/pipe", kind=tarfile.FIFOTYPE), b""),
    "a sparse file": (info(f"{FOLDER}/captions/s.txt", kind=tarfile.GNUTYPE_SPARSE), b""),
    "a contiguous file": (info(f"{FOLDER}/captions/c.txt", kind=tarfile.CONTTYPE), b""),
    "an unknown kind": (info(f"{FOLDER}/captions/c.txt", kind=b"Z"), b""),
    "an absolute name": plain("/etc/config.yaml", b""),
    "a name that climbs out": plain(f"{FOLDER}/captions/../../../x.txt", b""),
    "a name with a step in place": plain(f"{FOLDER}/./captions/x.txt", b""),
    "a name with an empty step": plain(f"{FOLDER}//captions/x.txt", b""),
    "a name with a backslash": plain(f"{FOLDER}/captions/..\\x.txt", b""),
    "a name with a line break": plain(f"{FOLDER}/captions/a\nb.txt", b""),
    "a name longer than a header": plain(f"{FOLDER}/captions/{'x' * 200}.txt", b""),
    "a pickle": plain(f"{FOLDER}/optimizer.pt", b"\x80\x04."),
    "a pickle in a folder of its own": plain(f"{FOLDER}/state/pytorch_model.BIN", b"\x80\x04."),
    "a pickle beside a harmless name": plain(f"{FOLDER}/README.md.pkl", b"\x80\x04."),
    "a script": plain(f"{FOLDER}/run.sh", b"#!/bin/sh"),
    "the same name twice": plain(f"{FOLDER}/config.yaml", b""),
    "the same name in another case": plain(f"{FOLDER}/captions/ONE.txt", b""),
    "a second weights file": plain(f"{FOLDER}/second.safetensors", LORA),
    "a second weights file in another case": plain(f"{FOLDER}/second.SafeTensors", LORA),
    "a link named like something harmless": (info(f"{FOLDER}/README.md", kind=tarfile.SYMTYPE, linkname="/x"), b""),
    "the weights twice": plain(WEIGHTS, LORA),
}


@pytest.mark.parametrize("what", MORE)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_all_is_refused_when_beside_the_weights_there_is(what: str, first: bool) -> None:
    """FI-01: in front of the weights and behind them."""
    members = trainer_members(LORA)
    with pytest.raises(WeightsRefused):
        whole(archive(*([MORE[what], *members] if first else [*members, MORE[what]])))


HARMLESS = {
    "a readme": plain(f"{FOLDER}/README.md", b"# People"),
    "a database of losses": plain(f"{FOLDER}/loss_log.db", b"SQLite format 3\x00" * 100),
    "a log in a folder": plain(f"{FOLDER}/logs/train.log", b"step 1"),
    "a file without an ending": plain(f"{FOLDER}/LICENSE", b""),
    "another folder": plain("elsewhere/config.json", b"{}"),
}


@pytest.mark.parametrize("what", HARMLESS)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_one_harmless_file_more_is_left_unread_and_counted(what: str, first: bool) -> None:
    """A paid result is not thrown away for a readme."""
    members = [directory(f"{FOLDER}/samples"), *trainer_members(LORA)]
    stream = safetensors_of(piped(archive(*([HARMLESS[what], *members] if first else [*members, HARMLESS[what]]))))
    assert (stream.read(), stream.skipped) == (LORA, 1)


def test_what_the_trainer_always_writes_is_not_counted() -> None:
    stream = safetensors_of(io.BytesIO(GOOD))
    assert (stream.read(), stream.skipped) == (LORA, 0)


@pytest.mark.parametrize("folder", ["..", "/", "/output", "a/..", "a/../..", "./.", "a//b", "a\\b", "", " \x00x"])
def test_a_whole_archive_whose_names_lead_out_of_it_is_refused(folder: str) -> None:
    """FI-01."""
    with pytest.raises(WeightsRefused):
        whole(archive(plain(f"{folder}/lora.safetensors", LORA)))


def patched(offset: int, field: bytes, content: bytes = b"") -> bytes:
    """A directory whose header is bent and its checksum made right again, and then the good weights."""
    header = bytearray(info(FOLDER, kind=tarfile.DIRTYPE).tobuf(tarfile.USTAR_FORMAT))
    header[offset : offset + len(field)] = field
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header)
    return bytes(header) + content + archive(plain(WEIGHTS, LORA))


def test_what_tells_two_readers_the_same_is_not_refused() -> None:
    assert whole(patched(136, b"00000000007\x00")) == LORA, "the time of a file is nobody's business"


BENT = {
    "another magic": patched(257, b"tsuar\x00"),
    "a directory with content": patched(124, b"00000001000\x00", bytes(512)),
    "a second name behind the first one's end": patched(90, b"x"),
    "a name that is not text": patched(0, b"\xff"),
    "a size in binary": patched(124, b"\x80" + bytes(11)),
    "a checksum that is wrong": patched(0, b"o")[:100] + b"x" + patched(0, b"o")[101:],
}


@pytest.mark.parametrize("what", BENT)
def test_a_header_that_two_readers_would_read_differently_is_refused(what: str) -> None:
    """FI-01."""
    with pytest.raises(WeightsRefused):
        whole(BENT[what])


def test_an_extension_header_that_goes_on_and_on_is_refused() -> None:
    """FI-01: even of harmless words."""
    words = b"11 mtime=1\n" * 800
    with pytest.raises(WeightsRefused):
        whole(archive((info("x", len(words), tarfile.XHDTYPE), words), plain(WEIGHTS, LORA)))


@pytest.mark.parametrize("word", ["path=x.safetensors", "size=9999999", "linkpath=/", "GNU.sparse.major=1"])
@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_extension_headers_that_change_a_member_are_refused(word: str, kind: bytes) -> None:
    """FI-01."""
    record = f"{len(word) + 4} {word}\n".encode()
    assert len(record) == len(word) + 4, "the record must be well-formed, to be refused for its word"
    with pytest.raises(WeightsRefused):
        whole(archive((info("x", len(record), kind), record), plain(WEIGHTS, LORA)))


@pytest.mark.parametrize("records", [b"", b"x", b"999 mtime=1\n", b"0 mtime=1\n", b"-1 mtime=1\n", b"12 mtime=1\n12"])
def test_two_or_broken_extension_headers_are_refused(records: bytes) -> None:
    """FI-01."""
    broken = (info("x", len(records), tarfile.XHDTYPE), records)
    with pytest.raises(WeightsRefused):
        whole(archive(broken, broken, plain(WEIGHTS, LORA)))


@pytest.mark.parametrize("size", [(1 << 30) + 1, 1 << 40, -1])
def test_more_than_a_gibibyte_is_refused_from_its_header_alone(size: int) -> None:
    """FI-01."""
    with pytest.raises(WeightsRefused):
        safetensors_of(piped(info(WEIGHTS, size).tobuf(tarfile.GNU_FORMAT) + bytes(4096)))


def test_more_than_a_hundred_members_are_refused() -> None:
    """FI-01."""
    captions = [plain(f"{FOLDER}/captions/{number}.txt", b"") for number in range(100)]
    assert whole(archive(plain(WEIGHTS, LORA), *captions[:99])) == LORA
    with pytest.raises(WeightsRefused):
        whole(archive(plain(WEIGHTS, LORA), *captions))


END = len(GOOD.rstrip(b"\x00")) // 512 * 512 + 512


@pytest.mark.parametrize("length", [*range(0, END + 1024, 97), END, END + 512, END + 1023])
def test_an_archive_cut_anywhere_is_refused(length: int) -> None:
    """FI-01, FI-07: also right after the weights, where the file itself would look whole."""
    with pytest.raises(WeightsRefused):
        whole(GOOD[:length])


@pytest.mark.parametrize("tail", [b"x", GOOD, bytes(2 << 20)])
def test_what_follows_the_end_is_refused(tail: bytes) -> None:
    """FI-01."""
    with pytest.raises(WeightsRefused):
        whole(GOOD + tail)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(2000), b"\x1f\x8b" + bytes(2000), bytes(10240), LORA * 9])
def test_what_is_no_tar_with_weights_is_refused(data: bytes) -> None:
    """FI-01: a compressed one neither, so that nothing can unpack to more than it weighs."""
    with pytest.raises(WeightsRefused):
        whole(data)


def test_an_empty_weights_file_is_refused() -> None:
    with pytest.raises(WeightsRefused):
        whole(archive(plain(WEIGHTS, b"")))


@given(st.binary(max_size=2000), st.integers(0, END), st.booleans())
def test_a_damaged_archive_gives_the_weights_or_a_refusal_and_nothing_else(noise: bytes, at: int, pipe: bool) -> None:
    """FI-01."""
    damaged = GOOD[:at] + noise + GOOD[at + len(noise) :]
    try:
        stream = safetensors_of(piped(damaged) if pipe else io.BytesIO(damaged))
        assert len(stream.read()) == stream.size
    except WeightsRefused:
        pass


def test_a_fault_of_the_download_stays_what_it_is() -> None:
    """FI-07: the caller must see that it may fetch again."""

    class Broken(Pipe):
        def read(self, size: int = -1) -> bytes:
            return super().read(size) or self.fail()

        def fail(self) -> bytes:
            raise Unavailable("The line went dead.")

    with pytest.raises(Unavailable):
        safetensors_of(cast("BinaryIO", Broken(GOOD[:2000]))).read()
