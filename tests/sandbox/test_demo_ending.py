"""The demo's last words: none is broken on a terminal of 80 characters, and they say what to do next."""

from typing import Any

import pytest
from rich.console import Console

from croquis.domain.images.prompts import PREVIEWS
from sandbox.laptop.demo import PICTURES, WORKING
from sandbox.laptop.ending import (
    exam_words,
    name_and_words,
    name_and_words_of_preview,
    next_steps,
    provenance_words,
    repair_words,
    summary,
)

JOB, MODEL = "496280c5-76b3-4e5a-a6e5-fa01a8753101", "7a6cce8a-7c9b-444a-aa6f-51685287a904"
SHA256 = "65cf7cb5f177e8aca6121831744a10a4" * 2
STAGES = ("draft", *WORKING, "in_review", "approved")
ALL_PASS = {"passed": 4, "failed": 0, "cannot_tell": 0, "rate": 1.0, "interval": {"low": 0.5101, "high": 1.0}}
UNCLEAR = {"change": "cannot_tell", "interval": {"low": 0.91, "high": 1.1}}
EXAM = {
    "sandbox": True, "pictures": 4, "one_person": ALL_PASS, "head_to_toe": ALL_PASS, "face": None, "legs": UNCLEAR,
    "hips": UNCLEAR, "head": UNCLEAR, "not_copied": ALL_PASS,
    "not_measured": [{"part": "face", "code": "no_consent", "sentence": "Not agreed."}],
}  # fmt: skip
RUN = {
    "dataset_images": 24, "weights_bytes": 171_800_000, "lora_rank": 16, "weights_sha256": SHA256,
    "expected_usd": "1.769000", "exam": EXAM,
}  # fmt: skip
VIEW: dict[str, Any] = {
    "id": JOB, "status": "approved", "model": {"id": MODEL}, "trigger_word": "xcmbmccr", "runs": [RUN],
    "events": [{"status": it, "at": f"2026-12-01T10:0{minute}:00+00:00"} for minute, it in enumerate(STAGES)],
}  # fmt: skip
API = "http://127.0.0.1:15420"


def printed(width: int = 80) -> list[str]:
    console = Console(width=width, highlight=False, soft_wrap=True, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(summary(VIEW, WORKING))
    return captured.get().splitlines()


def test_the_summary_fits_and_breaks_no_word() -> None:
    lines = printed()
    assert max(map(len, lines)) <= 80
    for word in (JOB, MODEL, f"{SHA256[:32]}…", "171.8", "xcmbmccr", *WORKING):
        assert any(word in line.split() for line in lines), word


def test_the_price_is_an_expectation_and_says_that_nothing_was_paid() -> None:
    (line,) = (line for line in printed() if "$" in line)
    assert "$1.77 expected" in line
    assert "nothing was paid" in line


def test_the_exam_is_told_with_its_intervals_and_with_what_was_not_measured() -> None:
    lines = [" ".join(line.split()) for line in printed()]
    assert "one person 4 of 4, 51% to 100%" in lines
    assert "hips cannot tell, 91% to 110%" in lines
    assert "face not measured: no consent" in lines
    assert exam_words(None) == [("exam", "not graded")]


def test_each_picture_is_named_by_what_was_ordered_and_no_two_alike() -> None:
    named = [name_and_words_of_preview(number) for number in range(1, len(PREVIEWS) + 1)]
    named += [name_and_words(wish) for wish in PICTURES]
    names, words = zip(*named, strict=True)
    assert len(set(names)) == len(names)
    assert names[1] == "Full body, walking towards the camera"
    assert words[1] == (
        "wearing a long camel coat, black trousers and leather boots; a quiet city street with old facades; "
        "overcast daylight"
    )
    assert all(name.startswith(("Full body", "Half body", "Portrait")) for name in names)


def test_a_repair_says_which_of_the_two_pictures_to_use() -> None:
    judged = {"kept": False, "reason": "face_not_better", "sentence": "The face is not more like.", "body": "same"}
    assert repair_words({"repair": judged}) == "not kept. The face is not more like."
    assert repair_words({"repair": judged | {"kept": True}}).startswith("kept. ")
    assert repair_words({"repair": None}) == "not judged"


def test_where_a_picture_comes_from_is_one_line() -> None:
    ours = {"made_here": True, "seal": "ours", "image": {"id": JOB}}
    assert provenance_words(ours) == f"made here, signed, and as we saved it; image {JOB}"
    assert provenance_words({"made_here": True, "seal": "none", "image": None}) == "made here, not signed"
    assert provenance_words({"made_here": True, "seal": "altered", "image": None}) == "made here, altered"
    assert provenance_words({"made_here": False, "seal": None, "image": None}) == "not made here"


@pytest.mark.parametrize("goes_on", [False, True])
def test_the_last_words_say_where_to_go_on(goes_on: bool) -> None:
    steps = next_steps(API, JOB, goes_on=goes_on)
    assert max(map(len, steps)) <= 80
    assert f"GET /v1/trainings/{JOB}" in steps[-1]
    assert all(word in steps[0] for word in ("make up", API, "token"))
    assert ("starts it again" in steps[0]) is not goes_on
