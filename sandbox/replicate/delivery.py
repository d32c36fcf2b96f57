"""Output files: addresses that are secrets themselves, streamed."""

import mimetypes

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.replicate.answers import close_connection, not_found, twin_of
from sandbox.replicate.runs import Run
from sandbox.replicate.training import WEIGHTS_NAME, ZIP_NAME, weights_of
from sandbox.replicate.weights_tar import WeightsTar

CUT_AT = 0.6


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
    return Response(path.read_bytes(), media_type=mimetypes.guess_type(name)[0])


def _weights(request: Request, run: Run, name: str) -> Response:
    twin = twin_of(request)
    if name != WEIGHTS_NAME or not (twin.files_of(run.id) / ZIP_NAME).is_file():
        raise not_found()
    tar = weights_of(twin, run)
    faults = request.state.faults
    size = tar.within_weights(CUT_AT) if faults.output_truncated else tar.size
    return WeightsResponse(tar, size, sent=size // 2 if faults.delivery_breaks else size)


class WeightsResponse(Response):
    """Sends an archive piece by piece; when less is `sent` than its `size`, the connection breaks there."""

    def __init__(self, tar: WeightsTar, size: int, *, sent: int) -> None:
        super().__init__(headers={"content-length": str(size)}, media_type="application/x-tar")
        self._tar, self._size, self._sent = tar, size, sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            for piece in self._tar.read(self._sent):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if self._sent < self._size:
                await close_connection(receive)
                return
        await send({"type": "http.response.body", "body": b""})
