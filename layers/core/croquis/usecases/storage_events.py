"""An object landed in a bucket that others may write: queue its check. The outbox row is the truth, this is a hint."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from croquis.domain.strict_json import NotStrictJson, decoded
from croquis.errors import Refused
from croquis.ports import Croquis

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class Landed(BaseModel):
    """Which outbox row to look at; unknown keys are allowed, because the sender may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    object_id: str = Field(pattern=UUID)
    version: str = Field(min_length=1, max_length=200)


def landed(croquis: Croquis, payload: bytes) -> None:
    """Queue the check; a doubled, early or invented event finds no claimable row and changes nothing."""
    try:
        event = Landed.model_validate(decoded(payload))
    except (NotStrictJson, ValidationError) as error:
        raise Refused(
            "The event names no object.", hint="Send JSON with object_id and version.", code="bad_event", status=400
        ) from error
    croquis.queue.check_upload(event.object_id, event.version)
