"""Proves where a webhook comes from (Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`); checks our hook secret.

Pure: knows no HTTP event, no clock and no place where secrets are kept.

Decisions where the standard leaves a choice: a header that occurs twice, an id with a dot (it would blur where the id
ends), more than 16 signatures, and base64 that is not in its one canonical spelling are all refused.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from croquis.errors import BadSignature, Unavailable

TOLERANCE_S = 300
MIN_SECRET_BYTES = 24
SIGNATURE_BYTES = 32
MAX_SIGNATURES = 16
MAX_SIGNATURE_HEADER = 4096
MAX_ID_LENGTH = 256
MAX_TIMESTAMP_DIGITS = 12


class SecretUnusable(Unavailable):
    """No configured secret can prove anything: our fault, not the sender's, so the sender shall try again later."""


def usable_secrets(secrets: Sequence[str]) -> tuple[bytes, ...]:
    """The keys of the secrets that can be used, or raises `SecretUnusable`; the door calls it before `verify`.

    One bad secret beside a good one does not stop deliveries: that is how a slip during a rotation looks.
    """
    keys = _keys(secrets)
    if not keys:
        raise SecretUnusable(
            "No webhook secret is usable: each is empty, unreadable or shorter than 24 bytes. "
            "Store the provider's signing secret again."
        )
    return keys


def verify(headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], now: int) -> str:
    """The webhook's message id, or raises `BadSignature`; never another exception, whatever the input.

    `body` is what came over the wire, byte for byte; `now` is in unix seconds. Several secrets may be valid at once.
    """
    message_id = _message_id(_only(headers, "webhook-id"))
    timestamp = _only(headers, "webhook-timestamp")
    signatures = _signatures(_only(headers, "webhook-signature"))
    _refuse_stale(timestamp, now)
    signed = f"{message_id}.{timestamp}.".encode("ascii") + body
    if not _any_match(_keys(secrets), signed, signatures):
        raise _bad("The signature does not match the message.")
    return message_id


def same_secret(given: str | None, secrets: Sequence[str]) -> bool:
    """Is `given` one of our shared secrets? In constant time; secrets shorter than 24 bytes never match."""
    offered = _digest(given or "")
    found = False
    for secret in secrets:
        # `&` and `|`, not `and` and `or`: every secret costs the same time
        found |= hmac.compare_digest(offered, _digest(secret)) & (len(secret) >= MIN_SECRET_BYTES)
    return found


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _keys(secrets: Sequence[str]) -> tuple[bytes, ...]:
    decoded = (_base64(secret.strip().removeprefix("whsec_")) for secret in secrets)
    return tuple(key for key in decoded if key is not None and len(key) >= MIN_SECRET_BYTES)


def _base64(text: str) -> bytes | None:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode("ascii") == text else None


def _only(headers: Mapping[str, str], name: str) -> str:
    values = [value for key, value in headers.items() if key.lower() == name]
    if len(values) != 1:
        raise _bad(f"The header {name} must be there exactly once.")
    return values[0]


def _message_id(text: str) -> str:
    if not (0 < len(text) <= MAX_ID_LENGTH and text.isascii() and text.isprintable()) or "." in text or " " in text:
        raise _bad("The header webhook-id is not a message id.")
    return text


def _refuse_stale(timestamp: str, now: int) -> None:
    # isdigit() alone would let other scripts' digits through
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS):
        raise _bad("The header webhook-timestamp is not a time in seconds.")
    if abs(now - int(timestamp)) > TOLERANCE_S:
        raise BadSignature(
            "The message was signed more than five minutes from now.",
            hint="Send it again with a fresh timestamp and signature.",
            code="stale_signature",
        )


def _signatures(header: str) -> list[bytes]:
    if len(header) > MAX_SIGNATURE_HEADER:
        raise _bad("The header webhook-signature is too long.")
    tokens = header.split(" ")
    if len(tokens) > MAX_SIGNATURES:
        raise _bad("The header webhook-signature holds too many signatures.")
    decoded = (_base64(token.removeprefix("v1,")) for token in tokens if token.startswith("v1,"))
    return [signature for signature in decoded if signature is not None and len(signature) == SIGNATURE_BYTES]


def _any_match(keys: Sequence[bytes], signed: bytes, signatures: Sequence[bytes]) -> bool:
    found = False
    for key in keys:
        expected = hmac.digest(key, signed, "sha256")
        for signature in signatures:
            # no early return: the time must not tell which secret or signature matched
            found |= hmac.compare_digest(expected, signature)
    return found


def _bad(sentence: str) -> BadSignature:
    return BadSignature(sentence, hint="Sign the exact bytes that are sent with the endpoint's current secret.")
