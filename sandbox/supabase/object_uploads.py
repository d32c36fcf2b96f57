"""The doors through which bytes come in: a caller's own upload, and the two halves of a signed one.
The right to write is settled before the body is read; the row is written when the bytes are complete on disk. Of a
body beyond the bucket's limit no more is stored than fits, and none of it is kept."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_files import StoredFile
from sandbox.supabase.signed_urls import UploadRight
from sandbox.supabase.storage import Bucket, Description, Storage, address

FIELDS = 10
FIELD_LIMIT = 1024 * 1024  # both are the real service's; the second is that of user metadata
FORM_ROOM = 2 * FIELD_LIMIT  # what a form may have besides its file
CHUNK = 64 * 1024
DEFAULT_MIME_TYPE = "application/octet-stream"


def routes(storage: Storage) -> list[Route]:
    """Those with fixed words come before `/object/{bucket}`."""
    return [
        storage.door("/object/upload/sign/{bucket}/{name:path}", "POST", sign_upload),
        storage.door("/object/upload/sign/{bucket}/{name:path}", "PUT", upload_signed),
        storage.door("/object/{bucket}/{name:path}", "POST", upload),
    ]


async def upload(storage: Storage, request: Request) -> Response:
    object_id = await _receive(storage, request, storage.right_of_caller(request))
    return JSONResponse({"Key": "/".join(address(request)), "Id": object_id})


async def sign_upload(storage: Storage, request: Request) -> Response:
    right = storage.right_of_caller(request)
    await run_in_threadpool(storage.check_right, address(request), right)
    url = "/".join(address(request))
    token = storage.signer.sign_upload(url, right)
    return JSONResponse({"url": f"/object/upload/sign/{quote(url)}?token={token}", "token": token})


async def upload_signed(storage: Storage, request: Request) -> Response:
    url = "/".join(address(request))
    await _receive(storage, request, storage.signer.check_upload(request.query_params.get("token", ""), url))
    return JSONResponse({"Key": url})


def description_of(fields: Mapping[str, str], mime_type: str = DEFAULT_MIME_TYPE) -> Description:
    """What a form or a resumable upload tells of the object; `mime_type` is its type if it tells none."""
    seconds = fields.get("cacheControl", "")
    cache_control = f"max-age={seconds}" if seconds.isdecimal() else "no-cache"
    return Description(fields.get("contentType") or mime_type, cache_control, _metadata(fields.get("metadata", "")))


def _metadata(text: str) -> dict:
    """The user's metadata; what is not a JSON object is ignored, as the real service does."""
    if len(text) > FIELD_LIMIT:
        raise refuse.too_large()
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def _receive(storage: Storage, request: Request, right: UploadRight) -> str:
    place = address(request)
    bucket = await run_in_threadpool(storage.bucket, place[0])
    await run_in_threadpool(storage.check_right, place, right)
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    file, described = await (_read_form if form else _read_raw)(storage, request, bucket)
    return await run_in_threadpool(storage.commit, place, right, file, described)


async def _read_raw(storage: Storage, request: Request, bucket: Bucket) -> tuple[StoredFile, Description]:
    mime_type = request.headers.get("content-type") or DEFAULT_MIME_TYPE
    bucket.check_mime_type(mime_type)
    described = Description(mime_type, request.headers.get("cache-control", "no-cache"), user_metadata={})
    return await storage.files.store(_at_most(request, bucket.limit)), described


async def _read_form(storage: Storage, request: Request, bucket: Bucket) -> tuple[StoredFile, Description]:
    # Request.form() has no limit for files: its parser gets a stream that ends in a refusal where it is too long
    stream = _at_most(request, bucket.limit + FORM_ROOM)
    parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=FIELDS, max_part_size=FORM_ROOM)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise refuse.invalid_request("The multipart body cannot be read") from error
    try:
        file = next((part for part in form.values() if isinstance(part, UploadFile)), None)
        if file is None:
            raise refuse.invalid_request("No content provided")
        texts = {name: part for name, part in form.items() if isinstance(part, str)}
        described = description_of(texts, file.content_type or DEFAULT_MIME_TYPE)
        bucket.check_mime_type(described.mime_type)
        if (file.size or 0) > bucket.limit:
            raise refuse.too_large()
        return await storage.files.store(_chunks(file)), described
    finally:
        await form.close()


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
