"""What every command works with: the screen, the user's folder, the session, and the keys of orders."""

import hashlib
import json
import os
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from croquis_cli.api import Api
from croquis_cli.errors import Refused
from croquis_cli.exchange import View
from croquis_cli.private_file import read_private, write_private
from croquis_cli.screen import Screen
from croquis_cli.session import Sessions

FOLDER = "CROQUIS_CONFIG_DIR"


@dataclass(frozen=True)
class Desk:
    """Of one command. Its folder holds the session, what was begun, and the keys of orders without an answer."""

    screen: Screen
    folder: Path

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.folder)

    @contextmanager
    def api(self) -> Generator[Api]:
        """Croquis, as who is signed in."""
        with Api(self.sessions) as api:
            yield api

    def order(self, api: Api, path: str, body: View) -> View:
        """What a paid call answers. Until there is an answer its key is kept: the same order again is that order."""
        file = self.folder / "orders" / f"{digest(api.session.user_id, api.session.deployment.api, path, body)}.json"
        held = read_private(file) or {"key": str(uuid.uuid4())}
        write_private(file, held)
        try:
            answer = api.post(path, body, key=str(held["key"]))
        except Refused:
            file.unlink(missing_ok=True)
            raise
        file.unlink(missing_ok=True)
        return answer

    def agreed(self, tried: View, *, yes: bool, question: str) -> bool:
        """Whether somebody wants to pay what the dry run tells; Refused where that would be refused."""
        must_be_accepted(tried)
        return yes or self.screen.agree(question, otherwise="Nothing was ordered. Say --yes to order without asking.")


def user_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this user's programs keep what they remember."""
    return Path(environ.get(FOLDER) or click.get_app_dir("croquis"))


def digest(*parts: object) -> str:
    """The same for the same parts, on every run."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def must_be_accepted(tried: View, **told: Any) -> None:
    """Refused, with the first reason and all of them, where a dry run names any."""
    refusals: list[View] = tried["refusals"]
    if refusals:
        first = refusals[0]
        raise Refused(first["sentence"], first["hint"], code=first["code"], refusals=refusals, **told)
