"""What the Storage stand-in says no with: the envelopes of the real service, word for word.
The REST-like routes answer HTTP 400 with the true status as a string inside; the TUS routes answer the true status."""

from dataclasses import dataclass

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


def already_exists() -> StorageError:
    return StorageError(409, "Duplicate", "The resource already exists", "KeyAlreadyExists")


def bucket_already_exists() -> StorageError:
    return StorageError(409, "Duplicate", "The resource already exists", "BucketAlreadyExists")


def no_such_bucket() -> StorageError:
    return StorageError(404, "Bucket not found", "Bucket not found", "NoSuchBucket")


def no_such_object() -> StorageError:
    return StorageError(404, "not_found", "Object not found", "NoSuchKey")


def too_large() -> StorageError:
    message = "The object exceeded the maximum allowed size"
    return StorageError(413, "Payload too large", message, "EntityTooLarge")


def wrong_mime_type(mime_type: str) -> StorageError:
    message = f"mime type {mime_type} is not supported"
    return StorageError(415, "invalid_mime_type", message, "InvalidMimeType")


def invalid_key(key: str) -> StorageError:
    return StorageError(400, "InvalidKey", f"Invalid key: {key}", "InvalidKey")


def invalid_bucket_name() -> StorageError:
    return StorageError(400, "Invalid Input", "Bucket name invalid", "InvalidBucketName")


def invalid_signature(message: str = "Invalid signature") -> StorageError:
    return StorageError(400, "InvalidSignature", message, "InvalidSignature")


def invalid_token(message: str) -> StorageError:
    return StorageError(400, "InvalidJWT", message, "InvalidJWT")


def invalid_request(message: str) -> StorageError:
    return StorageError(400, "invalid_request", message, "InvalidRequest")


def access_denied(message: str = "new row violates row-level security policy") -> StorageError:
    return StorageError(403, "Unauthorized", message, "AccessDenied")


def bucket_not_empty() -> StorageError:
    message = "The bucket you tried to delete is not empty"
    return StorageError(409, "ResourceNotEmpty", message, "ResourceNotEmpty")


def from_database(error: psycopg.Error) -> StorageError:
    """Row-level security and the unique key are refusals; anything else is a fault of the database (500)."""
    match error.sqlstate:
        case "42501":
            return access_denied()
        case "23505":
            return already_exists()
        case "23503":
            return no_such_bucket()
        case _:
            message = error.diag.message_primary or type(error).__name__
            return StorageError(500, "DatabaseError", message, "DatabaseError")
