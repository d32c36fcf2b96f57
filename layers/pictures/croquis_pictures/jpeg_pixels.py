"""Decodes a JPEG scan by scan, and so sees what the decoder keeps to itself: that a scan had no data for all pixels.

libjpeg makes such pixels grey, or leaves them coarse, and calls it a warning, which Pillow drops.
"""

from collections.abc import Sequence
from typing import Protocol, cast

from PIL import Image
from PIL.ImageFile import ImageFile

from croquis_pictures.jpeg_parts import Incomplete, Scan

# No Huffman code is all ones. Where data are missing, each block eats 17 bits of this filler or more, and the decoder
# waits until it sees 57 bits ahead. Behind a complete scan, where a marker is due, each pair is passed over at once.
FILLER, AHEAD, PROBES = b"\xff\x00", 9, 8
END = b"\xff\xd9"


class Decoder(Protocol):
    """Pillow's, of which its types say nothing: it answers how many bytes it took, below 0 at its end; and a fault."""

    def setimage(self, image: "Image.core.ImagingCore", extents: tuple[int, int, int, int] | None, /) -> None: ...
    def decode(self, data: bytes, /) -> tuple[int, int]: ...
    def cleanup(self) -> object: ...


def load_pixels(source: ImageFile, scans: Sequence[Scan]) -> None:
    """What `source.load()` does, of these scans alone. Raises Incomplete, or OSError for data that are no JPEG's."""
    source.load_prepare()
    ((codec, extents, _, args),) = source.tile
    of_pillow = Image._getdecoder(source.mode, codec, args, source.decoderconfig)  # pyright: ignore[reportPrivateUsage]
    decoder = cast("Decoder", of_pillow)
    decoder.setimage(source.im, extents)
    feed = _Feed(decoder)
    try:
        for scan in scans:
            feed.give(scan.markers)
            feed.give(scan.data)
            feed.give(FILLER * AHEAD)
            passed_over = [feed.give(FILLER) for _ in range(PROBES)]
            if not all(passed_over) or not scan.has_its_restarts:
                raise Incomplete
        feed.give(END)
    finally:
        decoder.cleanup()
    if not feed.ended:
        raise Incomplete
    source.tile = []


class _Feed:
    """Gives data to a decoder, and again what it left of them, until it has all rows."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._left = b""
        self.ended = False

    def give(self, data: bytes | memoryview) -> bool:
        """Whether nothing is left."""
        if self.ended:
            return True
        self._left = b"".join((self._left, data))
        taken, fault = self._decoder.decode(self._left)
        if fault < 0:
            raise OSError(fault)
        self.ended = taken < 0
        self._left = b"" if self.ended else self._left[taken:]
        return not self._left
