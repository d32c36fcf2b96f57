"""What the API takes and shows of garments and looks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from croquis.domain.garments.garment import GarmentCategory, GarmentRow, GarmentStatus
from croquis.domain.garments.look import Look
from croquis.domain.garments.wearing import MOST_GARMENTS, against_wearing
from croquis.domain.ids import GarmentId
from croquis.domain.photos.photo import MAX_PHOTO_BYTES, PhotoType, Severity, upload_type
from croquis.domain.short_text import ModelName
from croquis.http.models import NewName
from croquis.http.requests import Changes, ClaimedType, Request, not_null, without_null
from croquis.http.views import View
from croquis.ports.files import SignedUpload

OneGarment = Annotated[GarmentId, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
# how many there may be is the database's to refuse, which says it of a look and of a try-on alike
WornTogether = Annotated[tuple[OneGarment, ...], Field(json_schema_extra={"minItems": 1, "maxItems": MOST_GARMENTS})]
NewCategory = Annotated[GarmentCategory | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
NewGarments = Annotated[WornTogether | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]


class AddGarment(Request):
    """What is about to be uploaded: `bytes` must be true, or the garment is unreadable when its picture lands."""

    name: ModelName
    category: GarmentCategory
    content_type: ClaimedType
    bytes: Annotated[int, Field(ge=1, le=MAX_PHOTO_BYTES)]


class ChangeGarment(Request, Changes):
    """What is left out stays as it is."""

    name: NewName = None
    category: NewCategory = None


class AddLook(Request):
    """One to six garments that are worn together."""

    name: ModelName
    garment_ids: WornTogether


class ChangeLook(Request, Changes):
    """What is left out stays as it is."""

    name: NewName = None
    garment_ids: NewGarments = None


class GarmentFindingView(View):
    """One thing that the check found; a blocking one keeps the garment from being worn."""

    code: str
    severity: Severity
    sentence: str
    hint: str
    measured: float | None
    threshold: float | None


class GarmentView(View):
    """A garment of yours. `findings` are advice, unless it is unreadable; `version` counts the changes of `status`."""

    id: str
    name: str
    category: GarmentCategory
    status: GarmentStatus
    version: int
    findings: tuple[GarmentFindingView, ...]
    width: int | None
    height: int | None
    colour: str | None
    created_at: datetime
    thumbnail_url: str | None


class GarmentUploadView(View):
    """Where the picture goes: PUT it to `upload_url`, or as the photos of a training are uploaded."""

    garment: GarmentView
    content_type: PhotoType
    bucket: str
    path: str
    token: str
    expires_at: datetime
    upload_url: str
    resumable_url: str


class GarmentList(View):
    garments: tuple[GarmentView, ...]
    next: str | None


class LookView(View):
    """Garments that are worn together; `against` says what keeps them from being worn as they are now."""

    id: str
    name: str
    garments: tuple[GarmentView, ...]
    against: tuple[str, ...]
    created_at: datetime


class LookList(View):
    looks: tuple[LookView, ...]
    next: str | None


def garment_view(garment: GarmentRow, links: Mapping[str, str]) -> GarmentView:
    """A garment with its link, if it is ready."""
    shown = {
        "findings": [it.model_dump() for it in garment.findings],
        "colour": garment.seen.colour.hex if garment.seen and garment.seen.colour else None,
        "thumbnail_url": links.get(garment.thumbnail_path or ""),
    }
    return GarmentView.model_validate({**garment.model_dump(), **shown})


def garment_upload_view(garment: GarmentRow, signed: SignedUpload) -> GarmentUploadView:
    """A garment whose picture is awaited, and where it goes."""
    return GarmentUploadView(
        garment=garment_view(garment, {}),
        content_type=upload_type(garment.content_type),
        bucket=signed.bucket,
        path=signed.path,
        token=signed.token,
        expires_at=signed.expires_at,
        upload_url=signed.url,
        resumable_url=signed.resumable_url,
    )


def look_view(look: Look, shown: Mapping[str, GarmentView]) -> LookView:
    """A look with its garments, and with what keeps them from being worn."""
    return LookView(
        id=look.id,
        name=look.name,
        garments=tuple(shown[garment.id] for garment in look.garments),
        against=tuple(against_wearing(look.garments)),
        created_at=look.created_at,
    )
