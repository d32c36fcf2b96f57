"""Resumable uploads, TUS 1.0.0, as the real Storage speaks it: with a user's token, or below /sign with the token of
a signed upload in x-signature. The object and its row appear when the last byte is on disk, not before."""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from email.utils import formatdate

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_uploads import description_of
from sandbox.supabase.signed_urls import UploadRight
from sandbox.supabase.storage import PLAIN, RESUMABLE, TUS, Description, Storage, check_key
from sandbox.supabase.tus_uploads import ResumableUpload, ResumableUploads

SIGNED = f"{RESUMABLE}/sign"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,expiration"
CHUNK_TYPE = "application/offset+octet-stream"


def routes(storage: Storage) -> list[Route]:
    """The resumable uploads, plain and signed; the signed ones come first, as "sign" looks like an upload's id."""
    doors = TusDoors(storage, ResumableUploads(storage.settings.objects_dir / "resumable"))
    return [route for base in (SIGNED, RESUMABLE) for route in doors.routes(base)]


class TusDoors:
    """The five verbs of TUS on one folder of unfinished uploads."""

    def __init__(self, storage: Storage, uploads: ResumableUploads) -> None:
        self._storage = storage
        self._uploads = uploads
        self._being_written: set[str] = set()  # versions; one process and one event loop serve them all

    def routes(self, base: str) -> list[Route]:
        one = base + "/{upload_id}"
        doors = (
            (base, "OPTIONS", self.options), (one, "OPTIONS", self.options), (base, "POST", self.create),
            (base + "/", "POST", self.create), (one, "HEAD", self.head), (one, "PATCH", self.patch),
            (one, "DELETE", self.delete),
        )  # fmt: skip
        return [Route(path, versioned(answer), methods=[method]) for path, method, answer in doors]

    async def options(self, _: Request) -> Response:
        most = str(self._storage.settings.file_size_limit)
        headers = {"tus-extension": EXTENSIONS, "tus-max-size": most, "tus-version": TUS["tus-resumable"]}
        return Response(status_code=204, headers=TUS | headers)

    async def create(self, request: Request) -> Response:
        fields = metadata_from(request.headers.get("upload-metadata", ""))
        place = fields.get("bucketName", ""), fields.get("objectName", "")
        check_key(place[1])
        right = self._right(request, place)
        bucket = await run_in_threadpool(self._storage.bucket, place[0])
        described = asdict(description_of(fields))
        upload = ResumableUpload(*place, length_of(request, bucket.limit), bucket.limit, **described)
        await run_in_threadpool(self._storage.check_right, place, right)
        bucket.check_mime_type(upload.mime_type)
        self._uploads.begin(upload)
        headers = {"location": self._url(request, upload), "upload-expires": formatdate(upload.expires_at, usegmt=True)}
        if request.headers.get("content-type") == CHUNK_TYPE or upload.length == 0:
            headers["upload-offset"] = str(await self._append(request, upload, right))
        return Response(status_code=201, headers=PLAIN | TUS | headers)

    async def head(self, request: Request) -> Response:
        upload, _ = self._begun(request)
        length = {"upload-defer-length": "1"} if upload.length is None else {"upload-length": str(upload.length)}
        offset = {"upload-offset": str(self._uploads.offset(upload))}
        return Response(headers=PLAIN | TUS | {"cache-control": "no-store"} | length | offset)

    async def patch(self, request: Request) -> Response:
        if request.headers.get("content-type") != CHUNK_TYPE:
            raise tus_refusal(415, "Content-Type header required\n")
        offset = number(request, "upload-offset", tus_refusal(403, "Upload-Offset header required\n"))
        upload, right = self._begun(request)
        await run_in_threadpool(self._storage.check_right, upload.place, right)
        with self._alone(upload):
            if offset != self._uploads.offset(upload):
                raise tus_refusal(409, "Upload-Offset conflict\n")
            offset = await self._append(request, self._with_length(request, upload), right)
        return Response(status_code=204, headers=TUS | {"upload-offset": str(offset)})

    async def delete(self, request: Request) -> Response:
        upload, right = self._begun(request)
        if upload.complete:
            raise tus_refusal(400, "Cannot terminate an already completed upload")
        await run_in_threadpool(self._storage.check_right, upload.place, right)
        with self._alone(upload):
            self._uploads.forget(upload)
        return Response(status_code=204, headers=TUS)

    def _right(self, request: Request, place: tuple[str, str]) -> UploadRight:
        if not request.url.path.startswith(SIGNED):
            return self._storage.right_of_caller(request)
        if token := request.headers.get("x-signature"):
            return self._storage.signer.check_upload(token, "/".join(place))
        raise refuse.invalid_signature("Missing x-signature header")

    def _begun(self, request: Request) -> tuple[ResumableUpload, UploadRight]:
        if upload := self._uploads.find(request.path_params["upload_id"]):
            return upload, self._right(request, upload.place)
        raise tus_refusal(404, "The file for this url was not found\n")

    def _with_length(self, request: Request, upload: ResumableUpload) -> ResumableUpload:
        if upload.length is not None or "upload-length" not in request.headers:
            return upload
        return self._uploads.declare_length(upload, length_of(request, upload.limit) or 0)

    def _url(self, request: Request, upload: ResumableUpload) -> str:
        base = SIGNED if request.url.path.startswith(SIGNED) else RESUMABLE
        return f"{self._storage.settings.public_url}{base}/{upload.id}"

    @contextmanager
    def _alone(self, upload: ResumableUpload) -> Iterator[None]:
        if upload.version in self._being_written:
            raise tus_refusal(409, "Another request is writing this upload\n")
        self._being_written.add(upload.version)
        try:
            yield
        finally:
            self._being_written.discard(upload.version)

    async def _append(self, request: Request, upload: ResumableUpload, right: UploadRight) -> int:
        """Write the request's body behind what is there; with the last byte the object comes into being."""
        offset = self._uploads.offset(upload)
        if upload.complete:
            return offset
        room = (upload.limit if upload.length is None else upload.length) - offset
        if int(request.headers.get("content-length") or 0) > room:
            raise tus_refusal(413, "Maximum size exceeded\n")
        received = 0
        with self._uploads.part(upload).open("ab") as part:
            async for chunk in request.stream():
                received += len(chunk)
                if received > room:
                    part.truncate(offset)  # a body that lied about its length leaves nothing
                    raise tus_refusal(413, "Maximum size exceeded\n")
                part.write(chunk)
        if offset + received == upload.length:
            await run_in_threadpool(self._complete, upload, right)
        return offset + received

    def _complete(self, upload: ResumableUpload, right: UploadRight) -> None:
        file = self._storage.files.adopt(self._uploads.part(upload), upload.version)
        described = Description(upload.mime_type, upload.cache_control, upload.user_metadata)
        self._storage.commit(upload.place, right, file, described)
        self._uploads.finish(upload)


