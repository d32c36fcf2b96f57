"""The engines as the database knows them, to check whether the provider still offers them that way."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from croquis.domain.row import Row


class KnownEngine(Row):
    """What is known of one: its pinned version, if it has one, and the fingerprint of its input."""

    name: str
    version: str | None
    schema_sha256: str | None = None


class SeenEngine(BaseModel):
    """What the provider says of one; `changed` names what is not as it was known: fields of its input, price tier."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    is_there: bool
    version: str | None = None  # its newest
    changed: tuple[str, ...] = ()


class Engines(Protocol):
    """Which engines may be ordered is decided where they are ordered: here is only the daily look."""

    def engines_to_look_at(self) -> list[KnownEngine]: ...

    def record_engine_look(self, engine: str, seen: SeenEngine) -> bool:
        """True when its newest version is news."""
        ...
