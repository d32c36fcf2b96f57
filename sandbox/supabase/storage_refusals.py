"""What the Storage stand-in says no with: the envelopes of the real service, word for word.
The REST-like routes answer HTTP 400 with the true status as a string inside; the TUS routes answer the true status."""

from dataclasses import dataclass
from functools import partial

import psycopg
from starlette.responses import JSONResponse


@dataclass
class StorageError(Exception):
    """A request that Storage refuses; `status` is the true one, `code` and `error` are what clients match on."""

    status: int
    error: str
    message: str
    code: str

    def __post_init__(self) -> None:
        super().__init__(self.message)

    def envelope(self) -> JSONResponse:
        """The answer of every route but TUS."""
        body = {"statusCode": str(self.status), "error": self.error, "message": self.message, "code": self.code}
        return JSONResponse(body, status_code=self.status if self.status >= 500 else 400)


# called without a message, or with the one that is missing
already_exists = partial(StorageError, 409, "Duplicate", "The resource already exists", "KeyAlreadyExists")
no_such_bucket = partial(StorageError, 404, "Bucket not found", "Bucket not found", "NoSuchBucket")
no_such_object = partial(StorageError, 404, "not_found", "Object not found", "NoSuchKey")
too_large = partial(
    StorageError, 413, "Payload too large", "The object exceeded the maximum allowed size", "EntityTooLarge"
)
access_denied = partial(StorageError, 403, "Unauthorized", code="AccessDenied")
invalid_signature = partial(StorageError, 400, "InvalidSignature", code="InvalidSignature")
invalid_token = partial(StorageError, 400, "InvalidJWT", code="InvalidJWT")
invalid_request = partial(StorageError, 400, "invalid_request", code="InvalidRequest")


def wrong_mime_type(mime_type: str) -> StorageError:
    return StorageError(415, "invalid_mime_type", f"mime type {mime_type} is not supported", "InvalidMimeType")


def invalid_key(key: str) -> StorageError:
    return StorageError(400, "InvalidKey", f"Invalid key: {key}", "InvalidKey")


def from_database(error: psycopg.Error) -> StorageError:
    """Row-level security and the unique key are refusals; anything else is a fault of the database (500)."""
    match error.sqlstate:
        case "42501":
            return access_denied("new row violates row-level security policy")
        case "23505":
            return already_exists()
        case "23503":
            return no_such_bucket()
        case _:
            message = error.diag.message_primary or type(error).__name__
            return StorageError(500, "DatabaseError", message, "DatabaseError")
