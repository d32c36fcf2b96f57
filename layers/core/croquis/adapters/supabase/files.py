"""Private buckets of the Supabase project: signed links, small objects whole, large ones by resumable upload (TUS)."""

import base64
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
import jwt
from storage3 import SyncStorageClient
from storage3.exceptions import StorageApiError
from storage3.types import URLOptions

from croquis.domain.strict_json import decoded_object
from croquis.errors import CroquisError, Refused, Unavailable
from croquis.ports import Owner
from croquis.ports.files import SignedUpload

log = logging.getLogger(__name__)
T = TypeVar("T")
TUS_CHUNK = 6 * 1024 * 1024  # Supabase accepts no other chunk size
PIECE = 256 * 1024  # of a chunk, handed to the socket at once
# with every request: the storage asks each time whether the caller may write over what is there
TUS = {"Tus-Resumable": "1.0.0", "x-upsert": "true"}
TAKEN = (409, 423)  # another writer of the same object is at work


class SupabaseFiles:
    """Keeps the port Files. As a user only for signing; everything else with the workers' key.

    What that key reads, or lets others read, is logged each time: by which function and for which job the line's other
    keys say (PR-08). A path is made of ids alone.
    """

    def __init__(self, url: str, *, publishable_key: str, secret_key: Callable[[], str], http: httpx.Client) -> None:
        self._url = f"{url}/storage/v1"
        self._publishable_key = publishable_key
        self._secret_key = secret_key
        self._http = http

    def sign_upload_as(self, owner: Owner, bucket: str, path: str) -> SignedUpload:
        signed = self._signed(lambda: self._client(self._as(owner)).from_(bucket).create_signed_upload_url(path))
        token = str(signed["token"])
        resumable_url = f"{self._url}/upload/resumable/sign"
        return SignedUpload(bucket, path, token, _end_of(token), str(signed["signed_url"]), resumable_url)

    def links_as(self, owner: Owner, bucket: str, paths: Sequence[str], *, seconds: int) -> dict[str, str]:
        return self._links(self._client(self._as(owner)), bucket, paths, seconds) if paths else {}

    def links(self, bucket: str, paths: Sequence[str], *, seconds: int) -> dict[str, str]:
        links = self._links(self._workers(), bucket, paths, seconds) if paths else {}
        for path in links:
            log.info("a file was linked", extra={"bucket": bucket, "object": path})
        return links

    def _links(self, client: SyncStorageClient, bucket: str, paths: Sequence[str], seconds: int) -> dict[str, str]:
        links = self._signed(lambda: client.from_(bucket).create_signed_urls(list(paths), seconds))
        return {str(link["path"]): str(link["signedURL"]) for link in links if link["signedURL"]}

    def as_download(self, link: str, name: str) -> str:
        return f"{link}&download={quote(name)}"

    def link(self, bucket: str, path: str, *, seconds: int, download_as: str | None = None) -> str:
        options: URLOptions = {"download": download_as} if download_as else {}
        signed = self._asked(lambda: self._workers().from_(bucket).create_signed_url(path, seconds, options))
        log.info("a file was linked", extra={"bucket": bucket, "object": path})
        return str(signed["signedURL"])

    def read(self, bucket: str, path: str, *, limit: int) -> bytes:
        try:
            with self._http.stream("GET", f"{self._url}/object/{bucket}/{path}", headers=self._as_worker()) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refusal_of(response)
                log.info("a file was read", extra={"bucket": bucket, "object": path})
                return b"".join(_at_most(response.iter_bytes(), limit))
        except httpx.HTTPError as error:
            raise Unavailable("The storage did not answer.") from error

    def write(self, bucket: str, path: str, data: bytes, *, content_type: str) -> None:
        options = {"content-type": content_type, "upsert": "true"}
        self._asked(lambda: self._workers().from_(bucket).upload(path, data, options))  # pyright: ignore[reportArgumentType]

    def has_room(self, bucket: str, path: str, *, size: int, content_type: str) -> bool:
        try:  # an upload that is begun and given up: no limit that can be read counts the project's and the bucket's
            upload = self._open_upload(bucket, path, size, content_type)
            self._http.delete(upload, headers={**self._as_worker(), **TUS})
        except Refused as refused:
            if refused.status != 413:
                raise
            return False
        except httpx.HTTPError as error:
            raise Unavailable("The storage did not answer.") from error
        return True

    def write_stream(self, bucket: str, path: str, chunks: Iterable[bytes], *, size: int, content_type: str) -> None:
        try:
            upload = self._open_upload(bucket, path, size, content_type)
            offset = 0
            for chunk in _regrouped(chunks, TUS_CHUNK):
                headers = {
                    **self._as_worker(),
                    **TUS,
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                    "Content-Length": str(len(chunk)),
                }
                _expect(self._http.patch(upload, headers=headers, content=_pieces(chunk)), 204)
                offset += len(chunk)
        except httpx.HTTPError as error:
            raise Unavailable("The storage did not answer.") from error
        if offset != size:
            raise Unavailable("The upload ended early.")

    def remove(self, bucket: str, paths: Sequence[str]) -> None:
        if paths:
            self._asked(lambda: self._workers().from_(bucket).remove(list(paths)))

    def _open_upload(self, bucket: str, path: str, size: int, content_type: str) -> str:
        described = {"bucketName": bucket, "objectName": path, "contentType": content_type, "cacheControl": "3600"}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in described.items())
        headers = {
            **self._as_worker(),
            **TUS,
            "Upload-Length": str(size),
            "Upload-Metadata": metadata,
        }
        answer = _expect(self._http.post(f"{self._url}/upload/resumable", headers=headers), 201)
        # the path only: some deployments answer with an address that we cannot reach
        return f"{self._url}/upload/resumable/{answer.headers['location'].rsplit('/', 1)[1]}"

    def _as(self, owner: Owner) -> dict[str, str]:
        return {"apikey": self._publishable_key, "Authorization": f"Bearer {owner.token}"}

    def _as_worker(self) -> dict[str, str]:
        key = self._secret_key()
        return {"apikey": key, "Authorization": f"Bearer {key}"}

    def _workers(self) -> SyncStorageClient:
        return self._client(self._as_worker())

    def _client(self, headers: dict[str, str]) -> SyncStorageClient:
        return SyncStorageClient(f"{self._url}/", headers, http_client=self._http)

    def _signed(self, ask: Callable[[], T]) -> T:
        """As an owner, of a path that we made: if that is refused, there is nothing that a caller could put right."""
        try:
            return self._asked(ask)
        except Refused as refused:
            raise Unavailable("The storage refused to sign an address.") from refused

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except StorageApiError as error:
            raise _refusal(int(error.status or 500), str(error.code)) from error
        except httpx.HTTPError as error:
            raise Unavailable("The storage did not answer.") from error


