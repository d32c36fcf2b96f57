"""The secrets of this laptop's sandbox: made once at random, kept for their owner only, the same at every start."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from sandbox.replicate.settings import TwinSettings
from sandbox.supabase.settings import new_private_key


@dataclass(frozen=True)
class Keys:
    """Everything that a real deployment would get from Supabase, Replicate and its operator."""

    publishable_key: str
    secret_key: str
    url_signing_secret: str
    auth_private_key: str
    replicate_token: str
    webhook_secret: str
    storage_hook_secret: str
    user_password: str

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Those of an earlier start in this folder, else new ones."""
        path = folder / "keys.json"
        if not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(asdict(cls._new(folder)), file)
        return cls(**json.loads(path.read_text()))

    @classmethod
    def _new(cls, folder: Path) -> Self:
        twin = TwinSettings.generate(folder)
        return cls(
            publishable_key="sb_publishable_" + secrets.token_urlsafe(24),
            secret_key="sb_secret_" + secrets.token_urlsafe(24),
            url_signing_secret=secrets.token_urlsafe(32),
            auth_private_key=new_private_key(),
            replicate_token=twin.api_token,
            webhook_secret=twin.webhook_secret,
            storage_hook_secret=secrets.token_urlsafe(32),
            user_password=secrets.token_urlsafe(12),
        )
