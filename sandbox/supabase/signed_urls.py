"""The tokens inside signed storage URLs: who may read or write exactly one path, and until when.
They are not single-use: only their expiry, or the object that is already there, ends an upload."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.database import SERVICE

UPLOAD_LIVES_SECONDS = 2 * 60 * 60  # fixed by Supabase; a caller cannot choose it
ALGORITHM = "HS256"


@dataclass(frozen=True)
class UploadRight:
    """To write one path, for its owner, with or without overwriting, as whoever the policies let or not.

    A token grants it to the service: the policies were asked when it was signed.
    """

    owner: str | None
    upsert: bool
    claims: Mapping[str, object] = field(default_factory=SERVICE.copy)


class UrlSigner:
    """Makes and checks the tokens with the project's URL-signing secret."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._clock = clock

    def sign_upload(self, url: str, right: UploadRight) -> str:
        """A token to put one object at `url` ("bucket/path") within two hours."""
        claims: dict[str, object] = {"owner": right.owner} if right.owner else {}
        return self._sign({**claims, "url": url, "upsert": right.upsert, "scope": "upload"}, UPLOAD_LIVES_SECONDS)

    def sign_download(self, url: str, *, expires_in: int) -> str:
        """A token to get the object at `url` ("bucket/path") for `expires_in` seconds."""
        return self._sign({"url": url, "scope": "download"}, expires_in)

    def check_upload(self, token: str, url: str) -> UploadRight:
        """What the token grants at `url`, or StorageError: forged, expired, for another path or for reading."""
        claims = self._check(token, url, "upload")
        return UploadRight(owner=claims.get("owner"), upsert=claims.get("upsert") is True)

    def check_download(self, token: str, url: str) -> int:
        """Until when (Unix seconds) `url` may be read; StorageError: forged, expired, for another path or writing."""
        return int(self._check(token, url, "download")["exp"])

    def _sign(self, claims: dict[str, object], lives: int) -> str:
        now = int(self._clock())
        return jwt.encode({**claims, "iat": now, "exp": now + lives}, self._secret, algorithm=ALGORITHM)

    def _check(self, token: str, url: str, scope: str) -> dict:
        try:
            claims = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options={"require": ["exp"]})
        except jwt.ExpiredSignatureError as error:
            raise refuse.invalid_token('"exp" claim timestamp check failed') from error
        except jwt.InvalidSignatureError as error:
            raise refuse.invalid_token("signature verification failed") from error
        except jwt.InvalidTokenError as error:
            raise refuse.invalid_token("Invalid Compact JWS") from error
        if claims.get("url") != url or claims.get("scope") != scope:
            raise refuse.invalid_signature("Invalid signature")
        return claims
