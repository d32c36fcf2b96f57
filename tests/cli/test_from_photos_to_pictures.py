"""The whole way at a terminal, once: photos, a bad one, Ctrl-C, a model, pictures, files; and who may not."""

import hashlib
import json
import shutil
import signal
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from studio import BAD_PHOTOS, PHOTOS
from terminal import CONSENTING, Said, Terminal

from sandbox import ROOT
from sandbox.laptop.keys import Keys
from sandbox.laptop.launcher import Addresses

GARMENTS = ROOT / "sandbox/demo_garments"
BLURRED = BAD_PHOTOS["blurred"]


@dataclass(frozen=True)
class Walk:
    """What was said at each step."""

    photos: Path
    with_a_bad_photo: Said
    interrupted: Said
    trained: Any
    retry: Any
    reviewed: Any
    ordered: Any
    files: Any

    @property
    def job(self) -> str:
        return self.trained["id"]

    @property
    def model(self) -> str:
        return self.reviewed["model"]["id"]


@pytest.fixture(scope="module")
def walk(maya: Terminal) -> Walk:
    photos = maya.home / "photos"
    photos.mkdir()
    for photo in (*PHOTOS[:7], BLURRED):
        shutil.copy(photo, photos)
    train = ("train", photos, "--name", "Maya Chen", "--preset", "compact", "--steps", 3)
    asked = ["female", *["y"] * 5, "y", "n"]  # gender, five declarations; try-ons, but no measurement of the face
    bad = maya.run(*train, "--yes", "--term", "2030-12-31", typed="\n".join(asked) + "\n")
    (photos / BLURRED.name).unlink()
    shutil.copy(PHOTOS[7], photos)
    stopped = interrupted(maya, *train, "--yes", "--json")
    trained = maya.json(*train)
    retry = maya.json("review", trained["id"], "--retry", "--dry-run", "--steps", 5)
    reviewed = maya.json("review", trained["id"], "--approve", "--out", "previews")
    wishes = ("--outfit", "a red coat", "--pose", "standing, seen from the front", "--count", 1)
    ordered = maya.json("generate", reviewed["model"]["id"], *wishes, "--yes", "--out", "pictures")
    ids = (reviewed["model"]["id"], ordered["id"], ordered["images"][0]["id"])
    return Walk(photos, bad, stopped, trained, retry, reviewed, ordered, maya.json("download", *ids, "--out", "files"))


def interrupted(terminal: Terminal, *words: object) -> Said:
    """The command, which gets a Ctrl-C when the training runs."""
    with terminal.start(*words) as running:
        assert running.stderr
        assert running.stdout
        heard = ""
        while "waiting" not in heard:
            line = running.stderr.readline()
            assert line, heard
            heard += line
        running.send_signal(signal.SIGINT)
        out, rest = running.communicate(timeout=60)
    terminal.heard += [out, heard + rest]
    return Said(running.returncode, out, heard + rest)


def test_a_bad_photo_is_told_by_its_file_with_reason_and_hint(walk: Walk) -> None:
    assert walk.with_a_bad_photo.code == 4
    (row,) = [line for line in walk.with_a_bad_photo.out.splitlines() if line.startswith(BLURRED.name)]
    assert "rejected" in row
    assert "sharp" in row.lower() or "blur" in row.lower()
    assert walk.with_a_bad_photo.out.count("accepted  ") == 7
    assert "7 of 8 photos accepted" in walk.with_a_bad_photo.out
    assert "error: " in walk.with_a_bad_photo.err


def test_the_same_command_goes_on_with_the_draft_and_its_changed_photos(walk: Walk) -> None:
    assert f"Job {walk.job}" in walk.with_a_bad_photo.err
    assert (len(walk.trained["photos"]), walk.trained["accepted_photos"]) == (8, 8)
    assert walk.trained["consent"]["valid_until"] == "2030-12-31"


def test_the_consent_is_asked_word_by_word_and_is_what_was_answered(walk: Walk, maya: Terminal) -> None:
    for sentence in ("I am an adult", "The photos show me", "may be trained", "may be stored", "may process them"):
        assert sentence in walk.with_a_bad_photo.err
    assert maya.json("consent", "text")["body"] in walk.with_a_bad_photo.err
    assert set(walk.trained["consent"]["uses"]) == {"train", "generate", "try_on"}


def test_a_no_to_one_part_of_the_consent_opens_nothing(walk: Walk, maya: Terminal) -> None:
    before = maya.json("status")
    said = maya.run("train", walk.photos, "--name", "Somebody", "--gender", "male", typed="y\nn\n")
    assert (said.code, "Nothing was sent" in said.err) == (1, True)
    assert maya.run("train", walk.photos, "--name", "Somebody", "--gender", "male", typed="y\n").code == 2
    assert maya.json("status") == before


