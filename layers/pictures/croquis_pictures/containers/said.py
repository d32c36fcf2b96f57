"""What a file says about its pixels. It is read once, applied, and kept nowhere."""

from dataclasses import dataclass

from croquis_pictures.colour import Way

MOST_PARTS = 100_000  # chunks or segments; 25 MB in IDATs of one kilobyte are 25,000
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Key:
    """PNG's transparent colour: one sample of `depth` bits for grey, three for RGB."""

    samples: tuple[int, ...]
    depth: int


@dataclass(frozen=True)
class Said:
    """`ways` are the descriptions of the colours, the strongest first; `crop` is in pixels of the decoded picture."""

    ways: tuple[Way, ...] = ()
    orientation: int = 1
    animated: bool = False
    key: Key | None = None
    crop: Box | None = None


class TooManyParts(ValueError):
    """No camera and no program writes a picture in so many pieces."""
