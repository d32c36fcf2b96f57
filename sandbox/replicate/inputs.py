"""What a version accepts as input, in whose words it is refused: the API's at once, or the model's own later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

JsonObject = dict[str, Any]
FieldType = Literal["string", "integer", "number", "boolean", "array"]

PYTHON_TYPES: dict[str, type] = {"string": str, "boolean": bool, "array": list}
TYPE_ERRORS: dict[str, tuple[str, str]] = {
    "string": ("str type expected", "type_error.str"),
    "integer": ("value is not a valid integer", "type_error.integer"),
    "number": ("value is not a valid float", "type_error.float"),
    "boolean": ("value could not be parsed to a boolean", "type_error.bool"),
    "array": ("value is not a valid list", "type_error.list"),
}
LINKS: JsonObject = {"items": {"type": "string", "format": "uri"}}  # all that a list ever holds


@dataclass(frozen=True)
class Field:
    """One input of a version. Without a default it may be left out and be null, unless it is required.

    An array is one of links, `most` of them at most.
    """

    type: FieldType
    default: Any = None
    ge: float | None = None
    le: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    format: str | None = None
    most: int | None = None

    def complaint(self, value: Any) -> JsonObject | None:
        """The validator's complaint about a value, without its place."""
        if value is None:
            needed = self.required or self.default is not None
            return _complaint("none is not an allowed value", "type_error.none.not_allowed") if needed else None
        if not self._is_of_type(value):
            return _complaint(*TYPE_ERRORS[self.type])
        if self.choices and value not in self.choices:
            permitted = ", ".join(repr(choice) for choice in self.choices)
            return _complaint(
                f"value is not a valid enumeration member; permitted: {permitted}",
                "type_error.enum",
                enum_values=list(self.choices),
            )
        return self._out_of_range(value)

    def violation(self, name: str, value: Any) -> JsonObject | None:
        """The API's complaint about a value that breaks this field's schema."""
        place, kind = f"input.{name}", _json_type(value)
        if kind != self.type and (kind, self.type) != ("integer", "number"):
            return _violation("invalid_type", place, f"Invalid type. Expected: {self.type}, given: {kind}")
        if self.choices and value not in self.choices:
            permitted = ", ".join(f'"{choice}"' for choice in self.choices)
            return _violation("enum", place, f"{name} must be one of the following: {permitted}")
        if self.ge is not None and value < self.ge:
            return _violation("number_gte", place, f"Must be greater than or equal to {self.ge:g}")
        if self.le is not None and value > self.le:
            return _violation("number_lte", place, f"Must be less than or equal to {self.le:g}")
        return self._wrong_list(place, value) if self.type == "array" else None

    def _wrong_list(self, place: str, items: list[Any]) -> JsonObject | None:
        if self.most is not None and len(items) > self.most:
            return _violation("array_max_items", place, f"Array must have at most {self.most} items")
        kinds = (_json_type(it) for it in items)
        wrong = next((it for it in kinds if it != "string"), None)
        return _violation("invalid_type", place, f"Invalid type. Expected: string, given: {wrong}") if wrong else None

    def _is_of_type(self, value: Any) -> bool:
        if self.type in PYTHON_TYPES:
            return isinstance(value, PYTHON_TYPES[self.type])
        try:
            number = float(value)
        except (TypeError, ValueError):
            return False
        return self.type == "number" or number.is_integer()

    def _out_of_range(self, value: Any) -> JsonObject | None:
        if self.ge is not None and float(value) < self.ge:
            return _bound("greater", "ge", self.ge)
        if self.le is not None and float(value) > self.le:
            return _bound("less", "le", self.le)
        return None

    def schema(self) -> JsonObject:
        bounds = {"default": self.default, "minimum": self.ge, "maximum": self.le, "format": self.format}
        bounds |= {"maxItems": self.most, "enum": list(self.choices) or None}
        given = {name: value for name, value in bounds.items() if value is not None}
        return {"type": self.type, **given, **(LINKS if self.type == "array" else {})}


Fields = Mapping[str, Field]


def complaints(fields: Fields, given: JsonObject, *, closed: bool = False) -> list[JsonObject]:
    """Every complaint of the validator, each with its place; unknown fields are let through unless it is closed."""
    extra = _complaint("extra fields not permitted", "value_error.extra")
    found = [{"loc": ["body", "input", name], **extra} for name in (_unknown(fields, given) if closed else ())]
    for name, field in fields.items():
        if name in given:
            complaint = field.complaint(given[name])
        else:
            complaint = _complaint("field required", "value_error.missing") if field.required else None
        if complaint:
            found.append({"loc": ["body", "input", name], **complaint})
    return found


def violations(fields: Fields, given: JsonObject, *, closed: bool = False) -> list[JsonObject]:
    """What the API says of an input that breaks the version's schema, as JSON types it strictly.

    A null is of no type, although the model would take it; a closed schema refuses fields that it does not know.
    """
    missing = [name for name, field in fields.items() if field.required and name not in given]
    found = [_violation("required", "input", f"{name} is required") for name in missing]
    found += [
        _violation("additional_property_not_allowed", "input", f"Additional property {name} is not allowed")
        for name in (_unknown(fields, given) if closed else ())
    ]
    found += [it for name, field in fields.items() if name in given and (it := field.violation(name, given[name]))]
    return found


def refusal_text(found: list[JsonObject]) -> str:
    """The `error` of a run that failed its validation."""
    return "Prediction input failed validation: " + json.dumps({"detail": found}, separators=(",", ":"))


def with_defaults(fields: Fields, given: JsonObject) -> JsonObject:
    """The input as the model sees it."""
    return {name: given.get(name, field.default) for name, field in fields.items()}


def openapi_schema(fields: Fields, name: str, *, closed: bool = False, **outputs: JsonObject) -> JsonObject:
    """The part of a version's OpenAPI schema that describes its input, and its `outputs` by name."""
    properties = {field: {**rule.schema(), "x-order": order} for order, (field, rule) in enumerate(fields.items())}
    required = [field for field, rule in fields.items() if rule.required]
    inputs = {"type": "object", "title": name, "properties": properties, **({"required": required} if required else {})}
    schemas = {name: {**inputs, **({"additionalProperties": False} if closed else {})}, **outputs}
    return {"openapi": "3.0.2", "info": {"title": "Cog", "version": "0.1.0"}, "components": {"schemas": schemas}}


def _unknown(fields: Fields, given: JsonObject) -> list[str]:
    return [name for name in given if name not in fields]


def _complaint(text: str, kind: str, **context: Any) -> JsonObject:
    return {"msg": text, "type": kind, **({"ctx": context} if context else {})}


def _violation(kind: str, place: str, text: str) -> JsonObject:
    return {"type": kind, "field": place, "description": text}


def _json_type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _bound(word: str, suffix: str, limit: float) -> JsonObject:
    limit = int(limit) if float(limit).is_integer() else limit
    text = f"ensure this value is {word} than or equal to {limit}"
    return _complaint(text, f"value_error.number.not_{suffix}", limit_value=limit)
