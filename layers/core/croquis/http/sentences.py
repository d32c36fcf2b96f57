"""What is wrong with a field, in our own sentence for each of pydantic's error types; its own words stay inside.

A sentence names the field and says what it must be, and so how to correct it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel

SENTENCES: Mapping[str, str] = MappingProxyType({
    "missing": "{field} is missing: send it.",
    "model_attributes_type": "{field} must be a JSON object.",
    "string_type": "{field} must be text.",
    "string_unicode": "{field} must be valid Unicode text, without half of a surrogate pair.",
    "string_too_short": "{field} must have {min_length} or more characters.",
    "string_too_long": "{field} must have {max_length} or fewer characters.",
    "string_pattern_mismatch": "{field} must be {form}.",
    "int_type": "{field} must be a whole number.",
    "int_parsing": "{field} must be a whole number.",
    "int_parsing_size": "{field} must be a whole number of ordinary size.",
    "int_from_float": "{field} must be a whole number, without a fraction.",
    "finite_number": "{field} must be a number of ordinary size.",
    "float_type": "{field} must be a number.",
    "float_parsing": "{field} must be a number.",
    "greater_than_equal": "{field} must be {ge} or more.",
    "less_than_equal": "{field} must be {le} or less.",
    "bool_type": "{field} must be true or false.",
    "bool_parsing": "{field} must be true or false.",
    "literal_error": "{field} must be {expected}.",
    "enum": "{field} must be {expected}.",
    "tuple_type": "{field} must be a list.",
    "too_short": "{field} must have {min_length} or more entries, or be left out.",
    "too_long": "{field} must have {max_length} or fewer entries.",
    # ours, raised by validators of the requests
    "not_declared": "{field} must be true, and is for the person in the photos to declare: never fill it in for them.",
    "no_country": "{field} must be the two capital letters of a country, such as DE.",
    "no_day": "{field} must be a day such as 2030-12-31.",
    "not_plain": "{field} must be one line of plain text: leave out line breaks and control characters.",
    "null": "{field} must not be null: leave it out, and it stays as it is.",
    "declaration_alone": "shows_only_the_person goes with override: send override true with it, or leave it out.",
    "no_id": "{field} must be an id exactly as our responses show it.",
    "ids_or_model": "Send image_ids or model_id, and only one of them.",
    "filters_alone": "Filters go with model_id: with image_ids, leave them out.",
    "one_of_two": "Send sha256 or upload_id, and only one of them.",
    "garments_or_look": "Send garment_ids or look_id, and only one of them.",
    "newest_or_look": "Send look_id, or newest true, and only one of them.",
    "dry_run_alone": "dry_run goes only with the decision retry, the only paid one: leave it out.",
    "prompt_or_wishes": "Send prompt, or scene, pose, background, lighting, expression, outfit and shoes; not both.",
    "image_or_wishes": "{field} must have either image_id alone, or wishes for a picture.",
    "too_many_cells": "rows times columns may be at most 200: order several look-books instead.",
    "nothing_to_change": "Nothing would change: send at least one of the fields that this request takes.",
})  # fmt: skip
OTHERWISE = "{field} cannot be accepted as it is."
# what a pattern means, by the field that has it
FORMS: Mapping[str, str] = MappingProxyType({
    "text_version": "the version of the consent text that was shown, such as 2026-11",
    "consent_id": "the id of a consent, as a training shows it",
    "garment_ids": "the id of a garment, as GET /v1/garments lists it",
    "image_id": "the id of an image, as its order or GET /v1/models/{model_id}/images lists it",
    "model_id": "the id of a model, as GET /v1/models lists it",
    "look_id": "the id of a look, as GET /v1/looks lists it",
    "after": "the `next` of the previous response, unchanged",
    "before": "the `next` of the previous page, unchanged",
    "sha256": "the 64 hexadecimal digits of the file's hash, in lower case",
    "upload_id": "the `upload_id` from the response to POST /v1/provenance/uploads",
    "Idempotency-Key": "8 to 200 ASCII characters without spaces",
})  # fmt: skip

Errors = Sequence[Mapping[str, Any]]


def field_of(error: Mapping[str, Any]) -> str:
    """The field as its sender wrote it: `consent.adult`; headers in their usual spelling."""
    place, *rest = error["loc"]
    name = ".".join(map(str, rest))
    return (name.title() if place == "header" else name or "body")[:80]


def sentence_of(error: Mapping[str, Any], body: type[BaseModel] | None = None) -> str:
    """One sentence about one error; `body` is the body's model, used to guess what an unknown field meant."""
    field, kind = field_of(error), str(error["type"])
    if kind == "extra_forbidden":
        return _unknown(field, error["loc"][1:], body)
    given: Mapping[str, Any] = error.get("ctx") or {}
    context = {name: _readable(value) for name, value in given.items()}
    shown = "The body" if field == "body" else field
    named = next((part for part in reversed(field.split(".")) if not part.isdigit()), "")  # of an entry: its list
    form = FORMS.get(named, "")
    return SENTENCES.get(kind, OTHERWISE).format(field=shown, form=form, **context)


def most_telling_first(errors: Errors) -> list[Mapping[str, Any]]:
    """What is missing or wrong before what is unknown: a typo must not hide the field that it meant."""
    return sorted(errors, key=lambda error: error["type"] == "extra_forbidden")


def _unknown(field: str, path: Sequence[Any], body: type[BaseModel] | None) -> str:
    near = get_close_matches(str(path[-1]), _names_at(path[:-1], body), n=1, cutoff=0.7)
    meant = f"did you mean {near[0]}?" if near else "leave it out."
    return f"{field} is not a field of this request: {meant}"


def _names_at(path: Iterable[Any], body: type[BaseModel] | None) -> list[str]:
    for part in path:
        if isinstance(part, int):
            continue  # a place in a list: its entries have one form
        body = _model_in(body.model_fields[str(part)].annotation) if body else None
    return list(body.model_fields) if body else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    choices = [annotation, *get_args(annotation)]
    return next((it for it in choices if isinstance(it, type) and issubclass(it, BaseModel)), None)


def _readable(value: Any) -> str:
    """25,000,000 and 0.000001 rather than 25000000 and 1e-06."""
    return format(Decimal(str(value)), ",f") if isinstance(value, int | float) else str(value)
