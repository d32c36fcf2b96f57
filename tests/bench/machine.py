"""Where a line was measured, and what else ran there meanwhile: a busy machine is named beside its figures."""

import os
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

MUCH_OF_OTHERS, MUCH_STOLEN, WIDE = 0.1, 0.02, 0.15
STAT = Path("/proc/stat")


@dataclass
class Machine:
    """Shares are of all processors, over the time of the measurement."""

    python: str
    processor: str
    system: str
    cores: int
    load: float = 0.0  # the average of the minute before
    others: float | None = None  # what other programs used, where the system tells
    stolen: float | None = None  # what the host gave to other machines
    seconds: float = 0.0

    def busy(self, spread: float | None) -> str:
        """Why its figures are to be taken with care; empty on a quiet machine."""
        reasons = [
            f"other programs used {self.others:.0%} of the processors" if (self.others or 0) > MUCH_OF_OTHERS else "",
            f"the host stole {self.stolen:.0%}" if (self.stolen or 0) > MUCH_STOLEN else "",
            f"the load was {self.load:.1f} before" if self.load > self.cores else "",
            f"ratios spread by {spread:.0%}" if (spread or 0) > WIDE else "",
        ]
        return ", ".join(filter(None, reasons))

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@contextmanager
def watched() -> Iterator[Machine]:
    """The machine, whose shares are known when the block has ended."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    machine = Machine(platform.python_version(), platform.machine(), platform.system(), cores, load=os.getloadavg()[0])
    began, before, own = time.monotonic(), _ticks(), _own_seconds()
    yield machine
    machine.seconds = time.monotonic() - began
    if before and (after := _ticks()):
        passed = [later - earlier for earlier, later in zip(before, after, strict=True)]
        total, (idle, waiting, stolen) = sum(passed) or 1, (passed[3], passed[4], passed[7])
        ours = (_own_seconds() - own) * os.sysconf("SC_CLK_TCK")
        machine.others = max(0.0, (total - idle - waiting - stolen - ours) / total)
        machine.stolen = stolen / total


def _ticks() -> list[int]:
    """user, nice, system, idle, iowait, irq, softirq, steal; nothing where this is not Linux."""
    return [int(it) for it in STAT.read_text().split("\n", 1)[0].split()[1:9]] if STAT.is_file() else []


def _own_seconds() -> float:
    """Of this process and of those that it has seen end."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(it.ru_utime + it.ru_stime for it in used)
