"""The one reader of JSON that comes from outside: what two readers could read differently is refused.

One text has one meaning: UTF-8, no name twice in an object, no half of a surrogate pair, no NaN or Infinity, and
nothing that costs more than its length (numbers of many digits, towers of brackets).
"""

import json
import math
from typing import NoReturn, cast

MAX_DEPTH = 64
MAX_DIGITS = 64


class NotStrictJson(ValueError):
    """Why it is refused, without a word of what stands in it."""


def decoded(text: bytes | str, *, of_provider: bool = False) -> object:
    """What the text says, or raises `NotStrictJson`; `of_provider` lets stand what its runs hold.

    Those are control characters in strings, because logs have them, and -0, because outputs of whatever model may.
    """
    try:
        found: object = json.loads(
            text.decode() if isinstance(text, bytes) else text,
            strict=not of_provider,
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_short_or_zero if of_provider else _short,
        )
        _check(found, 0)
    except NotStrictJson:
        raise
    except UnicodeError:
        raise NotStrictJson("it holds text that is not UTF-8") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise NotStrictJson("it cannot be read") from None
    return found


def decoded_object(text: bytes | str, *, of_provider: bool = False) -> dict[str, object]:
    """The same, of a text that must be an object."""
    found = decoded(text, of_provider=of_provider)
    if not isinstance(found, dict):
        raise NotStrictJson("it is something else")
    return cast("dict[str, object]", found)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise NotStrictJson("it names something twice")
    return unique


def _no_number(_: str) -> NoReturn:
    raise NotStrictJson("it holds a number that is none")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _short(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotStrictJson("it holds a number of too many digits")
    return int(digits) if digits != "-0" else _no_number(digits)  # to others it is a fraction


def _short_or_zero(digits: str) -> int:
    return 0 if digits == "-0" else _short(digits)


def _check(found: object, depth: int) -> None:
    """A text may spell half a surrogate pair in plain ASCII, so each string is looked at once it is read."""
    if isinstance(found, str):
        found.encode()
    elif isinstance(found, dict):
        inner = cast("dict[str, object]", found)
        _check_each([*inner, *inner.values()], depth)
    elif isinstance(found, list):
        _check_each(cast("list[object]", found), depth)


def _check_each(inner: list[object], depth: int) -> None:
    if depth == MAX_DEPTH:
        raise _too_deep()
    for it in inner:
        _check(it, depth + 1)


def _too_deep() -> NotStrictJson:
    return NotStrictJson("it is nested too deeply")
