"""Which Croquis is meant: the addresses of the API and of its Supabase project, and the publishable key."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import httpx

from croquis_cli.errors import Misused

DISCOVERED = (".env.local", ".croquis/.env.local")
PREFIXES = ("", "NEXT_PUBLIC_", "VITE_")  # as frameworks for web pages want such names
VARIABLES = {
    "api": "CROQUIS_API_URL",
    "supabase": "SUPABASE_URL",
    "publishable_key": "SUPABASE_PUBLISHABLE_KEY",
}
LINE = re.compile(r"""^(?:export\s+)?([A-Z0-9_]+)\s*=\s*(['"]?)(.*?)\2\s*$""")


@dataclass(frozen=True)
class Deployment:
    """One Croquis. Nothing of it is secret."""

    api: str
    supabase: str
    publishable_key: str

    @classmethod
    def named(cls, values: Mapping[str, str], place: str) -> Self:
        """Of environment variables, or Misused that names what is missing or wrong there."""
        found = {part: _first(values, variable) for part, variable in VARIABLES.items()}
        if missing := [VARIABLES[part] for part, value in found.items() if not value]:
            raise Misused(
                f"{place} lacks {', '.join(missing)}.",
                "The file .croquis/.env.local, which `make up` writes, has all of them; so has your deployment's page.",
            )
        if found["publishable_key"].startswith("sb_secret_"):
            raise Misused(f"{place} has a secret key as publishable key.", "Put the key sb_publishable_… there.")
        return cls(address(found["api"]), address(found["supabase"]), found["publishable_key"])

    def at(self, url: str | None) -> Self:
        """The same project, with its API at another address."""
        return replace(self, api=address(url)) if url else self


def discover(file: Path | None, environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> Deployment:
    """Of the file that is named; else of the environment; else of the file that a sandbox wrote into this folder."""
    if file:
        return Deployment.named(_read(file), str(file))
    if _first(environ, VARIABLES["api"]):
        return Deployment.named(environ, "The environment")
    here = folder or Path.cwd()
    for name in DISCOVERED:
        if (here / name).is_file():
            return Deployment.named(_read(here / name), name)
    raise Misused(
        "Which Croquis? There is no .env.local here, and no CROQUIS_API_URL in the environment.",
        "Name a file with the addresses: croquis login --discovery path/to/.env.local",
    )


def address(url: str) -> str:
    """Without a slash at its end; Misused unless it is https, or http to this machine itself."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise Misused(f"{url!r} is no address.", "Write it as https://api.example.com") from None
    if not parsed.host or parsed.userinfo or parsed.scheme not in ("https", "http"):
        raise Misused(f"{url!r} is no address.", "Write it as https://api.example.com")
    if parsed.scheme == "http" and not _is_this_machine(parsed.host):
        raise Misused(f"{url} is not encrypted.", "Use https: passwords and photos of people go there.")
    return url.rstrip("/")


def variables_of(text: str) -> dict[str, str]:
    """The lines NAME=value of a file; others are nothing to us."""
    matched = (LINE.match(line) for line in text.splitlines())
    return {found[1]: found[3] for found in matched if found}


def _read(file: Path) -> dict[str, str]:
    try:
        return variables_of(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Misused(f"{file} cannot be read.", "Name a text file with lines such as CROQUIS_API_URL=…") from None


def _first(values: Mapping[str, str], variable: str) -> str:
    return next((values[prefix + variable] for prefix in PREFIXES if values.get(prefix + variable)), "")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
