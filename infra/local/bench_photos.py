"""`python -m local.bench_photos`: the body checks on made cases, and their time beside the networks alone."""

from collections import Counter
from collections.abc import Callable
from time import perf_counter

import numpy as np
from PIL import Image

from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.networks import networks
from local.photo_cases import EXPECTED, HEIGHTS, cases, good_photo, jpeg

ROUNDS = 15
BIG = (3_000, 4_500)  # pixels of a phone


def main() -> None:
    """Print the table of verdicts and the ratios of times."""
    _print_verdicts()
    _print_times()


def verdict(report: PhotoReport) -> str:
    """The first blocking code, or ok."""
    return report.blocking[0].code if report.blocking else "ok"


def _print_verdicts() -> None:
    found = Counter(
        (case, verdict(check_photo(open_photo(jpeg(image))))) for name in HEIGHTS for case, image in cases(name)
    )
    columns = sorted({code for _, code in found}, key=lambda code: (code != "ok", code))
    print(f"{'case':<14}{'expected':<16}" + "".join(f"{code:>16}" for code in columns))
    for case, expected in EXPECTED.items():
        counts = "".join(f"{found[case, code] or '.':>16}" for code in columns)
        print(f"{case:<14}{expected or 'ok':<16}{counts}")


def _print_times() -> None:
    print(f"\n{'photo':<22}{'decode':>9}{'networks':>10}{'check':>9}{'(decode + check) / (decode + networks)':>42}")
    for name in ("01", "03", "08"):
        photo = good_photo(name)
        _print_time(f"{name} {photo.width} x {photo.height}", jpeg(photo))
    photo = good_photo("03").resize(BIG, Image.Resampling.BICUBIC)
    _print_time(f"03 {photo.width} x {photo.height}", jpeg(photo))


def _print_time(title: str, data: bytes) -> None:
    photo = open_photo(data)
    nets = networks()
    squares = [(net, np.zeros((side, side, 3), np.float32)) for net, side in zip(nets, (224, 256, 192), strict=True)]
    todo: list[Callable[[], object]] = [
        lambda: open_photo(data),
        lambda: [net(square) for net, square in squares],
        lambda: check_photo(photo),
    ]
    # in turns and the best of each: what else runs on this machine disturbs all three alike
    rounds = [[_milliseconds(work) for work in todo] for _ in range(ROUNDS)]
    decode, alone, check = (min(times) for times in zip(*rounds, strict=True))
    ratio = (decode + check) / (decode + alone)
    print(f"{title:<22}{decode:>6.0f} ms{alone:>7.0f} ms{check:>6.0f} ms{ratio:>42.2f}")


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return 1000 * (perf_counter() - start)


if __name__ == "__main__":
    main()