def tus_refusal(status: int, message: str) -> refuse.StorageError:
    """A refusal of the protocol itself."""
    return refuse.StorageError(status, "TusError", message, "TusError")


def versioned(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        if request.method != "OPTIONS" and request.headers.get("tus-resumable") != TUS["tus-resumable"]:
            raise tus_refusal(412, "Tus-Resumable Required\n")
        return await answer(request)

    return checked


def metadata_from(header: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and a base64 value, parted by commas; a key may stand alone."""
    pairs = (pair.split(" ") for pair in header.split(",") if pair.strip())
    try:
        return {key.strip(): b64decode("".join(value), validate=True).decode() for key, *value in pairs}
    except ValueError as error:
        raise tus_refusal(400, "Upload-Metadata is invalid\n") from error


def length_of(request: Request, limit: int) -> int | None:
    """Upload-Length, which the limit must hold; None if the client promises it for later (Upload-Defer-Length: 1)."""
    if request.headers.get("upload-defer-length") == "1" and "upload-length" not in request.headers:
        return None
    missing = tus_refusal(400, "Upload-Length or Upload-Defer-Length header required\n")
    length = number(request, "upload-length", missing)
    if length > limit:
        raise tus_refusal(413, "Maximum size exceeded\n")
    return length


def number(request: Request, header: str, otherwise: refuse.StorageError) -> int:
    value = request.headers.get(header, "")
    if not value.isdecimal():
        raise otherwise
    return int(value)
