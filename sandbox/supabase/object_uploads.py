"""The doors through which bytes come in: a caller's own upload, and the two halves of a signed one.
The right to write is settled before the body is read; the row is written when the bytes are complete on disk. Of a
body beyond the bucket's limit no more is stored than fits, and none of it is kept."""

import json
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_files import StoredFile
from sandbox.supabase.object_rows import NewObject, Row, object_metadata
from sandbox.supabase.signed_urls import UploadRight
from sandbox.supabase.storage import Bucket, Storage, address

FIELDS = 10
FIELD_LIMIT = 1024 * 1024  # both are the real service's; the second is that of user metadata
FORM_ROOM = 2 * FIELD_LIMIT  # what a form may have besides its file
CHUNK = 64 * 1024
DEFAULT_MIME_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class UploadedBody:
    """The bytes, as the file of a new version, and what came with them."""

    file: StoredFile
    mime_type: str
    cache_control: str
    user_metadata: dict


def routes(storage: Storage) -> list[Route]:
    """Those with fixed words come before `/object/{bucket}`."""
    return [
        storage.door("/object/upload/sign/{bucket}/{name:path}", "POST", sign_upload),
        storage.door("/object/upload/sign/{bucket}/{name:path}", "PUT", upload_signed),
        storage.door("/object/{bucket}/{name:path}", "POST", upload),
    ]


async def upload(storage: Storage, request: Request) -> Response:
    row = await _receive(storage, request, storage.right_of_caller(request))
    return JSONResponse({"Key": _key(row), "Id": row["id"]})


async def sign_upload(storage: Storage, request: Request) -> Response:
    right = storage.right_of_caller(request)
    await run_in_threadpool(storage.check_right, address(request), right)
    url = "/".join(address(request))
    token = storage.signer.sign_upload(url, right)
    return JSONResponse({"url": f"/object/upload/sign/{quote(url)}?token={token}", "token": token})


async def upload_signed(storage: Storage, request: Request) -> Response:
    right = storage.signer.check_upload(request.query_params.get("token", ""), "/".join(address(request)))
    return JSONResponse({"Key": _key(await _receive(storage, request, right))})


def metadata_of(text: str | bytes | None) -> dict:
    """The user's metadata; what is not a JSON object is ignored, as the real service does."""
    if text and len(text) > FIELD_LIMIT:
        raise refuse.too_large()
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def _receive(storage: Storage, request: Request, right: UploadRight) -> Row:
    place = address(request)
    bucket = await run_in_threadpool(storage.bucket, place[0])
    await run_in_threadpool(storage.check_right, place, right)
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    body = await (_read_form if form else _read_raw)(storage, request, bucket)
    metadata = object_metadata(body.file, body.mime_type, body.cache_control)
    new = NewObject(*place, body.file.version, right.owner, metadata, body.user_metadata)
    return await run_in_threadpool(storage.commit, new)


async def _read_raw(storage: Storage, request: Request, bucket: Bucket) -> UploadedBody:
    mime_type = request.headers.get("content-type") or DEFAULT_MIME_TYPE
    bucket.check_mime_type(mime_type)
    cache_control = request.headers.get("cache-control", "no-cache")
    user_metadata = metadata_of(_decoded(request.headers.get("x-metadata")))
    file = await storage.files.store(_at_most(request, bucket.limit))
    return UploadedBody(file, mime_type, cache_control, user_metadata)


async def _read_form(storage: Storage, request: Request, bucket: Bucket) -> UploadedBody:
    # Request.form() has no limit for files: its parser gets a stream that ends in a refusal where it is too long
    stream = _at_most(request, bucket.limit + FORM_ROOM)
    parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=FIELDS, max_part_size=FORM_ROOM)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise refuse.invalid_request("The multipart body cannot be read") from error
    try:
        return await _of_form(storage, form, bucket)
    finally:
        await form.close()


async def _of_form(storage: Storage, form: FormData, bucket: Bucket) -> UploadedBody:
    file = next((part for part in form.values() if isinstance(part, UploadFile)), None)
    if file is None:
        raise refuse.invalid_request("No content provided")
    text = {name: part for name, part in form.items() if isinstance(part, str)}
    mime_type = text.get("contentType") or file.content_type or DEFAULT_MIME_TYPE
    bucket.check_mime_type(mime_type)
    if (file.size or 0) > bucket.limit:
        raise refuse.too_large()
    user_metadata = metadata_of(text.get("metadata") or text.get("userMetadata"))
    seconds = text.get("cacheControl")
    cache_control = f"max-age={seconds}" if seconds else "no-cache"
    return UploadedBody(await storage.files.store(_chunks(file)), mime_type, cache_control, user_metadata)


async def _at_most(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > limit:
            raise refuse.too_large()
        yield chunk


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


def _decoded(header: str | None) -> bytes:
    try:
        return b64decode(header or "")
    except BadBase64:
        return b""


def _key(row: Row) -> str:
    return f"{row['bucket_id']}/{row['name']}"
