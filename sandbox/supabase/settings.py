"""The Supabase stand-in's settings, and how to invent the secrets of a new one."""

import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox import ROOT

CONFIG = ROOT / "infra/supabase/config.toml"
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def configured_limit() -> int:
    """How many bytes an object of the project may have: `[storage] file_size_limit` of its configuration."""
    size = tomllib.loads(CONFIG.read_text())["storage"]["file_size_limit"]
    return int(size[:-3]) * UNITS[size[-3:]]


@dataclass(frozen=True)
class GatewaySettings:
    """One local Supabase project; the secrets are left out of its repr."""

    dsn: str  # of the role authenticator: it has no rights but to become anon, authenticated or service_role
    auth_dsn: str  # of the role supabase_auth_admin, which owns the accounts
    public_url: str  # as browsers reach it, without a slash at the end: http://127.0.0.1:54321
    objects_dir: Path
    publishable_key: str = field(repr=False)  # role anon
    secret_key: str = field(repr=False)  # role service_role
    url_signing_secret: str = field(repr=False)
    auth_private_key: str = field(repr=False)  # PEM of a P-256 key; user tokens are signed with it (ES256)
    file_size_limit: int = field(default_factory=configured_limit)  # bytes; it caps each bucket's own limit
    access_token_seconds: int = 3600
    refreshes: bool = True  # False: a session ends with its first access token

    @property
    def issuer(self) -> str:
        """Who the user tokens say they are from."""
        return f"{self.public_url}/auth/v1"

    @classmethod
    def generate(cls, *, dsn: str, auth_dsn: str, public_url: str, objects_dir: Path) -> "GatewaySettings":
        """Settings with fresh random keys."""
        return cls(
            dsn=dsn,
            auth_dsn=auth_dsn,
            public_url=public_url.rstrip("/"),
            objects_dir=objects_dir,
            publishable_key="sb_publishable_" + secrets.token_urlsafe(24),
            secret_key="sb_secret_" + secrets.token_urlsafe(24),
            url_signing_secret=secrets.token_urlsafe(32),
            auth_private_key=new_private_key(),
        )


def new_private_key() -> str:
    """A fresh P-256 key as PEM."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )
