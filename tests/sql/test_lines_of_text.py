"""Words that a provider or a person is given are one plain line, also when the Data API is the door (AS-20)."""

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter, ValidationError
from sql.book_story import Book
from sql.seats import refused
from sql.story import WISH, Story, key

from croquis.domain.short_text import ModelName

LINES = (
    *("Maya", " Maya ", "", " ", "\u00a0", "\u3000\u2003", "\u200b", "two\nlines", "tail\n", "\u2028head", "c1\x85"),
    *("\x7f", "\x1f", "\x9f", "x" * 80, "x" * 81, "💥" * 80, "💥" * 81, "\u202eayaM", "\ufeffMaya", "e\u0301"),
)
BAD = ("", " \u00a0", "two\nlines", "a\x01", "\x1b[2J", "c1\x85", "\u2029", "x" * 4001)
NAMES = TypeAdapter(ModelName)


def python_takes(line: str) -> bool:
    try:
        NAMES.validate_python(line)
    except ValidationError:
        return False
    return True


def taken(story: Story, function: str, **arguments: Any) -> bool:
    try:
        story.owner.call(function, **arguments)
    except (psycopg.ProgrammingError, psycopg.errors.CheckViolation):
        return False
    return True


def test_a_name_is_a_line_to_the_database_exactly_where_it_is_one_to_python(story: Story) -> None:
    """Whatever the locale: of a garment, of a model, and of who uses the pictures."""
    given = story.to("approved").seen()
    model, consent = given["model"]["id"], given["consent"]["id"]
    for number, line in enumerate(LINES):
        says = python_takes(line)
        name = line.strip() if says else line
        link = {"consent_id": consent, "days": 1, "token_sha256": f"{number:064}"}
        assert says is taken(story, "add_garment", name=name, category="upper", content_type="image/png", bytes=1)
        assert says is taken(story, "change_model", model=model, model_name=name)
        assert says is taken(story, "open_consent_link", used_by=name, **link)


@pytest.mark.parametrize("prompt", [*BAD, None])
def test_no_order_takes_a_prompt_that_is_not_one_plain_line(story: Story, prompt: str | None) -> None:
    """Neither pictures, nor a repair, nor a picture of a look-book: nothing is reserved."""
    story.to("approved")
    before = story.money()
    seen, wish = story.seen(), {**WISH, "prompt": prompt, "strength": 0.4}
    order = {"idempotency_key": key(), "request": Jsonb({})}
    with refused(422, "bad_prompt", "one line"):
        story.owner.call("order_generations", model=seen["model"]["id"], wishes=Jsonb([WISH, wish]), **order)
    with refused(422, "bad_prompt", "one line"):
        story.owner.call("order_repair", image=seen["previews"][0]["id"], wish=Jsonb(wish), **order)
    assert story.money() == before


@pytest.mark.parametrize(
    "column", [{"wish": {**WISH, "prompt": bad}} for bad in BAD] + [{"wish": WISH, "title": "a\tb"}]
)
def test_no_look_book_is_made_of_such_a_line(db: Any, column: dict[str, Any]) -> None:
    book = Book(db).approved()
    with refused(422, "bad_column", "one line"):
        book.asked(book.request() | {"columns": [column]})
