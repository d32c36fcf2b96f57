"""Who is asking: from the headers `apikey` and `Authorization` to the claims that Postgres will judge by."""

from collections.abc import Mapping
from functools import lru_cache
from hmac import compare_digest
from typing import cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.supabase.refusals import ApiError, refusal
from sandbox.supabase.settings import GatewaySettings

CLOCK_SKEW_SECONDS = 30
NO_KEY = {"message": "No API key found in request", "hint": "No `apikey` request header or url param was found."}
WRONG_KEY = {"message": "Invalid API key", "hint": "Double check the publishable or secret key of your local Supabase."}
IN_BROWSER = {
    "message": "Forbidden use of secret API key in browser",
    "hint": "A page must use the publishable key: whoever opens the page can read what it holds.",
}


def claims_of(headers: Mapping[str, str], settings: GatewaySettings) -> dict[str, object]:
    """The claims behind a request, always with a `role`; ApiError 401 when neither key nor token proves anything.

    A user's token decides. Where there is none, or where the client repeats its `sb_…` key as one, the role of the
    key in `apikey` does. `headers` are looked up in lower case.
    """
    token = _bearer(headers)
    if token is None or token.startswith("sb_"):
        return {"role": key_role(headers, settings)}
    claims = verified(token, settings)
    claims.setdefault("role", "anon")
    return claims


def key_role(headers: Mapping[str, str], settings: GatewaySettings) -> str:
    """The role of the project's key in `apikey`: anon or service_role; ApiError 401 without a known key."""
    given = headers.get("apikey", "").encode()
    if not given:
        raise ApiError(401, NO_KEY)
    if compare_digest(given, settings.secret_key.encode()):
        if "Mozilla/" in headers.get("user-agent", ""):
            raise ApiError(401, IN_BROWSER)
        return "service_role"
    if compare_digest(given, settings.publishable_key.encode()):
        return "anon"
    raise ApiError(401, WRONG_KEY)


def verified(token: str, settings: GatewaySettings) -> dict[str, object]:
    """The claims of a user's token, if our key signed it and it is not expired; else ApiError 401 PGRST301."""
    if not token:
        raise _refused("Empty JWT is sent in Authorization header")
    parts = token.count(".") + 1
    if parts != 3:
        raise _refused(f"JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got {parts})")
    try:
        return jwt.decode(
            token,
            private_key(settings.auth_private_key).public_key(),
            algorithms=["ES256"],
            leeway=CLOCK_SKEW_SECONDS,
            options={"verify_aud": False, "verify_sub": False},
        )
    except jwt.ExpiredSignatureError:
        raise _refused("JWT expired") from None
    except jwt.ImmatureSignatureError:
        raise _refused("JWT not yet valid") from None
    except jwt.InvalidTokenError:
        raise _refused("JWSError JWSInvalidSignature") from None


@lru_cache(maxsize=8)
def private_key(pem: str) -> EllipticCurvePrivateKey:
    """The project's signing key; parsed once, because each request verifies with it."""
    return cast(EllipticCurvePrivateKey, load_pem_private_key(pem.encode(), password=None))


def _bearer(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _refused(sentence: str) -> ApiError:
    proof = f'Bearer error="invalid_token", error_description="{sentence}"'
    return refusal(401, "PGRST301", sentence, headers={"WWW-Authenticate": proof})
