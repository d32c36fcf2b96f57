"""What a terminal says of views: pure, so tried without one."""

import pytest

from croquis_cli import words
from croquis_cli.screen import plain

RATE = {"passed": 3, "failed": 1, "cannot_tell": 0, "rate": 0.75, "interval": {"low": 0.3, "high": 0.95}}
LEGS = {"ratio": 1.12, "interval": {"low": 1.02, "high": 1.22}, "change": "different", "photos": 9, "pictures": 4}
PHOTO = {"id": "p", "slot": 3, "status": "accepted", "view": "three_quarter", "pose": None, "findings": []}


def test_a_rate_is_told_with_both_ends_of_its_interval() -> None:
    assert words.rate_in_words(RATE) == "3 of 4 pass (of many, 30% to 95% would)"
    assert "of 2 more nobody can tell" in words.rate_in_words({**RATE, "cannot_tell": 2})
    assert "cannot be told" in words.rate_in_words({**RATE, "passed": 0, "failed": 0, "rate": None, "interval": None})


def test_a_proportion_is_told_against_the_photos() -> None:
    assert words.proportion_in_words(LEGS) == "different from the photos (1.12 of theirs, between 1.02 and 1.22)"
    assert words.proportion_in_words({**LEGS, "ratio": None, "change": "cannot_tell"}) == "cannot be told"


def test_an_exam_tells_each_part_or_why_it_was_not_measured() -> None:
    parts = dict.fromkeys([*words.RATES, *words.PROPORTIONS])
    missing = [{"part": "face", "code": "no_consent", "sentence": "Nobody agreed to it."}]
    exam = {**parts, "pictures": 4, "sandbox": True, "one_person": RATE, "legs": LEGS, "not_measured": missing}
    told = words.exam_lines(exam)
    assert told[0] == "Exam of 4 previews:"
    assert [line.strip().partition(":")[0] for line in told[1:]] == [
        "one person alone", "length of the legs", "the same face", "SANDBOX",
    ]  # fmt: skip
    assert words.exam_lines(None) == ["The exam was not graded: look at the previews yourself."]


def test_each_finding_of_a_photo_has_its_row_under_the_files_name() -> None:
    findings = [
        {"sentence": "It is blurred.", "hint": "Hold still."},
        {"sentence": "The feet are cut.", "hint": "Step back."},
    ]
    rejected = {**PHOTO, "id": "q", "status": "rejected", "findings": findings}
    assert words.verdict_rows([PHOTO, rejected], {"q": "a.jpg"}) == [
        ("slot 3", "accepted", "three quarter view", ""),
        ("a.jpg", "rejected", "It is blurred.", "Hold still."),
        ("", "", "The feet are cut.", "Step back."),
    ]


def test_the_line_of_a_training_has_stage_step_loss_and_minutes() -> None:
    run = {"run": 1, "step": 60, "total_steps": 100, "loss": 0.25}
    view = {"status": "training", "progress": 0.5, "minutes_left": 2, "runs": [run], "previews": []}
    line = words.stage_line(view)
    for part in ("training", " 50%", "step 60/100", "loss 0.250", "2 min left", "█" * 10 + "░" * 10):
        assert part in line
    assert "step" not in words.stage_line({**view, "status": "queued", "runs": []})


def test_no_link_leaves_in_a_document() -> None:
    view = {"url": "x", "thumbnail_url": "x", "photos": [{"upload_url": "x", "slot": 1}], "link": None}
    assert words.without_links(view) == {"photos": [{"slot": 1}], "link": None}


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07.jpg", "a\x9bb", "\u202egpj.exe", "[red]x[/red]"])
def test_a_name_commands_neither_the_terminal_nor_its_colours(name: str) -> None:
    shown = plain(name)
    assert not shown.spans
    assert not set(shown.plain) & set("\x1b\x07\x9b\u202e")
    assert len(shown.plain) == len(name)


def test_an_estimate_tells_its_ranges_where_it_has_them() -> None:
    minutes = {"expected": 21.4, "low": None, "high": None}
    tried = {"expected_usd": "1.769", "low_usd": None, "high_usd": None, "minutes": minutes}
    assert words.estimate(tried) == "$1.77, about 21 min"
    ranged = {**tried, "low_usd": "1.59", "high_usd": "2.21", "minutes": {"expected": 20, "low": 18.2, "high": 25.8}}
    assert words.estimate(ranged) == "$1.77 ($1.59 to $2.21), about 20 min (18 to 26)"
