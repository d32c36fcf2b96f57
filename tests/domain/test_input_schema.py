"""What breaks an engine's schema: unknown keys, what is missing, types, ranges, choices, links."""

from typing import Any

import pytest

from croquis.domain.images.input_schema import changes, fingerprint, violations

LINKS = {"type": "array", "maxItems": 2, "items": {"type": "string", "format": "uri"}}
SCHEMA = {
    "required": ["person"],
    "properties": {
        "person": {"type": "string", "format": "uri"},
        "garments": LINKS,
        "steps": {"type": "integer", "minimum": 1, "maximum": 40},
        "crop": {"type": "boolean"},
        "strength": {"type": "number"},
        "kind": {"type": "string", "enum": ["jpg", "png"]},
    },
}
GOOD = {"person": "https://a.example/b.png"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": 0}, "steps must be 1 at least."),
        ({"steps": 41}, "steps must be 40 at most."),
        ({"steps": 1.5}, "steps must be of type integer."),
        ({"steps": True}, "steps must be of type integer."),
        ({"crop": 1}, "crop must be of type boolean."),
        ({"strength": "1"}, "strength must be of type number."),
        ({"kind": "webp"}, "kind must be one of jpg, png."),
        ({"garments": "https://a.example"}, "garments must be of type array."),
        ({"garments": ["https://a.example"] * 3}, "garments must have 2 at most."),
        ({"garments": ["x"]}, "garments[0] must be a link."),
        ({"person": "file:///etc/passwd"}, "person must be a link."),
        ({"person": None}, "person must be of type string."),
        ({"mood": 1}, "mood is not known."),
    ],
)
def test_what_breaks_it_is_named(given: dict[str, Any], said: str) -> None:
    assert violations(SCHEMA, GOOD | given) == [said]


def test_a_good_input_breaks_nothing_and_an_empty_one_lacks_what_is_needed() -> None:
    whole = {"garments": ["https://a.example"] * 2, "steps": 40, "crop": False, "strength": 1, "kind": "png"}
    assert violations(SCHEMA, GOOD | whole) == []
    assert violations(SCHEMA, {}) == ["person is missing."]


def test_only_what_is_taken_counts_for_the_fingerprint() -> None:
    words = {"kind": {"type": "string", "enum": ["jpg", "png"], "title": "kind"}}
    reworded = {
        "title": "Input",
        "required": ["person"],
        "properties": SCHEMA["properties"]
        | {"kind": {"allOf": [{"$ref": "#/components/schemas/kind"}], "x-order": 3, "description": "The type"}},
    }
    assert fingerprint(reworded, words) == fingerprint(SCHEMA)
    assert changes(SCHEMA, reworded, words) == []
    words["kind"]["enum"].append("webp")
    assert fingerprint(reworded, words) != fingerprint(SCHEMA)
    assert changes(SCHEMA, reworded, words) == ["kind"]
