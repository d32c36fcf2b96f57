"""Passwords as one-way hashes: `scrypt$<salt>$<hash>`, from the standard library."""

import hashlib
import secrets
from hmac import compare_digest

COST, BLOCK, LANES = 2**13, 8, 1  # some 25 ms and 8 MB a try


def hash_of(password: str) -> str:
    """A fresh salt every time: two equal passwords do not look alike."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def matches(password: str, stored: str | None) -> bool:
    """Whether the password made the stored hash; without a stored one the same work is done, and it is false."""
    kind, salt, digest = (stored or f"none${'00' * 16}${'00' * 64}").split("$")
    return compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest)) and kind == "scrypt"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=COST, r=BLOCK, p=LANES)
