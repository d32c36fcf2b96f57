"""Access tokens with Supabase's claims, signed ES256, and the public key that proves them."""

import json
import time
from hashlib import sha256

import jwt
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from sandbox.supabase.identity import private_key
from sandbox.supabase.settings import GatewaySettings

EMAIL_PROVIDER = {"provider": "email", "providers": ["email"]}


def access_token(
    settings: GatewaySettings,
    user_id: str,
    email: str = "",
    *,
    session_id: str = "",
    role: str = "authenticated",
    app_metadata: dict[str, object] | None = None,
    user_metadata: dict[str, object] | None = None,
    now: int | None = None,
) -> str:
    """A token that is good from `now` on; it asks no database, so tests may mint one for anybody."""
    issued = int(time.time()) if now is None else now
    claims = {
        "iss": settings.issuer,
        "sub": user_id,
        "aud": "authenticated",
        "exp": issued + settings.access_token_seconds,
        "iat": issued,
        "email": email,
        "phone": "",
        "app_metadata": EMAIL_PROVIDER if app_metadata is None else app_metadata,
        "user_metadata": user_metadata or {},
        "role": role,
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": issued}],
        "session_id": session_id,
        "is_anonymous": False,
    }
    headers = {"kid": public_jwk(settings)["kid"]}
    return jwt.encode(claims, private_key(settings.auth_private_key), algorithm="ES256", headers=headers)


def jwks(settings: GatewaySettings) -> dict[str, object]:
    """The key set that verifies the tokens."""
    return {"keys": [public_jwk(settings)]}


def public_jwk(settings: GatewaySettings) -> dict[str, object]:
    """The public key as JWK; its `kid` is the thumbprint of RFC 7638, so it stays the same for the same key."""
    found = ECAlgorithm.to_jwk(private_key(settings.auth_private_key).public_key(), as_dict=True)
    key = {name: found[name] for name in ("crv", "kty", "x", "y")}
    thumbprint = sha256(json.dumps(key, sort_keys=True, separators=(",", ":")).encode()).digest()
    return key | {"kid": base64url_encode(thumbprint).decode(), "alg": "ES256", "use": "sig", "key_ops": ["verify"]}
