"""What a file says about its pixels. It is read once, applied, and kept nowhere."""

from dataclasses import dataclass

from croquis_pictures.colour import Way

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
