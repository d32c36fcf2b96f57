"""Reads a tar as a stream, and only the plain kind that the trainer makes: files and directories, no extensions.

Our own reader and not `tarfile`, because `tarfile` follows what an attacker writes into extension headers (names,
sizes, sparse maps, headers that promise gigabytes) before we may say no. Nothing is ever extracted.
"""

from dataclasses import dataclass
from typing import BinaryIO

from croquis.errors import WeightsRefused

BLOCK = 512
MAX_MEMBERS = 100
MAX_UNPACKED = 1 << 30
MAX_EXTENSION = 8192
MAX_PADDING = 1 << 20
CHUNK = 1 << 20

MAGICS = (b"ustar\x0000", b"ustar  \x00")
FILE_KINDS = (b"0", b"\x00")
DIRECTORY = b"5"
EXTENSION = b"x"
# the only words of an extension header that change nothing: Python's tarfile writes the exact time of a file that way
HARMLESS_WORDS = frozenset({b"mtime", b"atime", b"ctime"})


@dataclass(frozen=True)
class Member:
    """One file or directory of the archive; `path` is relative, normalised and free of tricks."""

    path: str
    size: int
    is_directory: bool


class Tar:
    """The archive's members in their order; whatever is not read of one is skipped before the next.

    Every method raises `WeightsRefused` on anything but a whole, plain archive, and whatever the stream itself raises.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = 0
        self._padding = 0
        self._unpacked = 0
        self._paths: set[str] = set()

    def next(self) -> Member | None:
        """The next member, or None at the archive's end, after which only zeros may follow."""
        self._skip(self._left + self._padding)
        self._left = self._padding = 0
        header = self._exactly(BLOCK)
        if not any(header):
            return self._end()
        if header[156:157] == EXTENSION:
            self._skip_harmless_extension(header)
            header = self._exactly(BLOCK)
        member = _member(header)
        self._count(member)
        self._left, self._padding = member.size, -member.size % BLOCK
        return member

    def read(self, size: int) -> bytes:
        """Up to `size` bytes of the current member, at least one; reading past its end is refused."""
        data = self._stream.read(min(size, self._left))
        if not data:
            raise _truncated()
        self._left -= len(data)
        return data

    def _exactly(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = self._stream.read(size)
            if not part:
                raise _truncated()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _skip(self, size: int) -> None:
        while size:
            size -= len(self._exactly(min(size, CHUNK)))

    def _end(self) -> None:
        if any(self._exactly(BLOCK)):
            raise _refused("The archive goes on after its end.")
        zeros = 0
        while part := self._stream.read(CHUNK):
            zeros += len(part)
            if zeros > MAX_PADDING or any(part):
                raise _refused("The archive goes on after its end.")

    def _skip_harmless_extension(self, header: bytes) -> None:
        _check_sum(header)
        size = _number(header[124:136])
        if size > MAX_EXTENSION:
            raise _refused("The archive uses an extension header.")
        words = _words(self._exactly(size))
        self._skip(-size % BLOCK)
        if not words <= HARMLESS_WORDS:
            raise _refused("The archive uses an extension header.")

    def _count(self, member: Member) -> None:
        # two names that differ only in case are one file on some disks
        folded = member.path.casefold()
        if folded in self._paths:
            raise _refused("The archive holds the same name twice.")
        self._paths.add(folded)
        self._unpacked += member.size
        if len(self._paths) > MAX_MEMBERS or self._unpacked > MAX_UNPACKED:
            raise WeightsRefused("archive_too_large", "The archive holds more than 100 members or 1 GiB.")


def _member(header: bytes) -> Member:
    _check_sum(header)
    if header[257:265] not in MAGICS:
        raise _refused("The archive is not a plain tar.")
    kind = header[156:157]
    if kind not in (*FILE_KINDS, DIRECTORY):
        raise _refused("The archive holds a link, a device or an extension.")
    size = _number(header[124:136])
    is_directory = kind == DIRECTORY
    if is_directory and size:
        raise _refused("The archive holds a directory with content.")
    return Member(_path(header, is_directory=is_directory), size, is_directory)


def _check_sum(header: bytes) -> None:
    if sum(header) - sum(header[148:156]) + 8 * ord(" ") != _number(header[148:156]):
        raise _refused("The archive is damaged or not a tar.")


def _number(field: bytes) -> int:
    digits = field.strip(b" \x00")
    if not digits or digits.strip(b"01234567"):
        raise _refused("The archive is damaged or not a tar.")
    return int(digits, 8)


def _path(header: bytes, *, is_directory: bool) -> str:
    name = _text(header[0:100])
    if header[257:263] == b"ustar\x00" and (prefix := _text(header[345:500])):
        name = f"{prefix}/{name}"
    name = name.removeprefix("./")
    name = name.removesuffix("/") if is_directory else name
    parts = name.split("/")
    if not name.isprintable() or "\\" in name or any(part in ("", ".", "..") for part in parts):
        raise _refused("The archive holds a member whose name leads out of it.")
    return name


def _text(field: bytes) -> str:
    text, _, rest = field.partition(b"\x00")
    if any(rest):
        raise _refused("The archive holds a member with two names.")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("The archive holds a member whose name is not text.") from None


def _words(extension: bytes) -> set[bytes]:
    words: set[bytes] = set()
    while extension:
        length, space, _ = extension.partition(b" ")
        if not (space and length.isdigit() and len(length) <= 4 and len(length) + 1 < int(length) <= len(extension)):
            raise _refused("The archive uses an extension header.")
        record, extension = extension[: int(length)], extension[int(length) :]
        words.add(record[len(length) + 1 :].partition(b"=")[0])
    return words


def _refused(sentence: str) -> WeightsRefused:
    return WeightsRefused("archive_refused", sentence, "Train again; nothing of this archive was kept.")


def _truncated() -> WeightsRefused:
    return WeightsRefused("archive_truncated", "The archive ends too early.", "Fetch it again from the provider.")
