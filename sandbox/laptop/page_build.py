"""The page of web/, built by npm once for each state of its sources, where there is Node; nothing else needs it."""

import hashlib
import shutil
import subprocess
import threading
from pathlib import Path

from sandbox import ROOT

SOURCES = ("web/client/src", "web/react/src", "web/page")
MADE_FROM = ("web/package-lock.json", "web/package.json", "infra/openapi.json")
NO_NODE = "The page needs Node 20.19 or newer to be built, and there is none here; everything else runs without it."
BUILDING = "The page is being built meanwhile, which takes a minute: it shows itself as soon as it is there."
FAILED = "The page could not be built; .croquis/page.log says why."


class PageError(Exception):
    """The page cannot be built; the text says why."""


def page_folder(root: Path = ROOT) -> Path:
    """Where the page of the present sources is, or will be once it is built."""
    sources = [it for name in SOURCES for it in (root / name).rglob("*") if it.is_file()]
    found = hashlib.sha256()
    for path in sorted([*sources, *(root / name for name in MADE_FROM)]):
        found.update(str(path.relative_to(root)).encode())
        found.update(path.read_bytes())
    return root / ".croquis" / "page" / found.hexdigest()[:16]


def is_built(folder: Path) -> bool:
    return (folder / "index.html").is_file()


def build_page(root: Path = ROOT) -> Path:
    """The folder of the built page; built now if it is not there. PageError if it cannot be."""
    folder = page_folder(root)
    if is_built(folder):
        return folder
    new = folder.with_suffix(".new")
    shutil.rmtree(folder.parent, ignore_errors=True)  # older ones, and one that broke off
    folder.parent.mkdir(parents=True)
    if not _has_packages(root / "web"):
        _npm(root, "ci", "--no-audit", "--no-fund")
    _npm(root, "run", "build", "--", "--outDir", str(new))
    new.rename(folder)
    return folder


def build_meanwhile(root: Path = ROOT) -> str | None:
    """What there is to say of a page that is not there yet; it is built in the background where there is Node."""
    if is_built(page_folder(root)):
        return None
    if _with_node(root, "npm", "--version").returncode:
        return NO_NODE
    threading.Thread(target=_build_quietly, args=(root,), daemon=True, name="page").start()
    return BUILDING


def _build_quietly(root: Path) -> None:
    try:
        build_page(root)
    except PageError as error:
        print(error, flush=True)


def _has_packages(web: Path) -> bool:
    """npm leaves this file when it is done."""
    done, lock = web / "node_modules/.package-lock.json", web / "package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


def _npm(root: Path, *arguments: str) -> None:
    done = _with_node(root, "npm", "--prefix", "web", "--loglevel=error", *arguments)
    (root / ".croquis/page.log").write_text(done.stdout)
    if done.returncode:
        raise PageError(FAILED)


def _with_node(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program, said = root / "web/with_node", subprocess.PIPE
    return subprocess.run([program, *command], cwd=root, stdout=said, stderr=subprocess.STDOUT, text=True, check=False)
