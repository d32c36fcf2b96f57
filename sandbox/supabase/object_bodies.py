"""Reads the body of an upload straight to disk: multipart (the Python and JavaScript clients) or raw (a browser's PUT).
The bucket's size and type limits are checked on the way."""

import json
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_files import IncomingFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks  # a type only: it is not there at run time

FIELD_LIMIT = 1024 * 1024  # the real service's limit of user metadata
DEFAULT_MIME_TYPE = "application/octet-stream"


@dataclass
class UploadedBody:
    """What came with the bytes."""

    mime_type: str
    cache_control: str
    user_metadata: dict


def check_mime_type(mime_type: str, allowed: Sequence[str] | None) -> None:
    """Raise StorageError unless the declared type is one of the bucket's, where "image/*" allows a family."""
    kind, slash, _ = mime_type.partition("/")
    essence = mime_type.partition(";")[0].strip()
    if allowed and not (slash and (essence in allowed or mime_type in allowed or f"{kind}/*" in allowed)):
        raise refuse.wrong_mime_type(mime_type)


async def read_body(request: Request, into: IncomingFile, allowed: Sequence[str] | None) -> UploadedBody:
    """Write the upload's bytes into the file and say what they are, or raise StorageError."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        body = await _read_multipart(request, into)
    else:
        body = await _read_raw(request, into)
    check_mime_type(body.mime_type, allowed)
    if into.too_large:
        raise refuse.too_large()
    return body


async def finish_reading(request: Request) -> None:
    """Read what is left of the body and forget it: a client that still sends does not see an early answer."""
    try:
        async for _ in request.stream():
            pass
    except (RuntimeError, ClientDisconnect):  # RuntimeError: it has been read already
        pass


def metadata_of(text: str | bytes | None) -> dict:
    """The user's metadata; what is not a JSON object is ignored, as the real service does."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def _read_raw(request: Request, into: IncomingFile) -> UploadedBody:
    async for chunk in request.stream():
        into.write(chunk)
    return UploadedBody(
        mime_type=request.headers.get("content-type") or DEFAULT_MIME_TYPE,
        cache_control=request.headers.get("cache-control", "no-cache"),
        user_metadata=metadata_of(_decoded(request.headers.get("x-metadata"))),
    )


def _decoded(header: str | None) -> bytes:
    try:
        return b64decode(header or "")
    except BadBase64:
        return b""


async def _read_multipart(request: Request, into: IncomingFile) -> UploadedBody:
    form = _Form(into)
    _, options = parse_options_header(request.headers["content-type"])
    try:
        parser = MultipartParser(options.get(b"boundary", b""), form.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise refuse.invalid_request("The multipart body cannot be read") from error
    if form.file_type is None:
        raise refuse.invalid_request("No content provided")
    seconds = form.text("cacheControl")
    return UploadedBody(
        mime_type=form.text("contentType") or form.file_type,
        cache_control=f"max-age={seconds}" if seconds else "no-cache",
        user_metadata=metadata_of(form.text("metadata") or form.text("userMetadata")),
    )


@dataclass
class _Form:
    """Collects the small fields and passes the first file's bytes on."""

    into: IncomingFile
    file_type: str | None = None
    _fields: dict[str, bytearray] = field(default_factory=dict)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header_name: bytes = b""
    _header_value: bytes = b""
    _target: bytearray | IncomingFile | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._read_header_name,
            "on_header_value": self._read_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._choose_target,
            "on_part_data": self._read_data,
        }

    def text(self, name: str) -> str:
        return self._fields.get(name, bytearray()).decode("utf-8", "replace")

    def _begin(self) -> None:
        self._headers, self._target = {}, None

    def _read_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _read_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _choose_target(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"filename" not in options:
            self._target = self._fields.setdefault(options.get(b"name", b"").decode("utf-8", "replace"), bytearray())
        elif self.file_type is None:
            self.file_type = self._headers.get(b"content-type", DEFAULT_MIME_TYPE.encode()).decode("latin-1")
            self._target = self.into

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._target, IncomingFile):
            self._target.write(data[start:end])
        elif self._target is not None:
            if len(self._target) + end - start > FIELD_LIMIT:
                raise refuse.too_large()
            self._target += data[start:end]
