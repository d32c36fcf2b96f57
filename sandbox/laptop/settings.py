"""What a start can be told by environment variables: ports, the pages that may call, what shall go wrong."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from sandbox.laptop.addresses import Ports
from sandbox.laptop.faults import Faults

ORIGINS = "CROQUIS_ALLOWED_ORIGINS"
PAGES = ",".join(f"http://{host}:{port}" for port in (3000, 5173) for host in ("localhost", "127.0.0.1"))
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


@dataclass(frozen=True)
class LaptopSettings:
    """Of one start."""

    ports: Ports
    origins: str = PAGES  # of pages in a browser that may call the API, with commas between them
    faults: Faults = field(default_factory=Faults)

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """As the environment says it, or ValueError that names the variable and what is wrong."""
        origins = [each.strip() for each in environ.get(ORIGINS, PAGES).split(",") if each.strip()]
        if wrong := next((each for each in origins if not ORIGIN.fullmatch(each)), None):
            raise ValueError(
                f"{ORIGINS} has {wrong!r}, which is no origin. Name scheme, host and port, without a path: {PAGES}"
            )
        return cls(Ports.from_environ(environ), ",".join(origins), Faults.named(environ.get("FAULT", "")))
