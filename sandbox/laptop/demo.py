"""The demo: a person's photos in, a trained, approved model and pictures of it out, through the public doors only."""

import argparse
import mimetypes
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Self, cast

import httpx
from pydantic import TypeAdapter, ValidationError

from croquis.domain.photos.photo import MAX_PHOTO_BYTES
from croquis.domain.runs.training import Preset
from croquis.domain.short_text import ModelName
from croquis.domain.subject import Gender
from sandbox import ROOT
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
from sandbox.laptop.launcher import Addresses
from sandbox.laptop.stage import Stage

SAMPLES = ROOT / "sandbox/demo_photos/good"
SHEET = ROOT / ".croquis" / "contact-sheet.png"
TYPES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
UNJUDGED = ("awaiting_upload", "uploaded", "checking")
WORKING = ("queued", "preparing", "training", "ingesting", "previewing")
DECLARATIONS = ("adult", "own_photos_or_authorised", "training", "storage", "processors")
USES = ("train", "generate", "try_on", "face_measurement")
CONSENT = {"text_version": "2026-11", "uses": USES, **dict.fromkeys(DECLARATIONS, True)}
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
PATIENCE_SECONDS = 600  # without anything new; what goes on may take as long as it takes
LOOK_EVERY = 0.5

View = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Whom the demo trains: what the command line said, looked at before anything starts."""

    photos: list[Path]
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
        return cls(_photos(options.photos or SAMPLES), name, options.gender, options.preset, bool(options.look_book))


class Demo:
    """One run through the product as its test user."""

    def __init__(self, addresses: Addresses, person: Person, stage: Stage) -> None:
        self._addresses = addresses
        self._person = person
        self._stage = stage
        self._http = httpx.Client(base_url=addresses.api, timeout=60)
        self._told: set[str] = set()  # photos whose verdict was said

    def run(self) -> None:
        """Where something does not work, the process ends with a sentence and exit code 1."""
        self._http.headers["Authorization"] = f"Bearer {self._addresses.sign_in()}"
        with self._http:
            job = self._open()
            self._upload(job, self._person.photos)
            self._train(job)
            orders = self._approve_and_picture(job)
            repaired = self._repair(orders[0]["images"][0])
            view = self._ask("GET", f"/v1/trainings/{job}")
            worn = put_on(self._ask, self._wait, self._stage.say, view["model"]["id"])
            if self._person.look_book:
                lay_out(self._ask, self._wait, self._stage, view["model"]["id"])
            self._stage.say(summary(view, WORKING))
            self._save_sheet(view, orders, repaired, worn)

    def _open(self) -> str:
        name, gender = self._person.name, self._person.gender
        job = self._ask("POST", "/v1/trainings", {"model_name": name, "gender": gender, "consent": CONSENT})
        self._stage.say(f"Job {job['id']} for {name}, trigger word {job['trigger_word']}")
        return str(job["id"])

    def _upload(self, job: str, photos: list[Path]) -> None:
        for slot, path in enumerate(photos, 1):
            self._stage.progress(f"Uploading · {slot} of {len(photos)}")
            content_type, data = mimetypes.guess_type(path.name)[0] or "", path.read_bytes()
            announced = {"slot": slot, "content_type": content_type, "bytes": len(data)}
            signed = self._ask("POST", f"/v1/trainings/{job}/photos", announced)
            answer = httpx.put(
                signed["upload_url"], content=data, headers={"content-type": signed["content_type"]}, timeout=60
            )
            if answer.is_error:
                _fail(f"{path.name}: {answer.json().get('message', answer.text)}. Choose another file.")
        view = self._wait(f"/v1/trainings/{job}", self._checked)
        self._stage.say(f"{view['accepted_photos']} of {len(photos)} photos accepted")
        for finding in view["set_findings"]:
            self._stage.say(f"The set: {finding['sentence']} {finding['hint']}")
        dataset = self._ask("GET", f"/v1/trainings/{job}/dataset")
        pictures = [picture for photo in dataset["photos"] for picture in photo["pictures"]]
        counts = Counter(picture["framing"].replace("_", " ") for picture in pictures)
        parts = ", ".join(f"{count} {framing}" for framing, count in counts.items())
        faces = sorted(picture["face_height"] for picture in pictures if picture["face_height"])
        high = f"; faces {faces[0]}-{faces[-1]} pixels high" if faces else ""
        self._stage.say(f"The trainer gets {len(pictures)} pictures: {parts}{high}")
        if pictures:
            self._stage.say(f"A caption: {pictures[0]['caption']}")

    def _checked(self, view: View) -> str:
        """What is waited for; each photo is told of when it is judged."""
        waiting = [photo for photo in view["photos"] if photo["status"] in UNJUDGED]
        for photo in view["photos"]:
            if photo["status"] not in UNJUDGED and photo["id"] not in self._told:
                self._told.add(photo["id"])
                self._tell_of(photo)
        self._stage.progress(f"Checking photos · {len(view['photos']) - len(waiting)} of {len(view['photos'])}")
        return ", ".join(f"{self._file_of(photo)} is {photo['status'].replace('_', ' ')}" for photo in waiting)

    def _tell_of(self, photo: View) -> None:
        name = self._file_of(photo)
        if photo["status"] == "accepted":
            self._stage.say(f"{name}: {photo['view'].replace('_', '-')} view, {photo['pose'] or 'pose not named'}")
        for finding in photo["findings"]:
            self._stage.say(f"{name}: {finding['sentence']} {finding['hint']}")

    def _file_of(self, photo: View) -> str:
        return self._person.photos[photo["slot"] - 1].name

    def _train(self, job: str) -> None:
        self._ask("POST", f"/v1/trainings/{job}/submit", {"preset": self._person.preset}, paid=True)
        view = self._wait(f"/v1/trainings/{job}", self._trained)
        if view["status"] != "in_review":
            problem = view["runs"][-1]["problem"] or {"sentence": f"The job is {view['status']}.", "hint": ""}
            _fail(f"{problem['sentence']} {problem['hint']}")

    def _trained(self, view: View) -> str:
        run, previews = view["runs"][-1], view["previews"]
        done = view["progress"]
        line = f"{view['status']} · {'█' * int(20 * done):░<20} {done:4.0%}"
        if view["status"] == "training" and run["step"]:
            loss = "" if run["loss"] is None else f"  loss {run['loss']:.3f}"
            line += f"  step {run['step']}/{run['total_steps']}{loss}"
        if view["status"] == "previewing":
            line += f"  {sum(image['status'] == 'saved' for image in previews)} of {len(previews)} previews"
        if view["minutes_left"]:
            line += f"  {view['minutes_left']} min {'left' if run['step'] else 'at Replicate'}"
        self._stage.progress(line, news=(view["status"], int(5 * done)))
        return f"the job is {view['status']}" if view["status"] in WORKING else ""

    def _approve_and_picture(self, job: str) -> list[View]:
        approved = self._ask("POST", f"/v1/trainings/{job}/review", {"decision": "approve"})
        self._stage.say("Approved; ordering two pictures")
        doors = f"/v1/models/{approved['model']['id']}/generations"
        ordered = [self._ask("POST", doors, wish, paid=True) for wish in PICTURES]
        return [self._wait(f"/v1/image-orders/{order['id']}", self._pictured) for order in ordered]

    def _repair(self, image: View) -> View:
        """The face of a full-length picture is made anew; which of the two is the better one is told."""
        self._stage.say("Repairing the face of the first one")
        order = self._ask("POST", f"/v1/images/{image['id']}/repairs", {}, paid=True)
        done = self._wait(f"/v1/image-orders/{order['id']}", self._judged)
        [repaired] = done["images"]
        self._stage.say(f"Repair: {repair_words(repaired)}")
        return repaired

    def _judged(self, order: View) -> str:
        return self._pictured(order) or ("" if order["images"][0]["checks"] else "the repair is being judged")

    def _verify(self, named: str, picture: bytes) -> None:
        """Bring the file as somebody would who found it, and ask where it comes from."""
        upload = self._ask("POST", "/v1/provenance/uploads")
        headers = {"content-type": "image/png"}
        httpx.put(upload["upload_url"], content=picture, headers=headers, timeout=60).raise_for_status()
        found = self._ask("POST", "/v1/provenance", {"upload_id": upload["upload_id"]})
        self._stage.say(f"{named}: {provenance_words(found)}")

    def _pictured(self, order: View) -> str:
        statuses = [image["status"] for image in order["images"]]
        self._stage.progress(f"Pictures · {statuses.count('saved')} of {len(statuses)} of an order")
        if "failed" in statuses:
            _fail(f"A picture failed; its order is {order['id']}, and .croquis/log/functions.log says more.")
        return "" if set(statuses) == {"saved"} else f"pictures are {', '.join(statuses)}"

    def _save_sheet(self, view: View, orders: list[View], repaired: View, worn: View) -> None:
        ordered = [(image, name_and_words_of_preview(image["position"])) for image in view["previews"]]
        ordered += [
            (image, name_and_words(wish))
            for wish, order in zip(PICTURES, orders, strict=True)
            for image in order["images"]
        ]
        ordered.append((repaired, ("Full body, its face repaired", repair_words(repaired))))
        ordered.append((worn, ("A look of three garments, on the best picture", words_of(worn))))
        tiles = [
            Tile(httpx.get(image["url"]).raise_for_status().content, *named) for image, named in ordered if image["url"]
        ]
        for tile in tiles:
            self._verify(tile.name, tile.picture)
        SHEET.write_bytes(contact_sheet(tiles, columns=3, title=view["model_name"], note=NOTE))
        self._stage.say(f"Pictures, each with what was ordered: {SHEET.relative_to(ROOT)}")
        self._stage.say("SANDBOX: a stand-in made weights and pictures; nothing was learnt or paid.")
        goes_on = self._addresses.pid != os.getpid()
        for sentence in next_steps(self._addresses.api, view["id"], goes_on=goes_on):
            self._stage.say(sentence)

    def _wait(self, path: str, waits_for: Callable[[View], str]) -> View:
        """The view when nothing is waited for any more; a slow machine may take long, as long as something changes."""
        last, since = None, time.monotonic()
        while what := waits_for(view := self._ask("GET", path)):
            if _without_links(view) != last:
                last, since = _without_links(view), time.monotonic()
            if time.monotonic() - since > PATIENCE_SECONDS:
                _fail(
                    f"Nothing has changed for {PATIENCE_SECONDS // 60} minutes: {what}. Nothing is lost: `make up` "
                    f"goes on with it and shows the log (job or order {view['id']}); .croquis/log has it too."
                )
            time.sleep(LOOK_EVERY)
        return view

    def _ask(self, method: str, path: str, body: object = None, *, paid: bool = False) -> View:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if paid else {}
        try:
            answer = self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            _fail(f"Croquis does not answer at {self._addresses.api} any more. `make up` goes on with what was begun.")
        if answer.is_error:
            is_json = "json" in answer.headers.get("content-type", "")
            problem = answer.json() if is_json else {"detail": answer.text[:300]}
            _fail(f"{problem.get('detail', answer.status_code)} {problem.get('hint', '')}")
        return answer.json()


def _fail(sentence: str) -> NoReturn:
    raise SystemExit(sentence)


def _without_links(view: object) -> object:
    """A view without its signed links, which are new each time."""
    if isinstance(view, dict):
        return {key: _without_links(value) for key, value in cast("View", view).items() if not key.endswith("url")}
    return [_without_links(each) for each in cast("list[object]", view)] if isinstance(view, list) else view


def _photos(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ValueError(f"PHOTOS={folder} is no folder. Name one with 8 to 12 photos of one person.")
    photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in TYPES)
    if not 8 <= len(photos) <= 12:
        raise ValueError(
            f"PHOTOS={folder} holds {len(photos)} photos (JPEG, PNG, WebP, HEIC). Put 8 to 12 of one person there."
        )
    if large := next((path for path in photos if path.stat().st_size > MAX_PHOTO_BYTES), None):
        raise ValueError(f"{large} has more than {MAX_PHOTO_BYTES / 1e6:.0f} MB. Save it smaller, or choose another.")
    return photos
