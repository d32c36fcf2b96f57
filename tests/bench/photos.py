"""The body checks on made cases, and the time of a warm check beside decode + networks alone."""

from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import numpy as np
from photo_cases import EXPECTED, HEIGHTS, cases, good_photo, jpeg
from PIL import Image

from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.networks import networks

ROUNDS = 15
SMALL = ("01", "03", "08")
BIG = (3_000, 4_500)  # pixels of a phone

Verdicts = Counter[tuple[str, str]]


class Warm(NamedTuple):
    """Milliseconds of the parts of one warm check."""

    decode: float
    networks: float
    check: float

    @property
    def ratio(self) -> float:
        """What DESIGN bounds: all of it against what no check can do without."""
        return (self.decode + self.check) / (self.decode + self.networks)

    def __str__(self) -> str:
        return f"decode {self.decode:.0f} ms, networks {self.networks:.0f} ms, check {self.check:.0f} ms"


def verdict(report: PhotoReport) -> str:
    """The first blocking code, or ok."""
    return report.blocking[0].code if report.blocking else "ok"


def verdicts() -> Verdicts:
    """How many photos of each made case got which verdict."""
    return Counter(
        (case, verdict(check_photo(open_photo(jpeg(image))))) for name in HEIGHTS for case, image in cases(name)
    )


def right(found: Verdicts) -> int:
    """How many got the verdict that they were made for."""
    return sum(found[case, expected or "ok"] for case, expected in EXPECTED.items())


def print_verdicts(found: Verdicts) -> None:
    """The table of confusion: made cases down, verdicts across."""
    columns = sorted({code for _, code in found}, key=lambda code: (code != "ok", code))
    print(f"{'case':<14}{'expected':<16}" + "".join(f"{code:>16}" for code in columns))
    for case, expected in EXPECTED.items():
        counts = "".join(f"{found[case, code] or '.':>16}" for code in columns)
        print(f"{case:<14}{expected or 'ok':<16}{counts}")


def warm_of_a_phones_photo() -> Warm:
    """Of 13 megapixels."""
    return _warm(good_photo("03").resize(BIG, Image.Resampling.BICUBIC))


def warm_of_small_photos() -> Warm:
    """The slowest of some demo photos as they are, about one megapixel."""
    return max((_warm(good_photo(name)) for name in SMALL), key=lambda warm: warm.ratio)


def _warm(image: Image.Image) -> Warm:
    data = jpeg(image)
    photo, nets = open_photo(data), networks()
    squares = [(net, np.zeros((side, side, 3), np.float32)) for net, side in zip(nets, (224, 256, 192), strict=True)]
    todo: list[Callable[[], object]] = [
        lambda: open_photo(data),
        lambda: [net(square) for net, square in squares],
        lambda: check_photo(photo),
    ]
    # in turns and the best of each: what else runs on this machine disturbs all three alike
    rounds = [[_milliseconds(work) for work in todo] for _ in range(ROUNDS)]
    return Warm(*(min(times) for times in zip(*rounds, strict=True)))


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return 1000 * (perf_counter() - start)