def test_too_few_photos_are_refused_with_what_they_lack_and_the_draft_can_be_canceled(
    walk: Walk, maya: Terminal, tmp_path: Path
) -> None:
    shutil.copy(PHOTOS[0], tmp_path)
    (tmp_path / "huge.png").touch()
    with (tmp_path / "huge.png").open("r+b") as file:
        file.truncate(100_000_000)  # a hole: it takes no room, and is never sent
    train = ("train", tmp_path, "--name", "Few", "--gender", "female", "--yes", *CONSENTING)
    refused = maya.run(*train, "--json")
    assert (refused.code, list(refused.document["error"]["refused_files"])) == (4, ["huge.png"])
    (tmp_path / "huge.png").unlink()
    few = maya.run(*train, "--json").document["error"]
    assert (few["exit_code"], few["code"]) == (4, "wrong_number_of_photos")
    assert maya.json("cancel", few["job"])["status"] == "canceled"
    again = maya.run(*train, "--json")
    assert (again.code, again.document["error"]["job"]) == (1, few["job"])
    assert "--new" in again.err


def test_ctrl_c_leaves_the_training_running_and_says_how_to_come_back(walk: Walk) -> None:
    assert walk.interrupted.code == 130
    error = walk.interrupted.document["error"]
    assert (error["job"], error["exit_code"]) == (walk.job, 130)
    assert f"croquis status {walk.job} --follow" in walk.interrupted.err
    assert walk.trained["status"] == "in_review"
    assert len(walk.trained["runs"]) == 1  # it was not ordered a second time


def test_the_previews_the_pictures_and_the_weights_are_files_of_their_hash(walk: Walk, maya: Terminal) -> None:
    assert [image["position"] for image in walk.reviewed["files"]] == [1, 2, 3, 4]
    weights, order, image = walk.files["downloads"]
    made = [*walk.reviewed["files"], *walk.ordered["images"], weights, *order["order"]["images"], image["image"]]
    for each in made:
        assert hashlib.sha256((maya.home / each["file"]).read_bytes()).hexdigest() == each["sha256"]


def test_the_manifest_says_how_each_picture_was_made(walk: Walk, maya: Terminal) -> None:
    (image,) = json.loads((maya.home / "pictures/manifest.json").read_text())["images"]
    assert "a red coat" in image["prompt"]
    assert isinstance(image["seed"], int)
    assert (maya.home / "pictures" / image["file"]).is_file()
    assert "url" not in image


def test_a_dry_run_tells_the_price_and_orders_nothing(walk: Walk, maya: Terminal) -> None:
    before = maya.json("status", walk.job)["runs"]
    tried = maya.json("generate", walk.model, "--prompt", "on a beach", "--dry-run")
    assert (float(tried["expected_usd"]) > 0, tried["refusals"]) == (True, [])
    assert (float(walk.retry["expected_usd"]) > 0, walk.retry["refusals"]) == (True, [])
    assert maya.json("review", walk.job, "--retry", "--dry-run")["refusals"]  # it is approved
    assert maya.json("status", walk.job)["runs"] == before


def test_a_garment_is_added_and_put_on_the_person_of_a_picture(walk: Walk, maya: Terminal) -> None:
    coat = maya.json("garments", "add", GARMENTS / "coat.png", "--name", "Red coat", "--category", "outerwear")
    assert [it["id"] for it in maya.json("garments", "list")["garments"]] == [coat["id"]]
    worn = ("try-on", walk.ordered["images"][0]["id"], "--garment", coat["id"], "--out", "worn")
    assert float(maya.json(*worn, "--dry-run")["expected_usd"]) > 0
    (image,) = maya.json(*worn, "--yes")["images"]
    assert hashlib.sha256((maya.home / image["file"]).read_bytes()).hexdigest() == image["sha256"]


def test_a_look_book_is_laid_out_within_its_budget_and_saved(walk: Walk, maya: Terminal) -> None:
    hat = maya.json("garments", "add", GARMENTS / "hat.png", "--name", "Hat", "--category", "hat")
    look = maya.json("looks", "add", "--name", "In the sun", "--garment", hat["id"])
    assert [it["id"] for it in maya.json("looks", "list")["looks"]] == [look["id"]]
    order = ("lookbook", "order", walk.model, "--look", look["id"], "--image", walk.ordered["images"][0]["id"])
    assert maya.run(*order, "--budget", 0.01, "--dry-run", "--json").document["refusals"]
    book = maya.json(*order, "--budget", 1, "--yes", "--out", "book")
    assert {Path(file).suffix for file in book["files"]} == {".png", ".pdf", ".zip"}
    assert all((maya.home / file).stat().st_size for file in book["files"])
    assert (book["progress"]["done"], float(book["spent_usd"]) <= 1) == (1, True)
    assert [it["id"] for it in maya.json("lookbook", "status")["look_books"]] == [book["id"]]
    assert "In the sun" in maya.run("lookbook", "save", book["id"]).out
    assert maya.run("lookbook", "cancel", book["id"]).code == 4  # it is over


