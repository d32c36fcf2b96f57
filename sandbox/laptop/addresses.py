"""Where everything stands on this laptop: 127.0.0.1 only, each port can be chosen by an environment variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """CROQUIS_GATEWAY_PORT and so on; the defaults lie below the range from which systems give ports to clients."""

    gateway: int = 15421
    postgres: int = 15432
    twin: int = 15423
    api: int = 15420
    aws: int = 15424
    twin_tls: int = 15425

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The ports as set, or ValueError that names the variable."""
        chosen: dict[str, int] = {}
        for part in fields(cls):
            name = f"CROQUIS_{part.name.upper()}_PORT"
            text = environ.get(name, "")
            if text and not (text.isdigit() and 0 < int(text) < 65536):
                raise ValueError(f"{name} must be a port number, not {text!r}.")
            if text:
                chosen[part.name] = int(text)
        return cls(**chosen)

    def url(self, part: str) -> str:
        """http://127.0.0.1:PORT of a part."""
        return f"http://{HOST}:{getattr(self, part)}"
