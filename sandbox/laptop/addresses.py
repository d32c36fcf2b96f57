"""Where everything stands on this laptop: 127.0.0.1 only, each port can be chosen by an environment variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from sandbox.laptop.serving import HOST, listen


def variable(part: str) -> str:
    """The environment variable that chooses the port of a part."""
    return f"CROQUIS_{part.upper()}_PORT"


@dataclass(frozen=True)
class Ports:
    """CROQUIS_GATEWAY_PORT and so on; the defaults lie below the range from which systems give ports to clients."""

    gateway: int = 15421
    postgres: int = 15432
    twin: int = 15423
    api: int = 15420
    aws: int = 15424
    twin_tls: int = 15425
    page: int = 15426

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The ports as set, or ValueError that names the variable."""
        chosen: dict[str, int] = {}
        for part in fields(cls):
            text = environ.get(variable(part.name), "")
            if text and not (text.isdecimal() and 0 < int(text) < 65536):
                raise ValueError(f"{variable(part.name)} must be a port number, not {text!r}.")
            if text:
                chosen[part.name] = int(text)
        ports = cls(**chosen)
        numbers = {part.name: getattr(ports, part.name) for part in fields(cls)}
        for name, port in numbers.items():
            if twin := next((it for it in numbers if it != name and numbers[it] == port), None):
                raise ValueError(
                    f"{variable(name)} and {variable(twin)} are both {port}. Each needs a port of its own."
                )
        return ports

    def must_be_free(self, *but: str) -> None:
        """ServerError that names the first port that cannot be had, and its variable; nothing is left open."""
        for part in fields(self):
            if part.name not in but:
                listen(getattr(self, part.name), variable(part.name)).close()

    def url(self, part: str) -> str:
        """http://127.0.0.1:PORT of a part."""
        return f"http://{HOST}:{getattr(self, part)}"

    def origins(self, part: str) -> tuple[str, str]:
        """The two names under which a browser of this machine knows a part."""
        return self.url(part), f"http://localhost:{getattr(self, part)}"