def test_the_face_of_a_picture_is_repaired_in_a_picture_more(walk: Walk, maya: Terminal) -> None:
    before = walk.ordered["images"][0]
    repair = ("repair", before["id"], "--strength", 0.4, "--out", "repaired")
    assert float(maya.json(*repair, "--dry-run")["expected_usd"]) > 0
    (image,) = maya.json(*repair, "--yes")["images"]
    assert image["sha256"] != before["sha256"]
    assert (maya.home / image["file"]).is_file()


def test_without_anybody_to_answer_nothing_is_ordered(walk: Walk, maya: Terminal) -> None:
    said = maya.run("generate", walk.model, "--pose", "standing")
    assert said.code == 2
    assert "--yes" in said.err


def test_a_wish_that_is_refused_names_its_field(walk: Walk, maya: Terminal) -> None:
    said = maya.run("generate", walk.model, "--pose", "standing", "--guidance", 9, "--yes", "--json")
    assert (said.code, said.document["error"]["code"]) == (4, "invalid_request")
    assert "guidance" in said.err
    assert said.document["error"]["request_id"] in said.err


def test_another_users_ids_are_told_like_ones_that_do_not_exist(walk: Walk, noor: Terminal) -> None:
    consent, order, image = walk.trained["consent"]["id"], walk.ordered["id"], walk.ordered["images"][0]["id"]
    tries = [("status", walk.job), ("cancel", walk.job), ("review", walk.job, "--reject"),
             ("generate", walk.model, "--pose", "standing", "--yes"), ("download", walk.model), ("download", order),
             ("download", image), ("consent", "withdraw", consent, "--yes")]  # fmt: skip
    for words in tries:
        said = noor.run(*words, "--json")
        assert (said.code, said.document["error"]["exit_code"]) == (4, 4), words
    assert noor.json("models") == {"models": []}
    assert noor.json("status") == {"trainings": []}


def test_an_operator_reads_and_sets_limits_and_sees_the_money(
    walk: Walk, addresses: Addresses, folder: Path, tmp_path: Path
) -> None:
    terminal, key = Terminal(tmp_path), tmp_path / "key"
    key.write_text(Keys.of(folder).secret_key + "\n")
    known = ("--key-file", key, "--discovery", folder / ".env.local")
    assert terminal.json("admin", "limits", *known)["usd_per_day"] == 1000
    changed = terminal.json("admin", "limits", "--set", "usd_per_day=500", "--set", "images_per_day=7", *known)
    assert (changed["usd_per_day"], changed["images_per_day"], changed["accept_jobs"]) == (500, 7, True)
    assert terminal.json("admin", "switch", "close", *known)["accept_jobs"] is False
    assert terminal.json("admin", "switch", "open", *known)["accept_jobs"] is True
    assert terminal.run("admin", "limits", "--set", "no_such=1", *known).code == 4
    entries = terminal.json("admin", "ledger", *known)["entries"]
    assert {it["kind"] for it in entries} >= {"reservation", "settlement"}
    one = terminal.json("admin", "ledger", "--owner", entries[-1]["owner_id"], *known)
    assert one["accounts"][0]["owner_id"] == entries[-1]["owner_id"]
    assert terminal.json("admin", "unmatched", *known) == {"webhooks": [], "runs": []}
    key.write_text(addresses.publishable_key)
    assert terminal.run("admin", "limits", *known).code == 2
    key.write_text("sb_" + "secret_wrong")
    assert terminal.run("admin", "limits", *known).code == 4
    assert Keys.of(folder).secret_key not in "".join(terminal.heard)


def test_a_person_takes_all_home_withdraws_and_is_erased_and_no_secret_was_ever_printed(
    walk: Walk, maya: Terminal, addresses: Addresses
) -> None:
    """Last, because nothing can be made of her after it."""
    would = maya.json("erase", walk.model, "--dry-run")
    assert would["objects"]
    assert maya.run("erase", walk.model).code == 2  # nobody is there to say yes
    packed = maya.json("export", "--model", walk.model, "--out", "export")
    assert zipfile.is_zipfile(maya.home / packed["file"])
    withdrawn = maya.json("consent", "withdraw", walk.trained["consent"]["id"], "--yes")
    assert withdrawn["withdrawn_at"]
    said = maya.run("generate", walk.model, "--pose", "standing", "--yes", "--json")
    assert said.code == 4
    begun = maya.json("erase", walk.model, "--yes")
    assert [it["id"] for it in maya.json("erasures")["erasures"]] == [begun["id"]]
    assert maya.json("erasures", begun["id"])["subject"] == "model"
    everything = "".join(maya.heard)
    for secret in (maya.session["access_token"], maya.session["refresh_token"], addresses.users["maya@example.com"]):
        assert secret not in everything
    assert "token=" not in everything  # of a signed link
