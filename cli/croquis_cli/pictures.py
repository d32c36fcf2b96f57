"""Files that Croquis made, brought into a folder: whole, checked against their hash, each under a name of its own."""

import hashlib
import json
import re
from pathlib import Path

import httpx

from croquis_cli import exchange
from croquis_cli.errors import Failed
from croquis_cli.exchange import View
from croquis_cli.words import without_links

MANIFEST = "manifest.json"
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
ID = re.compile(r"[0-9a-f-]{36}")


def save_images(images: list[View], folder: Path) -> list[View]:
    """Saves those that have a link, as ID.png and the like; each row of the answer is an image with its `file`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {image["id"]: save(image["url"], folder, image) for image in images if image["url"]}
    return [{**without_links(image), "file": str(files[image["id"]])} for image in images if image["id"] in files]


def write_manifest(images: list[View], folder: Path) -> Path:
    """How each picture of the folder was made, by its id; those that were saved before stay in it."""
    place = folder / MANIFEST
    held: View = {}
    if place.is_file():
        try:
            held = {image["id"]: image for image in json.loads(place.read_text(encoding="utf-8"))["images"]}
        except (ValueError, KeyError, TypeError):
            raise Failed(f"{place} is no manifest of ours.", "Name another folder with --out.") from None
    rows = held | {image["id"]: {**image, "file": Path(image["file"]).name} for image in images}
    part = place.with_name(f".{MANIFEST}.part")
    part.write_text(json.dumps({"images": list(rows.values())}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return part.replace(place)


def save(url: str, folder: Path, made: View, suffix: str = "") -> Path:
    """The file, named after its id; one that is there already is not fetched again. Failed if it is not whole."""
    name = made["id"]
    if not ID.fullmatch(name):
        raise Failed("Croquis answered an id that is none.", "Nothing was saved.")
    known = [path for path in folder.glob(f"{name}*") if made["sha256"] and sha256_of(path) == made["sha256"]]
    return known[0] if known else _fetch(url, folder / name, made["sha256"], suffix)


def save_made_file(url: str, place: Path) -> Path:
    """A file that is made anew when a picture of it goes: it is fetched each time."""
    return _fetch(url, place.with_suffix(""), None, place.suffix)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(url: str, place: Path, sha256: str | None, suffix: str) -> Path:
    part = place.with_name(f".{place.name}.part")
    try:
        content_type = _stream(url, part)
        if sha256 and sha256_of(part) != sha256:
            raise Failed(f"{place.name} did not arrive whole.", "Download it again.")
        return part.replace(place.with_name(place.name + (suffix or SUFFIXES.get(content_type, ""))))
    finally:
        part.unlink(missing_ok=True)


def _stream(url: str, part: Path) -> str:
    """The content type of what is in the file now; no token goes with it, the link is enough."""
    with exchange.client() as http:
        try:
            with http.stream("GET", url) as answer, part.open("wb") as file:
                if not answer.is_success:
                    answer.read()
                    exchange.refuse(answer, "Storage")
                for chunk in answer.iter_bytes():
                    file.write(chunk)
                return answer.headers.get("Content-Type", "").partition(";")[0]
        except httpx.RequestError as error:
            raise exchange.unreachable(error, http, url) from None
