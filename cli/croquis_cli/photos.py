"""Photos from a folder into a draft: announced, uploaded three at a time, and never twice."""

import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from croquis_cli import exchange
from croquis_cli.api import Api
from croquis_cli.draft import Draft
from croquis_cli.errors import CliError, Misused, Refused
from croquis_cli.exchange import View
from croquis_cli.screen import Screen

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
AT_ONCE = 3
CHUNK = 64 * 1024
Advance = Callable[[int], object]


@dataclass(frozen=True)
class PhotoFile:
    """One photo of the folder."""

    path: Path
    sha256: str
    bytes: int

    @property
    def content_type(self) -> str:
        """A hint; the file itself decides."""
        return mimetypes.guess_type(self.path.name)[0] or ""

    @classmethod
    def of(cls, path: Path) -> "PhotoFile":
        try:
            with path.open("rb") as file:
                return cls(path, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
        except OSError:
            raise Misused(f"{path.name} cannot be read.", "Look at its rights, or take it out of the folder.") from None


def photo_files(folder: Path) -> list[PhotoFile]:
    """By name; a file that is there twice counts once. Misused where there are none, or more than a draft takes."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    files = list({file.sha256: file for file in map(PhotoFile.of, reversed(paths))}.values())[::-1]
    if not 1 <= len(files) <= 12:
        raise Misused(
            f"{folder} holds {len(files)} photos (JPEG, PNG, WebP, HEIC).", "Put 8 to 12 of one person there."
        )
    if empty := [file.path.name for file in files if not file.bytes]:
        raise Misused(f"{', '.join(empty)}: there is nothing in it.", "Copy it again, or take it out of the folder.")
    return files


class Uploads:
    """The photos of one draft, brought to where its files say."""

    def __init__(self, api: Api, draft: Draft, view: View, screen: Screen) -> None:
        self._api = api
        self._draft = draft
        self._view = view
        self._screen = screen
        self._there: dict[str, View] = {photo["id"]: photo for photo in view["photos"]}

    def bring(self, files: list[PhotoFile]) -> dict[str, Refused]:
        """Uploads what is not there yet, and removes what this machine uploaded of files that are gone.

        The refusals of single files, by name: the others are uploaded all the same.
        """
        self._remove_all_but({file.sha256 for file in files})
        missing = [file for file in files if not self._has_arrived(file)]
        if not missing:
            return {}
        with self._progress() as progress, ThreadPoolExecutor(AT_ONCE) as pool:
            bar = progress.add_task("uploading", total=sum(file.bytes for file in missing))

            def one(file: PhotoFile, slot: int) -> Refused | None:
                try:
                    self._bring(file, slot, lambda count: progress.advance(bar, count))
                except Refused as refused:
                    return refused
                return None

            slots = self._slots(missing)
            try:
                begun = [(file, pool.submit(one, file, slot)) for file, slot in zip(missing, slots, strict=False)]
                answers = {file.path.name: future.result() for file, future in begun}
            except (CliError, KeyboardInterrupt):
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return {name: refused for name, refused in answers.items() if refused}

    def _progress(self) -> Progress:
        parts = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        visible = self._screen.error.is_terminal
        return Progress(*parts, console=self._screen.error, transient=True, disable=not visible)

    def _has_arrived(self, file: PhotoFile) -> bool:
        photo = self._there.get(self._draft.photos.get(file.sha256, ""))
        return photo is not None and photo["status"] != "awaiting_upload"

    def _remove_all_but(self, wanted: set[str]) -> None:
        for sha256, photo_id in list(self._draft.photos.items()):
            if sha256 not in wanted:
                if photo_id in self._there:
                    self._api.delete(f"/v1/trainings/{self._draft.job_id}/photos/{photo_id}")
                    del self._there[photo_id]
                self._draft.forget(sha256)

    def _slots(self, missing: list[PhotoFile]) -> Iterator[int]:
        """One for each: its own again if it was announced before, else the next that is free."""
        own = {file.sha256: self._there.get(self._draft.photos.get(file.sha256, "")) for file in missing}
        taken = {photo["slot"] for photo in self._there.values()}
        free = (slot["number"] for slot in self._view["slots"] if slot["number"] not in taken)
        for file in missing:
            photo = own[file.sha256]
            slot = photo["slot"] if photo else next(free, None)
            if slot is None:
                raise Misused("The draft has no free place.", "Remove photos that were added elsewhere.")
            yield slot

    def _bring(self, file: PhotoFile, slot: int, advance: Advance) -> None:
        announced = {"slot": slot, "content_type": file.content_type, "bytes": file.bytes}
        signed = self._api.post(f"/v1/trainings/{self._draft.job_id}/photos", announced, again=True)
        self._draft.announced(file.sha256, signed["photo"]["id"])
        upload(file, signed, advance)


def upload(file: PhotoFile, signed: View, advance: Advance = lambda _: None) -> None:
    """Brings the file to where Croquis said; what breaks on the way is sent again. Refused as Storage refuses it."""
    headers = {"Content-Type": signed["content_type"], "Content-Length": str(file.bytes)}
    body = FileBody(file.path, advance)
    with exchange.client() as http:
        answer = exchange.send(http, "PUT", signed["upload_url"], again=True, content=body, headers=headers)
    if not answer.is_success and not _landed_before(answer):
        exchange.refuse(answer, "Storage")


class FileBody:
    """A file as often as it must be sent; what is sent again takes its progress back first."""

    def __init__(self, path: Path, advance: Advance) -> None:
        self._path = path
        self._advance = advance
        self._sent = 0

    def __iter__(self) -> Iterator[bytes]:
        self._advance(-self._sent)
        self._sent = 0
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
                self._sent += len(chunk)
                self._advance(len(chunk))


def _landed_before(answer: httpx.Response) -> bool:
    """The first time arrived, though its answer did not."""
    problem = exchange.problem_of(answer) or {}
    return answer.status_code == 409 or str(problem.get("statusCode")) == "409"
