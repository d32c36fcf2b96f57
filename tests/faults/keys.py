"""The secrets that we share with our neighbours. Each is read at its use, and kept for five minutes."""

from collections.abc import Callable
from typing import Any

import httpx
from faults.kinds import KEPT_SECONDS

Secret = dict[str, Any]


class Keys:
    """As Secrets Manager has them, and as we have them in memory."""

    def __init__(self, now: Callable[[], float], secrets: dict[str, Secret]) -> None:
        self._now, self._secrets = now, secrets
        self._kept: dict[str, tuple[Secret, float]] = {}

    def read(self, name: str, *, fresh: bool) -> Secret:
        """As our process reads it."""
        kept, until = self._kept.get(name, ({}, 0.0))
        if fresh or self._now() >= until:
            kept = self._secrets[name]
            self._kept[name] = kept, self._now() + KEPT_SECONDS
        return kept

    def rotate(self, name: str, secret: Secret | None = None) -> None:
        """There is a new one from now on, a moment after we read the old; one that only we show may keep its words."""
        self._kept[name] = self._secrets[name], self._now() + KEPT_SECONDS
        self._secrets[name] = {**(secret or self._secrets[name])}

    def forget(self) -> None:
        """What we have in memory, as after those five minutes."""
        self._kept.clear()

    def shown_old(self, name: str, request: httpx.Request) -> bool:
        """Is what a request shows another than its neighbour knows?"""
        kept, _ = self._kept.get(name, (self._secrets[name], 0.0))
        shown = f"Bearer {next(iter(kept.values()))}"
        return kept is not self._secrets[name] and request.headers.get("authorization") == shown
