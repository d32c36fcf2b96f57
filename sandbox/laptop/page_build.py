"""The page of web/, built by npm once for each state of its sources, where there is Node; nothing else needs it."""

import hashlib
import shutil
import subprocess
import threading
from pathlib import Path

from sandbox import ROOT

WEB = ROOT / "web"
SOURCES = ("client/src", "react/src", "page")
MADE_FROM = ("web/package-lock.json", "web/package.json", "infra/openapi.json")
BUILDS = ROOT / ".croquis" / "page"
LOG = ROOT / ".croquis" / "page.log"
NO_NODE = "The page needs Node 20.19 or newer to be built, and there is none here; everything else runs without it."
BUILDING = "The page is being built meanwhile, which takes a minute: it shows itself as soon as it is there."
FAILED = "The page could not be built; .croquis/page.log says why."


class PageError(Exception):
    """The page cannot be built; the text says why."""


def page_folder() -> Path:
    """Where the page of the present sources is, or will be once it is built."""
    sources = [it for name in SOURCES for it in (WEB / name).rglob("*") if it.is_file()]
    found = hashlib.sha256()
    for path in sorted([*sources, *(ROOT / name for name in MADE_FROM)]):
        found.update(str(path.relative_to(ROOT)).encode())
        found.update(path.read_bytes())
    return BUILDS / found.hexdigest()[:16]


def is_built(folder: Path) -> bool:
    return (folder / "index.html").is_file()


def build_page() -> Path:
    """The folder of the built page; built now if it is not there. PageError says what is missing."""
    folder = page_folder()
    if is_built(folder):
        return folder
    new = folder.with_suffix(".new")
    shutil.rmtree(BUILDS, ignore_errors=True)  # older ones, and one that broke off
    BUILDS.mkdir(parents=True)
    if not _has_packages():
        _npm("ci", "--no-audit", "--no-fund")
    _npm("run", "build", "--", "--outDir", str(new))
    new.rename(folder)
    return folder


def build_meanwhile() -> str | None:
    """What there is to say of a page that is not there yet; it is built in the background where that is possible."""
    if is_built(page_folder()):
        return None
    if _with_node("node", "--version").returncode:
        return NO_NODE
    threading.Thread(target=_build_quietly, daemon=True, name="page").start()
    return BUILDING


def _build_quietly() -> None:
    try:
        build_page()
    except PageError as error:
        print(error, flush=True)


def _has_packages() -> bool:
    """npm leaves this file when it is done."""
    done, lock = WEB / "node_modules/.package-lock.json", WEB / "package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


def _npm(*arguments: str) -> None:
    done = _with_node("npm", "--prefix", str(WEB), "--loglevel=error", *arguments)
    LOG.write_text(done.stdout)
    if done.returncode:
        raise PageError(FAILED)


def _with_node(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WEB / "with_node", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
