"""What the demo ends with: what was made, a contact sheet with a name under each picture, and what to do next."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from rich.table import Column, Table

from croquis.domain.images.prompts import PREVIEWS

FRAMINGS = {"full_body": "Full body", "half_body": "Half body", "portrait": "Portrait"}
PARTS = ("one_person", "head_to_toe", "face", "legs", "hips", "head", "not_copied")
NOTE = (
    "SANDBOX: a stand-in for Replicate cut the person out of the training photos and drew a place behind. Below each "
    "is what was ordered, which a real model would draw."
)

View = dict[str, Any]


def summary(view: View, working: Iterable[str]) -> Table:
    """Two columns without a box, narrow enough for 80 characters; nothing in it is broken within a word."""
    run, table = view["runs"][-1], Table("", Column(overflow="fold"), box=None, show_header=False, width=80)
    table.add_row("job", view["id"])
    table.add_row("status", view["status"])
    table.add_row("model", view["model"]["id"])
    table.add_row("trigger word", view["trigger_word"])
    table.add_row("training images", str(run["dataset_images"]))
    table.add_row("weights", f"{run['weights_bytes'] / 1e6:.1f} MB, rank {run['lora_rank']}")
    table.add_row("sha256", f"{run['weights_sha256'][:32]}…")
    for part, words in exam_words(run["exam"]):
        table.add_row(part, words)
    table.add_row("price", f"${float(run['expected_usd']):.2f} expected at Replicate; here nothing was paid")
    table.add_row("seconds", ", ".join(f"{name} {seconds:.1f}" for name, seconds in _spans(view, working)))
    return table


def exam_words(exam: View | None) -> list[tuple[str, str]]:
    """What was measured of the previews: how many passed, and between which shares the truth lies."""
    if exam is None:
        return [("exam", "not graded")]
    missing = {it["part"]: it["code"] for it in exam["not_measured"]}
    of_whom = "the stand-in's pictures, which say nothing of a model" if exam["sandbox"] else "the previews"
    parts = [(part, exam[part]) for part in PARTS]
    told = [
        (f"  {part.replace('_', ' ')}", _measured(it) if it else f"not measured: {missing[part].replace('_', ' ')}")
        for part, it in parts
    ]
    return [("exam", f"of {of_whom}"), *told]


def _measured(part: View) -> str:
    found, interval = part.get("change") or f"{part['passed']} of {part['passed'] + part['failed']}", part["interval"]
    between = f", {interval['low']:.0%} to {interval['high']:.0%}" if interval else ""
    return found.replace("_", " ") + between


def name_and_words(choices: Mapping[str, Any]) -> tuple[str, str]:
    """What a picture was ordered as: how much of the person in which pose, then clothes, place and light."""
    name = ", ".join(filter(None, (FRAMINGS[choices.get("framing") or "full_body"], choices.get("pose"))))
    outfit = choices.get("outfit")
    parts = (f"wearing {outfit}" if outfit else None, choices.get("background"), choices.get("lighting"))
    return name, "; ".join(part for part in parts if part)


def name_and_words_of_preview(position: int) -> tuple[str, str]:
    """Of the previews that every training is judged by, counted from 1."""
    return name_and_words(PREVIEWS[position - 1].choices.model_dump(mode="json"))


def repair_words(image: View) -> str:
    """Whether the picture with the new face takes the place of the one before, and why."""
    if image["repair"] is None:
        return "not judged"
    return ("kept. " if image["repair"]["kept"] else "not kept. ") + image["repair"]["sentence"]


def provenance_words(found: View) -> str:
    """Where a picture comes from, as the API says of the file that was brought."""
    if not found["made_here"]:
        return "not made here"
    seal = {"ours": "signed, and as we saved it", "none": "not signed"}.get(found["seal"] or "none", found["seal"])
    return f"made here, {seal}; image {found['image']['id']}" if found["image"] else f"made here, {seal}"


def next_steps(api: str, job: str, *, goes_on: bool) -> tuple[str, ...]:
    """What to do now, in sentences that fit a terminal; `goes_on` when what the demo used runs on without it."""
    again = f"Next: `make up` starts it again at {api} and prints a token."
    still = f"Next: call {api}, where `make up` goes on; it printed a token."
    return still if goes_on else again, f"Ask it for this job: GET /v1/trainings/{job}"


def _spans(view: View, working: Iterable[str]) -> list[tuple[str, float]]:
    stages = [(event["status"], datetime.fromisoformat(event["at"])) for event in view["events"]]
    return [(name, (after - at).total_seconds()) for (name, at), (_, after) in pairwise(stages) if name in working]
