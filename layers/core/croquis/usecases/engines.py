"""Once a day: does the provider still offer what we order, and does it take what we send?"""

import logging

from croquis.ports import Croquis
from croquis.ports.engines import KnownEngine, SeenEngine

log = logging.getLogger(__name__)


def known_engines(croquis: Croquis) -> list[KnownEngine]:
    """Each engine that may be ordered, and the trainer."""
    name, version = croquis.provider.trainer_name, croquis.provider.trainer_version
    return [*croquis.store.engines.engines_to_look_at(), KnownEngine(name=name, version=version)]


def look_at(croquis: Croquis, known: KnownEngine) -> bool:
    """Keep what the provider says of one; whether somebody should look at it."""
    seen = croquis.provider.look_at_engine(known)
    fresh = croquis.store.engines.record_engine_look(known.name, seen)
    newer = fresh and known.version is not None and seen.version != known.version
    if seen.is_there and not seen.changed and not newer:
        return False
    _tell(known, seen)
    return True


def _tell(known: KnownEngine, seen: SeenEngine) -> None:
    keys = {"engine": known.name, "is_there": seen.is_there, "changed": list(seen.changed)}
    log.error("an engine is not as it was", extra={**keys, "pinned": known.version, "newest": seen.version})
