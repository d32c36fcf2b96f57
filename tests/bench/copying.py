"""`python -m bench.copying HOW …`, in a process of its own: weights from one address to another, in three ways.

Prints seconds, memory and what reached a disk. Nothing is timed that is imported here.
"""

import json
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.fresh import peak_memory_so_far

LOOK_SECONDS = 0.02


@dataclass
class Copied:
    """MB of 10^6 bytes; `memory` over the seconds."""

    seconds: float
    peak_mb: float
    written: int
    memory: list[tuple[float, float]] = field(default_factory=list)


def ours(event: str) -> None:
    from workflow.ingest_weights import handler

    handler(json.loads(event), None)


def plain(source: str, target: str, key: str) -> None:
    """Byte for byte as they come; nothing is looked at."""
    import httpx

    with httpx.Client(timeout=60) as http, http.stream("GET", source) as answer:
        http.post(target, content=answer.iter_bytes(), headers=_headers(key)).raise_for_status()


def whole(source: str, target: str, key: str) -> None:
    """Downloaded, held and uploaded, as the SDKs' first examples have it."""
    import httpx

    with httpx.Client(timeout=60) as http:
        data = http.get(source).content
        http.post(target, content=data, headers=_headers(key)).raise_for_status()


def _headers(key: str) -> dict[str, str]:
    return {
        "apikey": key, "Authorization": f"Bearer {key}", "x-upsert": "true",
        "content-type": "application/octet-stream",
    }  # fmt: skip


def _written() -> int:
    """Bytes that this process caused to be sent to a disk; 0 where the system does not tell."""
    with suppress(OSError):
        lines = Path("/proc/self/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))
    return 0


def _resident_mb() -> float:
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 / 1e6 if status.is_file() else 0.0


def main() -> None:
    """The measured process."""
    how, *arguments = sys.argv[1:]
    import httpx  # noqa: F401

    import workflow.ingest_weights  # noqa: F401  imports are the line of the doors

    ended, memory = threading.Event(), list[tuple[float, float]]()
    before, began = _written(), time.monotonic()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            memory.append((time.monotonic() - began, _resident_mb()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        {it.__name__: it for it in (ours, plain, whole)}[how](*arguments)
        taken = time.monotonic() - began
    finally:
        ended.set()
        watcher.join()
    print("\n" + json.dumps(asdict(Copied(taken, peak_memory_so_far(), _written() - before, memory))))


if __name__ == "__main__":
    main()
