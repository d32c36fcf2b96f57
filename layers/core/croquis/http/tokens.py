"""Who is calling? Reads the owner's id from a Supabase access token, and keeps the key set that proves it.

Knows no HTTP: the key set is fetched by a function that is handed in, the time is a parameter. Nothing inside a token
ever leads to an outbound call, except that an unknown key id may ask for our own key set once a minute.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import cast

import jwt
from jwt.types import Options
from jwt.utils import base64url_decode

from croquis.domain.ids import OwnerId, parse_id
from croquis.domain.strict_json import decoded_object
from croquis.errors import NotSignedIn, Unavailable

AUDIENCE = "authenticated"
ROLE = "authenticated"
LEEWAY_S = 30
MAX_LIFE_S = 7 * 24 * 3600  # the longest that a Supabase project can be told to give
MAX_TOKEN_LENGTH = 8192
KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
# a token that brings or points to its own key, or asks for rules that we do not know, is refused unread
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})

JWKS_FRESH_S = 600
JWKS_REFETCH_S = 60
JWKS_STALE_S = 24 * 3600

SIGN_IN = "Sign in again. A program sends the header `Authorization: Bearer <access token>`, once."
_BEARER = re.compile(r"bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE | re.ASCII)

Claims = Mapping[str, object]


def owner(authorization: str | None, *, jwks: Mapping[str, object], issuer: str, now: int) -> OwnerId:
    """The owner's id from a `Bearer` header, or raises `NotSignedIn`, whatever the input; `now` is in unix seconds."""
    token = _bearer_token(authorization)
    header = _part(token, 0)
    if FORBIDDEN_HEADERS & header.keys():
        raise _not_accepted()
    claims = _verified_claims(token, _key(header, jwks), issuer)
    _refuse_out_of_time(claims, now)
    if claims.get("is_anonymous", False) is not False:
        raise NotSignedIn("This is an anonymous sign-in.", hint="Sign in with an account of your own.")
    if claims.get("role") != ROLE:
        raise NotSignedIn(
            "This token does not belong to a signed-in user.", hint="Send a user's access token, not an API key."
        )
    return _subject(claims)


class Jwks:
    """The issuer's key set, fetched when needed and kept.

    `fetch` returns the key set or raises `Unavailable`. Fresh for 10 minutes; an unknown key id asks again at most once
    a minute; when the issuer does not answer, the last answer serves for up to 24 hours.
    """

    def __init__(self, fetch: Callable[[], Mapping[str, object]], clock: Callable[[], int]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: Mapping[str, object] | None = None
        self._fetched_at = 0
        self._asked_at = 0

    def for_token(self, authorization: str | None) -> Mapping[str, object]:
        """The key set to check this header with; raises `Unavailable` when there is none to trust.

        A header that cannot be a token never causes a fetch.
        """
        try:
            header = _part(_bearer_token(authorization), 0)
        except NotSignedIn:
            return self._keys or {"keys": []}
        now = self._clock()
        if self._wants_fetch(header, now):
            self._ask(now)
        if self._keys is None or now - self._fetched_at > JWKS_STALE_S:
            raise Unavailable("The sign-in service does not answer. Try again in a minute.")
        return self._keys

    def _wants_fetch(self, header: Claims, now: int) -> bool:
        if self._keys is None:
            return True
        if now - self._asked_at < JWKS_REFETCH_S:
            return False
        return now - self._fetched_at >= JWKS_FRESH_S or not _keys_named(header.get("kid"), self._keys)

    def _ask(self, now: int) -> None:
        self._asked_at = now
        try:
            answer = self._fetch()
        except Unavailable:
            return
        if isinstance(answer.get("keys"), list):
            self._keys, self._fetched_at = answer, now


def _bearer_token(authorization: str | None) -> str:
    if not authorization:
        raise NotSignedIn("You are not signed in.", hint=SIGN_IN)
    if len(authorization) > MAX_TOKEN_LENGTH + len("Bearer "):
        raise NotSignedIn("The access token is too long.", hint="Keep the user's metadata small and sign in again.")
    match = _BEARER.fullmatch(authorization)
    if not match:
        raise NotSignedIn("You are not signed in.", hint=SIGN_IN)
    return match[1]


def _part(token: str, number: int) -> Claims:
    """Its header (0) or claims (1), read more strictly than the library reads them; proves nothing."""
    try:
        return decoded_object(base64url_decode(token.split(".")[number]))
    except ValueError:
        raise _not_accepted() from None


def _key(header: Claims, jwks: Mapping[str, object]) -> jwt.PyJWK:
    """The one key of the set that the token names, bound to the key's own algorithm, not to the token's word."""
    algorithm = header.get("alg")
    for jwk in _keys_named(header.get("kid"), jwks):
        if isinstance(algorithm, str) and _may_verify(jwk, algorithm):
            try:
                return jwt.PyJWK(jwk, algorithm)
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
                continue  # a broken key proves nothing
    raise _not_accepted()


def _keys_named(kid: object, jwks: Mapping[str, object]) -> list[dict[str, object]]:
    keys = jwks.get("keys")
    if not isinstance(kid, str) or not isinstance(keys, list):
        return []
    dicts = [cast("dict[str, object]", key) for key in cast("list[object]", keys) if isinstance(key, dict)]
    return [key for key in dicts if key.get("kid") == kid]


def _may_verify(jwk: Mapping[str, object], algorithm: str) -> bool:
    return (
        algorithm in KEY_TYPES
        and jwk.get("alg", algorithm) == algorithm
        and jwk.get("kty") == KEY_TYPES[algorithm]
        and jwk.get("use", "sig") == "sig"
    )


def _verified_claims(token: str, key: jwt.PyJWK, issuer: str) -> Claims:
    # PyJWT compares times with the machine's clock, so they are checked by _refuse_out_of_time instead
    options = Options(
        require=["exp", "iat", "sub", "aud", "iss"],
        verify_exp=False,
        verify_iat=False,
        verify_nbf=False,
        enforce_minimum_key_length=True,
    )
    _part(token, 1)
    try:
        return jwt.decode(token, key, [key.algorithm_name], options, audience=AUDIENCE, issuer=issuer)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _not_accepted() from None


def _refuse_out_of_time(claims: Claims, now: int) -> None:
    if now >= _seconds(claims, "exp") + LEEWAY_S:
        raise NotSignedIn(
            "The access token has expired.", hint="Refresh the session or sign in again.", code="token_expired"
        )
    if _seconds(claims, "exp") - _seconds(claims, "iat") > MAX_LIFE_S:
        raise NotSignedIn("The access token has too long a lifetime.", hint="Sign in again.")
    if max(_seconds(claims, "iat"), _seconds(claims, "nbf") if "nbf" in claims else 0) > now + LEEWAY_S:
        raise NotSignedIn("The access token is not valid yet.", hint="Set this device's clock and sign in again.")


def _seconds(claims: Claims, name: str) -> int:
    value = claims.get(name)
    if isinstance(value, float) and math.isfinite(value):  # Python's JSON reads NaN and Infinity
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _not_accepted()


def _subject(claims: Claims) -> OwnerId:
    try:
        return OwnerId(parse_id(str(claims["sub"])))
    except ValueError:
        raise _not_accepted() from None


def _not_accepted() -> NotSignedIn:
    # one sentence for a bad signature, issuer, audience, key or claim: which of them it was helps only a forger
    return NotSignedIn("The access token is not accepted.", hint="Sign in again.")
