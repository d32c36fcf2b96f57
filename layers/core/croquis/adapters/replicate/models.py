"""What Replicate says of a model: its newest version, the input that it takes, how it is priced."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from croquis.adapters.replicate.schemas import stored_schema
from croquis.domain.images.input_schema import Json, changes, fingerprint
from croquis.domain.strict_json import NotStrictJson, decoded
from croquis.errors import Unavailable
from croquis.ports.engines import KnownEngine, SeenEngine

DISABLED = b"is disabled"
INPUTS = ("Input", "TrainingInput")
GONE = SeenEngine(is_there=False)
Shape = TypeVar("Shape", bound=BaseModel)
Ask = Callable[[str], tuple[int, bytes]]  # a path's status and body


class _Version(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: str
    openapi_schema: dict[str, object] | None = None


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    latest_version: _Version | None = None
    is_official: bool | None = None


def look_at(known: KnownEngine, ask: Ask) -> SeenEngine:
    """By free calls: the model, and its pinned version where that is not the newest. Unavailable: nobody can tell."""
    path = f"/v1/models/{known.name}"
    model = _read(_Model, ask(path))
    newest = model.latest_version if model else None
    if model is None or newest is None:
        return GONE
    pinned = newest if known.version in (None, newest.id) else _read(_Version, ask(f"{path}/versions/{known.version}"))
    if pinned is None:
        return SeenEngine(is_there=False, version=newest.id)
    changed = [*_changed(known, pinned), *(["price tier"] if _tier_changed(known, model) else [])]
    return SeenEngine(is_there=True, version=newest.id, changed=tuple(changed))


def _read(shape: type[Shape], answer: tuple[int, bytes]) -> Shape | None:
    """None for what is not there, or disabled."""
    status, body = answer
    if status in (404, 410) or (status != 200 and DISABLED in body):
        return None
    try:
        if status == 200:
            return shape.model_validate(decoded(body, of_provider=True))  # it holds a run
    except (NotStrictJson, ValidationError):
        pass
    raise Unavailable(f"The provider answered {status}.")


def _changed(known: KnownEngine, version: _Version) -> list[str]:
    components = cast("Mapping[str, object]", (version.openapi_schema or {}).get("components") or {})
    words = cast("Mapping[str, object]", components.get("schemas") or {})
    seen = next((cast("Json", words[name]) for name in reversed(INPUTS) if name in words), None)
    stored = stored_schema(known.name)
    if seen is None or stored is None:
        return ["input"]
    expected = known.schema_sha256 or fingerprint(stored)
    return changes(stored, seen, words) or ["input"] if fingerprint(seen, words) != expected else []


def _tier_changed(known: KnownEngine, model: _Model) -> bool:
    """What runs under its name alone has a price of its own, as long as it is official."""
    return known.version is None and model.is_official is False
