"""The only thing taken from the trainer's archive: its LoRA, as a stream that is checked while it flows.

Knows no network and no disk, writes nothing, and never unpickles or extracts anything.
"""

import hashlib
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from croquis.domain.runs.archive import CHUNK, Member, Tar
from croquis.domain.runs.safetensors import LENGTH_BYTES, LoraHeader, check_header, header_length
from croquis.errors import WeightsRefused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["CheckedWeights", "LoraHeader", "WeightsStream", "check_header", "safetensors_of"]

# beside the weights, the trainer packs its configuration and the captions
_EXPECTED = re.compile(r"(?:[^/]+/)*(?:config\.yaml|captions/[^/]+\.txt)")
# weights in forms that run code when they are opened, and programs: whatever wrote these is not the trainer we pinned
_REFUSED = re.compile(
    r".*\.(?:pt|pth|ckpt|bin|pkl|pickle|npy|npz|joblib|dill|py|pyc|sh|so|exe|dll|js)", re.IGNORECASE | re.DOTALL
)


class WeightsStream(io.BufferedReader):
    """The bytes of the archive's safetensors member, `size` of them."""

    def __init__(self, raw: "_WeightsMember") -> None:
        super().__init__(raw, CHUNK)
        self.size = raw.size
        self._layout = raw.layout

    @property
    def skipped(self) -> int:
        """How many files more than usual lie beside the weights, unread; all are counted when the stream has ended."""
        return self._layout.skipped


def safetensors_of(tar: BinaryIO) -> WeightsStream:
    """The one expected member as a stream, or raises `WeightsRefused`; writes nothing.

    The archive is read once, in order, so members behind the weights are only seen when the weights have been read:
    the stream hands out its last bytes only after the rest of the archive was found clean, and raises `WeightsRefused`
    in their place if it was not. Keep nothing of a stream that raised. An archive that can be rewound is checked to
    its end before the stream is returned.
    """
    if tar.seekable():
        start = tar.tell()
        _open(tar).drain()
        tar.seek(start)
    return WeightsStream(_open(tar))


class CheckedWeights(io.BufferedReader):
    """Passes a safetensors file of `size` bytes through, and knows it when it has been read to its end.

    The header is checked when this is made, the length at the end; either may raise `WeightsRefused`. `sha256` (hex) is
    there once the stream was read to its end, and asking for it earlier is an error.
    """

    def __init__(self, source: BinaryIO, size: int) -> None:
        head = _exactly(source, LENGTH_BYTES)
        head += _exactly(source, header_length(head, size))
        self.header = check_header(head, size)
        self.size = size
        self._hashed = _Hashed(head, source, size)
        super().__init__(self._hashed, CHUNK)

    @property
    def sha256(self) -> str:
        return self._hashed.hexdigest()


class _Layout:
    """Which members the trainer's archive may hold: one file of weights, and whatever is harmless to leave unread."""

    def __init__(self) -> None:
        self.skipped = 0
        self._found = False

    def is_weights(self, member: Member) -> bool:
        if member.is_directory:
            return False
        if member.path.casefold().endswith(".safetensors"):
            return True
        if _REFUSED.fullmatch(member.path):
            raise _refused("The archive holds a pickle or a program.")
        self.skipped += not _EXPECTED.fullmatch(member.path)
        return False

    def admit_weights(self, member: Member) -> None:
        if self._found:
            raise _refused("The archive holds two weights files.")
        if not member.size:
            raise _refused("The archive's weights file is empty.")
        self._found = True


class _WeightsMember(io.RawIOBase):
    """Reads the weights member out of the archive; its last bytes wait until the rest was checked."""

    def __init__(self, tar: Tar, layout: _Layout, size: int) -> None:
        self._tar = tar
        self.layout = layout
        self._left = size
        self.size = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._left or not len(view):
            return 0
        data = self._tar.read(min(len(view), self._left))
        if len(data) == self._left:
            self._check_rest()
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)

    def drain(self) -> None:
        while self.read(CHUNK):
            pass

    def _check_rest(self) -> None:
        while member := self._tar.next():
            if self.layout.is_weights(member):
                self.layout.admit_weights(member)


class _Hashed(io.RawIOBase):
    def __init__(self, head: bytes, source: BinaryIO, size: int) -> None:
        self._head = head
        self._source = source
        self._left = size
        self._digest = hashlib.sha256()
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._take(len(view))
        self._digest.update(data)
        view[: len(data)] = data
        return len(data)

    def hexdigest(self) -> str:
        if not self._ended:
            raise ValueError("The hash is known once the stream has been read to its end.")
        return self._digest.hexdigest()

    def _take(self, size: int) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
        else:
            data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0 or (size and not data and self._left):
            raise _refused("The weights file is longer or shorter than was announced.")
        self._ended = self._left == 0
        return data


def _open(tar: BinaryIO) -> _WeightsMember:
    members, layout = Tar(tar), _Layout()
    while member := members.next():
        if layout.is_weights(member):
            layout.admit_weights(member)
            return _WeightsMember(members, layout, member.size)
    raise _refused("The archive holds no weights file.")


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.read(size - len(data))
        if not part:
            raise _refused("The weights file ends too early.")
        data += part
    return data


def _refused(sentence: str) -> WeightsRefused:
    return WeightsRefused("weights_refused", sentence, "Train again; nothing of this archive was kept.")
