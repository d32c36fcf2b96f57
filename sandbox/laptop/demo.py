"""The demo: a person's photos in, a trained, approved model and pictures of it out, with the command line alone."""

import argparse
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from pydantic import TypeAdapter, ValidationError

from croquis.domain.photos.photo import MAX_PHOTO_BYTES
from croquis.domain.runs.training import Preset
from croquis.domain.short_text import ModelName
from croquis.domain.subject import Gender
from sandbox import ROOT
from sandbox.laptop.command_line import CommandLine
from sandbox.laptop.contact_sheet import Tile, contact_sheet
from sandbox.laptop.demo_look import put_on, words_of
from sandbox.laptop.demo_look_book import lay_out
from sandbox.laptop.ending import (
    NOTE,
    name_and_words,
    name_and_words_of_preview,
    next_steps,
    provenance_words,
    repair_words,
    summary,
)
from sandbox.laptop.launcher import STATE, Addresses
from sandbox.laptop.stage import Stage

SAMPLES = ROOT / "sandbox/demo_photos/good"
SHEET = ROOT / ".croquis" / "contact-sheet.png"
MADE = ROOT / ".croquis" / "demo"  # each order's pictures in a folder of their own
TYPES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
WORKING = ("queued", "preparing", "training", "ingesting", "previewing")
AGREED = (
    "adult", "own_photos_or_authorised", "training", "storage", "processors", "try_on", "face_measurement",
)  # fmt: skip
PICTURES = (
    {
        "outfit": "a red wool coat",
        "background": "a rainy street at night",
        "pose": "standing, facing the camera, both hands on hips",  # from the front: of a profile no face is measured
    },
    {
        "framing": "half_body",
        "pose": "facing the camera",
        "outfit": "a linen summer suit",
        "background": "a white studio",
        "lighting": "soft daylight",
    },
)

View = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Whom the demo trains: what the command line said, looked at before anything starts."""

    folder: Path
    name: str
    gender: str
    preset: str
    look_book: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace) -> Self:
        """ValueError in a sentence for what cannot be trained from."""
        try:
            name = TypeAdapter(ModelName).validate_python(options.name)
        except ValidationError:
            raise ValueError("NAME is one line of 1 to 80 characters.") from None
        for variable, kinds in (("GENDER", Gender), ("PRESET", Preset)):
            if (given := getattr(options, variable.lower())) not in set(kinds):
                raise ValueError(f"{variable}={given} is not known. It is one of: {', '.join(kinds)}.")
        if options.look_book not in ("", "1"):
            raise ValueError(f"LOOKBOOK={options.look_book} is not known. It is 1, or left out.")
        folder = options.photos or SAMPLES
        _must_hold_photos(folder)
        return cls(folder, name, options.gender, options.preset, bool(options.look_book))


class Demo:
    """One run through the product as its test user."""

    def __init__(self, addresses: Addresses, person: Person, stage: Stage) -> None:
        self._addresses = addresses
        self._person = person
        self._stage = stage
        self._croquis = CommandLine(STATE / "terminal", stage.say)

    def run(self) -> None:
        """Where something does not work, the process ends with what the command said and its exit code."""
        shutil.rmtree(MADE, ignore_errors=True)
        self._croquis.sign_in(*next(iter(self._addresses.users.items())))
        job = self._train()
        self._tell_of_dataset(job)
        self._croquis.run("review", job, "--approve", "--out", _shown("previews"))
        view = self._croquis.document("status", job)
        model = view["model"]["id"]
        ordered = [self._order(f"picture-{number}", model, wish) for number, wish in enumerate(PICTURES, 1)]
        repaired = self._repair(ordered[0])
        put_on(self._croquis, model, _shown("worn"))
        if self._person.look_book:
            lay_out(self._croquis, model, _shown("look-book"))
        self._stage.say(summary(view, WORKING))
        self._save_sheet(view, ordered, repaired, made("worn"))

    def _train(self) -> str:
        """The job, which is in review."""
        person = self._person
        consent = [word for part in AGREED for word in ("--i-have-consent", part)]
        of = (f"--name={person.name}", f"--gender={person.gender}", f"--preset={person.preset}")
        self._croquis.run("train", _from_root(person.folder), *of, *consent, "--yes", "--new")
        return str(self._croquis.document("status")["trainings"][0]["id"])

    def _tell_of_dataset(self, job: str) -> None:
        pictures = [
            it for photo in self._ask("GET", f"/v1/trainings/{job}/dataset")["photos"] for it in photo["pictures"]
        ]
        counts = Counter(picture["framing"].replace("_", " ") for picture in pictures)
        parts = ", ".join(f"{count} {framing}" for framing, count in counts.items())
        faces = sorted(picture["face_height"] for picture in pictures if picture["face_height"])
        high = f"; faces {faces[0]}-{faces[-1]} pixels high" if faces else ""
        self._stage.say(f"The trainer got {len(pictures)} pictures: {parts}{high}")
        if pictures:
            self._stage.say(f"A caption: {pictures[0]['caption']}")

    def _order(self, name: str, model: str, wish: Mapping[str, str]) -> View:
        words = [word for choice, said in wish.items() for word in (f"--{choice}", said)]
        self._croquis.run("generate", model, *words, "--count", "1", "--yes", "--out", _shown(name))
        return made(name)

    def _repair(self, image: View) -> View:
        """The face of a full-length picture is made anew; which of the two is the better one is told."""
        self._croquis.run("repair", image["id"], "--yes", "--out", _shown("repaired"))
        return made("repaired")

    def _save_sheet(self, view: View, ordered: list[View], repaired: View, worn: View) -> None:
        named = [
            (next((MADE / "previews").glob(f"{image['id']}*")), name_and_words_of_preview(image["position"]))
            for image in view["previews"]
            if image["status"] == "saved"
        ]
        named += [(file_of(image), name_and_words(wish)) for wish, image in zip(PICTURES, ordered, strict=True)]
        named.append((file_of(repaired), ("Full body, its face repaired", repair_words(repaired))))
        named.append((file_of(worn), ("A look of three garments, on the best picture", words_of(worn))))
        tiles = [Tile(file.read_bytes(), *words) for file, words in named]
        for tile in tiles:
            self._verify(tile.name, tile.picture)
        SHEET.write_bytes(contact_sheet(tiles, columns=3, title=view["model_name"], note=NOTE))
        self._stage.say(f"Pictures, each with what was ordered: {SHEET.relative_to(ROOT)}")
        self._stage.say("SANDBOX: a stand-in made weights and pictures; nothing was learnt or paid.")
        goes_on = self._addresses.pid != os.getpid()
        for sentence in next_steps(self._addresses.api, view["id"], goes_on=goes_on):
            self._stage.say(sentence)

    def _verify(self, named: str, picture: bytes) -> None:
        """Bring the file as somebody would who found it, and ask where it comes from."""
        upload = self._ask("POST", "/v1/provenance/uploads")
        headers = {"content-type": "image/png"}
        httpx.put(upload["upload_url"], content=picture, headers=headers, timeout=60).raise_for_status()
        found = self._ask("POST", "/v1/provenance", {"upload_id": upload["upload_id"]})
        self._stage.say(f"{named}: {provenance_words(found)}")

    def _ask(self, method: str, path: str, body: object = None) -> View:
        """What the command line has no command for."""
        headers = {"Authorization": f"Bearer {self._addresses.sign_in()}"}
        return (
            httpx.request(method, f"{self._addresses.api}{path}", json=body, headers=headers, timeout=60)
            .raise_for_status()
            .json()
        )


def made(name: str) -> View:
    """The one picture of an order, as the manifest of its folder has it."""
    [image] = json.loads((MADE / name / "manifest.json").read_text())["images"]
    return {**image, "folder": name}


def file_of(image: View) -> Path:
    return MADE / image["folder"] / image["file"]


def _shown(name: str) -> str:
    return _from_root(MADE / name)


def _from_root(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _must_hold_photos(folder: Path) -> None:
    if not folder.is_dir():
        raise ValueError(f"PHOTOS={folder} is no folder. Name one with 8 to 12 photos of one person.")
    photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in TYPES)
    if not 8 <= len(photos) <= 12:
        raise ValueError(
            f"PHOTOS={folder} holds {len(photos)} photos (JPEG, PNG, WebP, HEIC). Put 8 to 12 of one person there."
        )
    if large := next((path for path in photos if path.stat().st_size > MAX_PHOTO_BYTES), None):
        raise ValueError(f"{large} has more than {MAX_PHOTO_BYTES / 1e6:.0f} MB. Save it smaller, or choose another.")
