"""The secrets of this laptop's sandbox: made once at random, kept for their owner only, the same at every
start, also after `make down`: what a page was given goes on working."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from croquis_marks.certificates import new_identity
from sandbox.laptop.private_file import write_private
from sandbox.replicate.settings import TwinSettings
from sandbox.supabase.settings import new_private_key


def _random(prefix: str = "", length: int = 32) -> str:
    return field(default_factory=lambda: prefix + secrets.token_urlsafe(length))


@dataclass(frozen=True)
class Keys:
    """Everything that a real deployment would get from Supabase, Replicate and its operator."""

    replicate_token: str
    webhook_secret: str
    publishable_key: str = _random("sb_publishable_", 24)
    secret_key: str = _random("sb_secret_", 24)
    url_signing_secret: str = _random()
    auth_private_key: str = field(default_factory=new_private_key)
    storage_hook_secret: str = _random()
    user_password: str = _random(length=12)
    other_password: str = _random(length=12)
    marks: dict[str, str] = field(default_factory=lambda: asdict(new_identity()))  # what pictures are signed with

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Those of an earlier start in this folder, else new ones."""
        path = folder / "keys.json"
        if not path.is_file():
            twin = TwinSettings.generate(folder)
            write_private(path, json.dumps(asdict(cls(twin.api_token, twin.webhook_secret))))
        held = json.loads(path.read_text())
        keys = cls(**held)
        if asdict(keys) != held:  # made before there was such a key
            write_private(path, json.dumps(asdict(keys)))
        return keys
