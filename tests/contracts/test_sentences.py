"""No library's words reach a caller: whatever can be wrong with a request has a sentence of ours."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from contracts.openapi import DOORS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from croquis.http.sentences import FORMS, OTHERWISE, SENTENCES, field_of, sentence_of

# what pydantic's validators may raise on JSON, by the type of their schema; a new type of schema must be added
RAISED: dict[str, set[str]] = {
    "model": {"model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "str": {"string_type", "string_unicode"},
    "int": {"finite_number", "int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "float": {"float_type", "float_parsing"},
    "bool": {"bool_type", "bool_parsing"},
    "literal": {"literal_error"},
    "enum": {"enum"},
    "tuple": {"tuple_type", "too_short", "too_long"},
    "nullable": set(),
    "default": set(),
    "model-field": set(),
    "function-before": {"not_declared", "null"},
    "function-after": {
        "declaration_alone",
        "dry_run_alone",
        "filters_alone",
        "ids_or_model",
        "no_country",
        "no_day",
        "no_id",
        "not_plain",
        "nothing_to_change",
        "one_of_two",
        "garments_or_look",
        "newest_or_look",
        "prompt_or_wishes",
        "image_or_wishes",
        "too_many_cells",
    },
    "definitions": set(),
    "definition-ref": set(),
}
LIMITS = {
    "min_length": "string_too_short",
    "max_length": "string_too_long",
    "pattern": "string_pattern_mismatch",
    "ge": "greater_than_equal",
    "le": "less_than_equal",
}
OF_SCHEMA = {"metadata", "cls", "function", "config", "ref", "type", "serialization"}
NOT_OURS = (
    "Value error",
    "Input should",
    "String should",
    "Field required",
    "valid dictionary",
    "^",
    "pydantic",
    "Extra",
)


def params() -> list[Any]:
    """Whatever a request of a user may bring: bodies, headers, queries."""
    routes = [
        route
        for name in DOORS
        for route in import_module(name).app._static_routes + import_module(name).app._dynamic_routes
    ]
    return [
        field
        for route in routes
        for field in (*route.dependant.body_params, *route.dependant.header_params, *route.dependant.query_params)
    ]


def schema_of(field: Any) -> Any:
    """A body's model is built when a body first comes."""
    if isinstance(field.type_, type) and issubclass(field.type_, BaseModel):
        field.type_.model_rebuild()
        return field.type_.__pydantic_core_schema__
    return field._type_adapter.core_schema


BODIES: list[type[BaseModel]] = sorted(
    {it.type_ for it in params() if isinstance(it.type_, type) and issubclass(it.type_, BaseModel)},
    key=lambda it: it.__name__,
)


def schemas_in(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if isinstance(found.get("type"), str):
            yield found
        for key, it in found.items():
            if key not in OF_SCHEMA:
                yield from schemas_in(it)
    elif isinstance(found, list | tuple):
        for it in found:
            yield from schemas_in(it)


def of_all_requests() -> list[dict[str, Any]]:
    return [it for field in params() for it in schemas_in(schema_of(field))]


def test_every_request_is_looked_at() -> None:
    assert {it.__name__ for it in BODIES} == {
        "AddGarment", "AddLook", "AddPhoto", "AskProvenance", "ChangeGarment", "ChangeImage", "ChangeLook",
        "ChangeModel", "ChangePhoto", "DecideImage", "GenerateImages", "OpenLink", "OpenTraining", "OrderDownload",
        "OrderExport", "OrderLookBook",
        "OrderTryOn", "QuickTryOn", "RenewConsent", "RepairImage", "RepeatImage", "RestoreRun", "ReviewTraining",
        "SubmitTraining",
    }  # fmt: skip


def test_every_error_that_a_request_can_raise_has_a_sentence() -> None:
    found = of_all_requests()
    kinds = {it["type"] for it in found}
    assert kinds <= set(RAISED), "say what these raise"
    raised = set().union(*(RAISED[it] for it in kinds))
    limits = {LIMITS[name] for it in found for name in it if name in LIMITS}
    unknown = {name for it in found if it["type"] in ("str", "int", "float") for name in it} - set(LIMITS) - OF_SCHEMA
    assert unknown <= {"strict", "strip_whitespace"}, "say what these raise"
    assert raised | limits <= set(SENTENCES) | {"extra_forbidden"}


def test_every_sentence_can_be_raised() -> None:
    assert set(SENTENCES) <= set().union(*RAISED.values()) | set(LIMITS.values())


def test_every_pattern_is_told_in_words() -> None:
    """A regular expression is nothing for a person."""
    fields = [(field.alias.title() if "key" in field.alias else field.alias, schema_of(field)) for field in params()]
    fields += [(name, it) for body in BODIES for name, it in fields_of(body.__pydantic_core_schema__)]
    patterned = {name for name, schema in fields if any("pattern" in it for it in own_schemas(schema))}
    assert patterned == set(FORMS)


def fields_of(found: Any) -> Iterator[tuple[str, Any]]:
    for it in schemas_in(found):
        if it["type"] == "model-fields":
            yield from it["fields"].items()


def own_schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Without those of a model inside."""
    return (it for it in schemas_in(schema) if not any(inner["type"] == "model" for inner in schemas_in(schema)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.just("9" * 5000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("field", [it for it in params() if it.type_ in BODIES], ids=lambda it: it.type_.__name__)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_sent_is_answered_in_our_words(field: Any, data: st.DataObject) -> None:
    """AS-18: validated as the door does it."""
    known = st.dictionaries(st.sampled_from(sorted(field.type_.model_fields)), JSON)
    _, errors = field.validate(data.draw(known | JSON, label="sent"), loc=("body",))
    for found in errors or ():
        assert found["type"] in SENTENCES or found["type"] == "extra_forbidden", found
        said = sentence_of(found, field.type_)
        assert said.endswith((".", "?"))
        assert not any(words in said.replace(field_of(found), "") for words in NOT_OURS), said


def test_what_has_no_sentence_yet_is_still_said_in_our_words() -> None:
    said = sentence_of({"type": "new_in_pydantic", "loc": ("body", "slot"), "msg": "Input should be new"})
    assert said == OTHERWISE.format(field="slot")
