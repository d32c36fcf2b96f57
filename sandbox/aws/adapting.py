"""What both engines share: how upstream's code is adapted, who may call, and that no engine outlives its launcher.

Runs in the engines' own environments: only the standard library here.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from typing import Any

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of `owner.name`; if upstream has no such name, the engine does not start."""
    original = getattr(owner, name, None)
    if original is None:
        sys.exit(
            f"{getattr(owner, '__name__', owner)} has no {name} any more: adapt sandbox/aws to the new version."
        )
    setattr(owner, name, make(original))


def host_of(header: str) -> str:
    return header.rsplit(":", 1)[0]


def is_from_a_program_here(host_header: str, header_names: Collection[str]) -> bool:
    """No web page sent this: pages send Origin or Sec-Fetch-Site, and a rebound name shows in Host.

    The engines have no authentication, and making a Lambda is running code as the user.
    """
    return host_of(host_header) in LOOPBACK and not {"origin", "sec-fetch-site"} & set(header_names)


def end_with_the_launcher() -> None:
    """Stop this engine as SIGTERM would when the launcher's end of our standard input closes, however it died."""
    threading.Thread(target=_wait_for_the_end, daemon=True, name="launcher").start()


def _wait_for_the_end() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
