"""Output files: addresses that are secrets themselves, streamed, with ranges."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.replicate.answers import ApiError, close_connection, not_found, twin_of
from sandbox.replicate.runs import Run
from sandbox.replicate.training import WEIGHTS_NAME, ZIP_NAME, weights_of
from sandbox.replicate.weights_tar import WeightsTar

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


async def deliver(request: Request) -> Response:
    """GET /delivery/{token}/{name}"""
    twin = twin_of(request)
    run, name = twin.runs.by_token(request.path_params["token"]), request.path_params["name"]
    if run is None or twin.forget_old_data(run).status != "succeeded" or run.data_removed:
        raise not_found()
    if run.kind == "training":
        return _weights(request, run, name)
    path = twin.files_of(run.id) / name
    if not name.startswith("out-") or not path.is_file():
        raise not_found()
    return FileResponse(path)


def _weights(request: Request, run: Run, name: str) -> Response:
    twin = twin_of(request)
    if name != WEIGHTS_NAME or not (twin.files_of(run.id) / ZIP_NAME).is_file():
        raise not_found()
    tar = weights_of(twin, run)
    size = tar.middle_of_weights if twin.faults.output_truncated else tar.size
    start, stop = _span(request.headers.get("range"), size)
    breaks_at = start + (stop - start) // 2 if twin.faults.delivery_breaks else None
    return WeightsResponse(Download(tar, start, stop, size, breaks_at), run.id)


def _span(asked: str | None, size: int) -> tuple[int, int]:
    match = RANGE.fullmatch(asked or "")
    if match is None:
        return 0, size
    start, stop = int(match[1]), min(int(match[2] or size - 1) + 1, size)
    if start >= stop:
        raise ApiError(416, "The range does not lie in the file.")
    return start, stop


@dataclass(frozen=True)
class Download:
    """Which part of an archive of which size, and where the connection breaks if it does."""

    tar: WeightsTar
    start: int
    stop: int
    size: int
    breaks_at: int | None

    @property
    def is_partial(self) -> bool:
        return (self.start, self.stop) != (0, self.size)


class WeightsResponse(Response):
    """Sends a download piece by piece; a piece is a megabyte at most."""

    def __init__(self, download: Download, etag: str) -> None:
        headers = {
            "content-length": str(download.stop - download.start),
            "accept-ranges": "bytes",
            "etag": f'"{etag}"',
        }
        if download.is_partial:
            headers["content-range"] = f"bytes {download.start}-{download.stop - 1}/{download.size}"
        status = 206 if download.is_partial else 200
        super().__init__(None, status, headers, media_type="application/x-tar")
        self._download = download

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        download = self._download
        if scope["method"] != "HEAD":
            for piece in download.tar.read(download.start, download.breaks_at or download.stop):
                await send({"type": "http.response.body", "body": bytes(piece), "more_body": True})
            if download.breaks_at is not None:
                await close_connection(receive)
                return
        await send({"type": "http.response.body", "body": b""})
