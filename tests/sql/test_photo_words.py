"""change_photo: what an owner says about a photo, in plain lines, the same ones that Python takes."""

import sys
import unicodedata
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import ValidationError
from sql.seats import Seat, refused
from sql.story import Story, key

from croquis.domain.photos.accepted_photo import Said
from croquis.domain.short_text import NOT_PLAIN

LINES = (
    "standing",
    "  standing\t",
    "",
    " \u3000",
    "\x1f",
    "two\nlines",
    "tail\n",
    "\u2028head",
    "c1\x85control",
    "x" * 80,
    "x" * 81,
    " " * 500 + "x" * 80,
    "💥" * 80,
    "💥" * 81,
    "é\u0301\u202eabc\ufeff",
    "'; drop table public.prices; --",
    '%s "quoted" \\n {}',
)
EVERY = [chr(code) for code in range(1, sys.maxunicode + 1)]


@pytest.fixture
def photo(story: Story) -> dict[str, Any]:
    return story.opened().accepted(1)


def said(story: Story, photo: dict[str, Any], words: Any) -> dict[str, Any]:
    return story.changed(photo, said=Jsonb(words))["said"]


def python_says(name: str, line: str) -> str | None:
    """What Python makes of it; None when there is nothing to keep, or ValidationError."""
    return getattr(Said.model_validate({name: line}), name) or None


def test_only_the_words_that_are_given_change(story, photo):
    said(story, photo, {"caption": "me", "pose": "sitting", "light": None})
    assert said(story, photo, {"pose": "standing", "clothes": "a coat"}) == {
        "caption": "me",
        "pose": "standing",
        "clothes": "a coat",
    }
    assert said(story, photo, {"caption": None, "clothes": "  ", "light": ""}) == {"pose": "standing"}
    assert story.changed(photo, slot=2)["said"] == {"pose": "standing"}


def test_sql_and_python_know_the_same_words(story, photo):
    everything = dict.fromkeys(Said.model_fields, "x")
    assert said(story, photo, everything) == everything


@pytest.mark.parametrize("name", Said.model_fields)
def test_sql_and_python_take_the_same_lines_and_keep_the_same_of_them(story, photo, name):
    for line in (*LINES, "y" * 500, "y" * 501):
        try:
            expected = python_says(name, line)
        except ValidationError:
            if name == "caption" and not line.strip():
                continue  # Python asks for null instead
            with refused(422, "bad_words"):
                said(story, photo, {name: line})
        else:
            assert said(story, photo, {name: line}).get(name) == expected, line


def test_no_control_character_of_unicode_slips_through(story, photo):
    bad = [it for it in EVERY if unicodedata.category(it) in NOT_PLAIN - {"Cs"}]
    assert len(bad) == 66
    for character in bad:
        with refused(422, "bad_words"):
            said(story, photo, {"pose": f"a{character}b"})


def test_every_other_character_is_kept(story, photo):
    plain = "".join(it for it in EVERY if unicodedata.category(it) not in NOT_PLAIN)
    lines = [f"({plain[start : start + 498]})" for start in range(0, len(plain), 498)]
    for line in (*lines[:200], *lines[200::50]):
        assert said(story, photo, {"caption": line}) == {"caption": line}


def test_a_lone_surrogate_is_the_callers_fault(story, photo):
    with pytest.raises(psycopg.errors.DataError):
        story.owner.sql(
            "select public.change_photo(%s, %s, said => %s::text::jsonb)",
            (story.job, photo["id"], r'{"pose": "\ud800"}'),
        )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        *((value, "said must be an object") for value in ([], ["pose"], "pose", 5, True, None)),
        *(({"pose": value}, "^pose must be one line") for value in (5, True, [], ["x"], {}, {"a": {"b": [1]}})),
        ({"caption": "x" * 10_000_000}, "^caption must be one line"),
        ({"caption": {"caption": "x"}}, "^caption must be one line"),
        ({"face": "round"}, '"face"'),
        ({"": "x"}, '""'),
        ({"Pose": "x"}, '"Pose"'),
        ({"pose ": "x"}, '"pose "'),
        ({"n" * 100_000: "x"}, '"n{40}"'),
        ({"pose": "standing", "overridden_at": None}, '"overridden_at"'),
        ({str(number): number for number in range(50_000)}, '"0"'),
    ],
)
def test_what_is_no_words_is_refused_by_its_name(story, photo, wrong, named):
    """AS-12."""
    said(story, photo, {"pose": "sitting"})
    with refused(422, "bad_words", named):
        said(story, photo, wrong)
    assert story.seen()["photos"][0]["said"] == {"pose": "sitting"}


def test_words_said_before_the_upload_outlive_its_check(story):
    photo = story.opened().announced()
    said(story, photo, {"pose": "sitting"})
    landed = story.landed(photo["upload_path"])
    story.claimed(landed)
    story.worker.call("record_photo", photo=photo["id"], object_version=landed[1], verdict={"status": "unreadable"})
    assert story.seen()["photos"][0]["said"] == {"pose": "sitting"}


@pytest.mark.parametrize("status", ["draft", "in_review", "failed"])
def test_words_change_while_the_photos_may_be_trained_again(story, status):
    photo = story.to(status).seen()["photos"][0]
    assert said(story, photo, {"light": "in dim light"}) == {"light": "in dim light"}


def test_a_retry_is_trained_with_the_new_words(story):
    said(story, story.to("failed").seen()["photos"][0], {"pose": "walking"})
    story.reviewed("retry", idempotency_key=key())
    story.run = 2
    assert story.entered("preparing")["photos"][0]["said"] == {"pose": "walking"}


def test_words_of_a_token_without_a_user_are_refused(story, photo):
    with refused(401, "not_signed_in"):
        Seat(story.connection, "authenticated").call(
            "change_photo", job=story.job, photo=photo["id"], said={"pose": "x"}
        )
