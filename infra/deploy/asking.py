"""Questions to the person at the keyboard; where there is none, the name of the file that would answer."""

import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from infra.deploy.answers import refused
from infra.deploy.errors import Stopped

# what a secret is called: as the name of its file below SECRETS, and what to do to get it
SECRETS = {
    "database-url": "the connection string of the database, with its password (Supabase: Connect → Session pooler)",
    "supabase-secret-key": "the project's secret key, sb_secret_… (Supabase: Settings → API Keys)",
    "replicate-token": "an API token of Replicate, r8_… (replicate.com/account/api-tokens)",
}
LONGEST = 4096


@dataclass(frozen=True)
class Asking:
    """`secrets` is a folder with one file for each secret, or None."""

    secrets: Path | None = None
    interactive: bool = field(default_factory=lambda: sys.stdin.isatty())
    read: Callable[[str], str] = input
    read_hidden: Callable[[str], str] = getpass.getpass
    say: Callable[[str], None] = print

    def answer(self, name: str, question: str, default: str = "", *, may_be_empty: bool = False) -> str:
        """An answer of the right shape; an empty line takes the default."""
        if not self.interactive:
            if may_be_empty or default:
                return default
            raise Stopped(f"{name} is not answered, and nobody is here to ask. It {refused(name, None)}")
        while True:
            told = self.read(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
            sentence = refused(name, told) if told or not may_be_empty else ""
            if not sentence:
                return told
            self.say(f"  It {sentence}")

    def secret(self, name: str) -> str:
        """From its file, else typed without being shown."""
        if found := self.held(name):
            return found
        if not self.interactive:
            raise Stopped(f"A secret is missing: write {SECRETS[name]} into the file {name} of a folder, "
                          "and name the folder: SECRETS=folder.")  # fmt: skip
        while not (typed := self.read_hidden(f"{SECRETS[name]}: ").strip()):
            pass
        return typed

    def held(self, name: str) -> str:
        """What its file says; empty where there is none."""
        path = self.secrets / name if self.secrets else None
        if not (path and path.is_file()):
            return ""
        return path.read_text()[:LONGEST].strip()

    def agreed(self, question: str) -> bool:
        """Whoever wrote the answers has agreed."""
        return not self.interactive or self.read(f"{question} [y/N] ").strip().lower() in ("y", "yes")