def _end_of(token: str) -> datetime:
    """When the token expires; that the storage has just signed it is known, so nothing is verified."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(int(claims["exp"]), UTC)


def _at_most(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise Refused("The file is larger than allowed.", code="too_many_bytes", status=413)
        yield chunk


def _regrouped(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(memoryview(held)[:size])
            del held[:size]
    if held:
        yield bytes(held)


def _pieces(chunk: bytes) -> Iterator[bytes]:
    # the client's transport copies what a socket has not taken yet: of a whole chunk that would be megabytes, again
    # and again, which also splits the heap
    return (chunk[begin : begin + PIECE] for begin in range(0, len(chunk), PIECE))


def _expect(response: httpx.Response, status: int) -> httpx.Response:
    if response.status_code in TAKEN:
        raise Unavailable("The storage is being written to by another.")
    if response.status_code != status:
        raise _refusal_of(response)
    return response


def _refusal_of(response: httpx.Response) -> CroquisError:
    try:
        status = int(str(decoded_object(response.content)["statusCode"]))
    except (ValueError, KeyError):
        status = response.status_code
    return _refusal(status, "")


def _refusal(status: int, code: str) -> CroquisError:
    if status >= 500 or status in (401, 403, 429):  # with the workers' key, which may just have been rotated
        return Unavailable("The storage is not available to us.")
    codes = {404: "no_such_object", 413: "too_many_bytes", 415: "type_not_allowed", 409: "already_uploaded"}
    return Refused(
        f"The storage refused the object ({code or status}).", code=codes.get(status, "storage_refused"), status=status
    )
