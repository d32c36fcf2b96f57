"""Images, or everything about somebody, as one ZIP: ordered by their owner, packed and forgotten by the workers."""

import json
from collections.abc import Iterator

from croquis.domain.ids import DownloadId
from croquis.domain.images.download import MANIFEST, Download, DownloadStatus, file_names, manifest
from croquis.domain.runs.job import MOST_EXECUTIONS
from croquis.domain.zip_stream import ZipMember, zip_chunks, zip_size
from croquis.errors import Refused, StepFailed, Unavailable
from croquis.http.downloads import DownloadView, OrderDownload, OrderExport, download_view
from croquis.ports import Croquis, Owner
from croquis.ports.downloads import DownloadToPack, PhotoToPack
from croquis.usecases.images import read_saved
from croquis.usecases.trainings import LINK_SECONDS

BUCKET = "downloads"
CONTENT_TYPE = "application/zip"
PHOTO_BUCKET = "training-photos"
ROWS = "rows.json"


def order(croquis: Croquis, owner: Owner, request: OrderDownload, key: str | None, sent: str) -> DownloadView:
    """Have images packed; all of them or none. The same key again answers the same download."""
    ordered = croquis.store.downloads.order_download(
        owner,
        key,
        request.image_ids,
        request.model_id,
        request.kind,
        request.since,
        request.until,
        request.favourite,
        request.accepted,
        sent,
    )
    return _begun(croquis, owner, ordered)


def export(croquis: Croquis, owner: Owner, request: OrderExport, key: str | None, sent: str) -> DownloadView:
    """Have everything of a model, or of the account, packed. The same key again answers the same download."""
    return _begun(croquis, owner, croquis.store.downloads.order_export(owner, key, request.model_id, sent))


def _begun(croquis: Croquis, owner: Owner, ordered: Download) -> DownloadView:
    if ordered.status is DownloadStatus.WORKING:
        croquis.queue.pack_download(ordered.id)
    return read(croquis, owner, ordered.id)


def read(croquis: Croquis, owner: Owner, download_id: DownloadId) -> DownloadView:
    """One's own download; where it is ready, with a short-lived link."""
    found = croquis.store.downloads.read_download(owner, download_id)
    if not found:
        raise Refused("There is no such download.", hint="Check the id.", code="no_such_download", status=404)
    ready = [found.path] if found.status is DownloadStatus.READY else []
    links = croquis.files.links_as(owner, BUCKET, ready, seconds=LINK_SECONDS)
    name = f"croquis-{found.id[:8]}.zip"
    return download_view(found, {path: croquis.files.as_download(link, name) for path, link in links.items()})


def pack(croquis: Croquis, download_id: DownloadId) -> None:
    """Write the ZIP, one image in memory at a time; entered again, it writes the same bytes to the same place."""
    found = croquis.store.downloads.claim_download(download_id)
    if not found:
        return
    try:
        size = _write(croquis, found)
    except StepFailed as failed:
        croquis.store.downloads.fail_download(download_id, failed.code, failed.sentence, failed.hint)
        return
    if not croquis.store.downloads.download_is_packed(download_id, size):
        croquis.files.remove(BUCKET, [found.download.path])


def pack_again(croquis: Croquis, download: Download) -> None:
    """What no worker has ended goes back to the queue, four times; then it has failed."""
    if download.tries < MOST_EXECUTIONS:
        croquis.queue.pack_download(download.id)
        return
    croquis.store.downloads.fail_download(
        download.id,
        "not_packed",
        f"The ZIP could not be made in {MOST_EXECUTIONS} tries.",
        "Order it again, perhaps of fewer images; each image has a download_url of its own.",
    )


def forget(croquis: Croquis, download: Download) -> None:
    """Delete a ZIP whose time is over, or that must not be given any more."""
    croquis.files.remove(BUCKET, [download.path])
    croquis.store.downloads.download_is_gone(download.id)


def _write(croquis: Croquis, found: DownloadToPack) -> int:
    everything = croquis.store.downloads.export_to_pack(found.download.id)
    names, contents = file_names(found.images), {MANIFEST: manifest(found.download, found.images)}
    sizes = [(name, it.bytes or 0) for name, it in zip(names, found.images, strict=True)]
    if everything:
        contents[ROWS] = json.dumps(everything.rows, indent=2).encode()
        sizes += [(_photo_name(it), it.bytes) for it in everything.photos]
    size = zip_size([*sizes, *((name, len(data)) for name, data in contents.items())])
    path = found.download.path
    if not croquis.files.has_room(BUCKET, path, size=size, content_type=CONTENT_TYPE):
        raise StepFailed(
            "zip_too_large", "The storage does not accept files as large as this ZIP.", "Order it of fewer images."
        )

    def members() -> Iterator[ZipMember]:
        for name, image in zip(names, found.images, strict=True):
            yield ZipMember(name, read_saved(croquis, image, last_try=found.download.tries >= MOST_EXECUTIONS))
        for photo in everything.photos if everything else ():
            yield ZipMember(_photo_name(photo), _photo(croquis, photo))
        yield from (ZipMember(name, data) for name, data in contents.items())

    croquis.files.write_stream(BUCKET, path, zip_chunks(members()), size=size, content_type=CONTENT_TYPE)
    return size


def _photo_name(photo: PhotoToPack) -> str:
    return f"photo-{photo.id[:13]}.jpg"


def _photo(croquis: Croquis, photo: PhotoToPack) -> bytes:
    try:
        return croquis.files.read(PHOTO_BUCKET, photo.path, limit=photo.bytes)
    except Refused as refused:  # removed meanwhile: the next try does not name it any more
        raise Unavailable("A photo of this export no longer exists.") from refused
