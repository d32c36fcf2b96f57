"""Images, or everything, as one ZIP: order a download, read how far it is."""

from typing import Any

from croquis.http.door import Door, DownloadInPath, KeyIfItSpends, Sent, SignedIn
from croquis.http.downloads import DownloadView, OrderDownload, OrderExport
from croquis.http.dry_runs import answered
from croquis.usecases import downloads
from croquis.wiring import croquis

app = Door()


@app.post("/v1/downloads", responses={202: answered("Ordered", DownloadView)})
def order_download(
    request: OrderDownload, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[DownloadView, int]:
    """Pack images into a ZIP

    Nothing is paid. All of them or none: a refusal names the image that may not be in it. The same Idempotency-Key
    returns the same download.
    """
    return downloads.order(croquis(), owner, request, key, sent), 202


@app.post("/v1/account/export", responses={202: answered("Ordered", DownloadView)})
def order_export(
    request: OrderExport, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[DownloadView, int]:
    """Export everything about you as a ZIP

    For the account, or for one model: the tables' contents as JSON, the photos still kept, the pictures that you may
    have. Weights have their own link. Nothing is paid.
    """
    return downloads.export(croquis(), owner, request, key, sent), 202


@app.get("/v1/downloads/<download_id>")
def read_download(download_id: DownloadInPath, owner: SignedIn) -> DownloadView:
    """Read a download

    Its link is valid for ten minutes, and its ZIP is kept for a day; both end when an image in it is removed or
    refused, or the consent for it ends.
    """
    return downloads.read(croquis(), owner, download_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
