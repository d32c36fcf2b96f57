"""The photo check in a process of its own: its first photo, and the most memory that it takes.

Nothing heavy is imported above: a measured process imports it itself, on its own time.
"""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ROUNDS = 7


class Cold(NamedTuple):
    """Seconds from an empty interpreter to the end of the first photo."""

    check: float
    alone: float

    @property
    def ratio(self) -> float:
        """All of it against importing the libraries, decoding, and the first run of the networks."""
        return self.check / self.alone

    def __str__(self) -> str:
        return f"{self.check:.2f} s against {self.alone:.2f} s"


def cold_start(photo: Path) -> Cold:
    """In turns, and the best of each."""
    rounds = [(_fresh(first_check, photo), _fresh(first_run_of_networks, photo)) for _ in range(ROUNDS)]
    return Cold(*(min(times) for times in zip(*rounds, strict=True)))


def peak_memory(photo: Path) -> float:
    """MB (10^6 bytes) that a process takes at most which checks this photo and makes the copies that are kept."""
    return _fresh(memory_of_check, photo)


def first_check(photo: Path) -> float:
    """Runs in a fresh process: seconds."""
    began = perf_counter()
    from croquis_pictures import open_photo
    from croquis_vision import check_photo

    check_photo(open_photo(photo.read_bytes()))
    return perf_counter() - began


def first_run_of_networks(photo: Path) -> float:
    """Runs in a fresh process, without a line of ours: seconds."""
    from fetch_models import FOLDER  # a few modules of the standard library

    began = perf_counter()
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingTypeStubs]
    from PIL import Image

    with Image.open(photo) as image:
        image.load()
    for weights in FOLDER.glob("*.tflite"):
        network = Interpreter(str(weights), num_threads=1)
        network.allocate_tensors()
        given = network.get_input_details()[0]
        network.set_tensor(given["index"], np.zeros(given["shape"], np.float32))
        network.invoke()
    return perf_counter() - began


def memory_of_check(photo: Path) -> float:
    """Runs in a fresh process: MB."""
    from croquis_pictures import open_photo
    from croquis_vision import check_photo

    opened = open_photo(photo.read_bytes())
    check_photo(opened)
    opened.clean_copy()
    opened.thumbnail()
    return peak_memory_so_far()


def peak_memory_so_far() -> float:
    """MB (10^6 bytes) that this process took at most."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux hands the peak of whoever started a process down to it in getrusage
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS: bytes


def _fresh(work: Callable[[Path], float], photo: Path) -> float:
    command = [sys.executable, "-m", "bench.fresh", work.__name__, str(photo)]
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode:
        raise RuntimeError(f"{work.__name__} ended with {outcome.returncode}: {outcome.stderr[-1000:]}")
    return float(outcome.stdout)


def main() -> None:
    """The measured process."""
    work = {it.__name__: it for it in (first_check, first_run_of_networks, memory_of_check)}[sys.argv[1]]
    print(work(Path(sys.argv[2])))


if __name__ == "__main__":
    main()
