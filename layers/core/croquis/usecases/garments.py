"""Garments: announced and signed, listed, named and removed by their owner; judged when their picture has landed."""

from collections.abc import Callable, Sequence
from hashlib import sha256

from croquis.domain.garments.examined_garment import ExaminedGarment
from croquis.domain.garments.findings import findings_on
from croquis.domain.garments.garment import GarmentCategory, GarmentRow, GarmentStatus
from croquis.domain.ids import GarmentId
from croquis.domain.photos.photo import Finding, refused, type_differs
from croquis.errors import CodedError, Refused
from croquis.http.garments import (
    AddGarment,
    ChangeGarment,
    GarmentList,
    GarmentUploadView,
    GarmentView,
    garment_upload_view,
    garment_view,
)
from croquis.http.views import cursor_after
from croquis.ports import Croquis, Owner
from croquis.ports.garments import GarmentVerdict
from croquis.ports.photos import ClaimedUpload
from croquis.usecases.landed_files import landed_file
from croquis.usecases.trainings import LINK_SECONDS

UPLOADS, GARMENTS = "garment-uploads", "garments"
PAGE = 50

ExamineGarment = Callable[[bytes], ExaminedGarment]  # CodedError for no picture that we take


def add(croquis: Croquis, owner: Owner, request: AddGarment) -> GarmentUploadView:
    """Announce a garment and sign its picture's upload as the user."""
    garment = croquis.store.garments.add_garment(
        owner, request.name, request.category, request.content_type, request.bytes
    )
    return garment_upload_view(garment, croquis.files.sign_upload_as(owner, UPLOADS, garment.upload_path))


def find(
    croquis: Croquis, owner: Owner, category: GarmentCategory | None, status: GarmentStatus | None, before: str | None
) -> GarmentList:
    """One page of one's own garments, newest first."""
    found = croquis.store.garments.list_garments(owner, limit=PAGE, before=before, category=category, status=status)
    return GarmentList(garments=views(croquis, owner, found), next=cursor_after(found, PAGE))


def read(croquis: Croquis, owner: Owner, garment_id: GarmentId) -> GarmentView:
    """One's own garment."""
    found = croquis.store.garments.list_garments(owner, limit=1, garment=garment_id)
    if not found:
        raise Refused(
            "There is no such garment.",
            hint="Check the id; list yours with GET /v1/garments.",
            code="no_such_garment",
            status=404,
        )
    return views(croquis, owner, found)[0]


def change(croquis: Croquis, owner: Owner, garment_id: GarmentId, request: ChangeGarment) -> GarmentView:
    """Name it anew, or put it into another category; all of it or nothing."""
    changed = croquis.store.garments.change_garment(owner, garment_id, request.name, request.category)
    return views(croquis, owner, [changed])[0]


def remove(croquis: Croquis, owner: Owner, garment_id: GarmentId) -> None:
    """Take a garment out of everything that its owner sees; the sweep deletes its objects."""
    croquis.store.garments.remove_garment(owner, garment_id)


def views(croquis: Croquis, owner: Owner, garments: Sequence[GarmentRow]) -> tuple[GarmentView, ...]:
    """With short-lived links to their thumbnails."""
    paths = [it.thumbnail_path for it in garments if it.thumbnail_path and it.status is GarmentStatus.READY]
    links = croquis.files.links_as(owner, GARMENTS, paths, seconds=LINK_SECONDS)
    return tuple(garment_view(garment, links) for garment in garments)


def verdict_on(croquis: Croquis, examine: ExamineGarment, claim: ClaimedUpload, garment: GarmentRow) -> GarmentVerdict:
    """Of the file that landed; a clean copy is kept of whatever is a picture that we take."""
    data = landed_file(croquis, claim, garment.announced_bytes)
    if isinstance(data, Finding):
        return GarmentVerdict(status=GarmentStatus.UNREADABLE, findings=(data,))
    try:
        examined = examine(data)
    except CodedError as error:
        wrong = refused(error.code, error.sentence, error.hint)
        return GarmentVerdict(status=GarmentStatus.UNREADABLE, findings=(wrong,))
    return _ready(croquis, examined, garment)


def forget(croquis: Croquis, garment: GarmentRow) -> None:
    """Delete the objects of a garment that was removed."""
    croquis.files.remove(UPLOADS, [garment.upload_path])
    # by the names that a check gives them: a garment removed while it was checked has them, but not in its row
    croquis.files.remove(GARMENTS, garment.clean_paths)
    croquis.store.garments.removed_garment_is_gone(garment.id)


def _ready(croquis: Croquis, examined: ExaminedGarment, garment: GarmentRow) -> GarmentVerdict:
    clean_path, thumbnail_path = garment.clean_paths
    croquis.files.write(GARMENTS, clean_path, examined.clean_copy, content_type="image/jpeg")
    croquis.files.write(GARMENTS, thumbnail_path, examined.thumbnail, content_type="image/jpeg")
    other_type = type_differs(garment.content_type, examined.content_type)
    found = findings_on(examined.features, garment.category)
    return GarmentVerdict(
        status=GarmentStatus.READY,
        findings=(*found, *([other_type] if other_type else [])),
        width=examined.width,
        height=examined.height,
        bytes=len(examined.clean_copy),
        sha256=sha256(examined.clean_copy).hexdigest(),
        clean_path=clean_path,
        thumbnail_path=thumbnail_path,
        seen=examined.features,
    )
