"""One line of plain text that a person wrote: for prompts and captions, never for paths or commands."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

NOT_PLAIN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line and paragraph separators


def plain(text: str) -> str:
    """The text itself, or a `not_plain` error: neither database nor trainer takes control characters."""
    if any(unicodedata.category(character) in NOT_PLAIN for character in text):
        raise PydanticCustomError("not_plain", "Control characters and line breaks are not allowed.")
    return text


# the same as a pattern, for the API's description
PLAIN = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"
IsPlain = Field(json_schema_extra={"pattern": f"^{PLAIN}*$"})
IsNamed = Field(json_schema_extra={"pattern": rf"^{PLAIN}*[^\s\x00-\x1f\x7f-\x9f]{PLAIN}*$"})

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(plain), IsPlain]
ModelName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(plain), IsNamed
]
CaptionText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(plain), IsPlain]
