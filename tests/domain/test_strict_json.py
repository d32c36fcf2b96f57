"""JSON from outside: one text has one meaning, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.domain.strict_json import NotStrictJson, decoded, decoded_object

REFUSED = {
    "nothing": b"",
    "half an object": b'{"a": 1',
    "two objects": b"{}{}",
    "a comma too many": b'{"a": 1,}',
    "a comment": b"{} // so",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without its mark": '{"a": 1}'.encode("utf-16-le"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "Latin-1": b'{"a": "\xe9"}',
    "an overlong slash": b'{"a": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "a name that is there twice": b'{"a": 1, "a": 1}',
    "a name that is there twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "a name that is there twice, deeper": b'[{"b": {"a": 1, "a": 2}}]',
    "half a pair": b'{"a": "\\ud83d"}',
    "the other half": b'{"a": "\\udc00"}',
    "a pair in the wrong order": b'{"a": "\\udc00\\ud83d"}',
    "half a pair as a name": b'{"\\ud83d": 1}',
    "half a pair in a list": b'["\\uD83D"]',
    "half a pair alone": b'"\\ud83d"',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "-Infinity": b'{"a": -Infinity}',
    "a number beyond all": b'{"a": 1e999}',
    "a number below all": b'{"a": -1e999}',
    "a number of 65 digits": b'{"a": ' + b"9" * 65 + b"}",
    "a number of a million digits": b'{"a": ' + b"9" * 1_000_000 + b"}",
    "less than nothing": b'{"a": -0}',
    "a raw line break": b'{"a": "\n"}',
    "a raw NUL": b'{"a": "\x00"}',
    "65 brackets": b"[" * 65 + b"]" * 65,
    "65 braces": b'{"a":' * 65 + b"1" + b"}" * 65,
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand brackets, closed": b"[" * 100_000 + b"]" * 100_000,
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_is(what: str) -> None:
    """FI-02, AS-12."""
    with pytest.raises(NotStrictJson) as refusal:
        decoded(REFUSED[what])
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None, "the context quotes the text"


def test_what_one_reader_reads_like_the_other_is_read() -> None:
    text = '{"a": [1, -2.5e3, 0.0, null, true], "é": "\\ud83d\\ude00\\u0000", "🙂": {"a": {}}}'
    assert decoded(text.encode()) == decoded(text) == json.loads(text)
    deep: bytes = b"[" * 64 + b"]" * 64
    assert decoded(deep) == json.loads(deep)
    assert decoded(b"9" * 64) == 10**64 - 1


def test_what_runs_of_the_provider_hold_is_read_and_nothing_else_is() -> None:
    assert decoded(b'{"logs": "\x1b[0m\r\n"}', of_provider=True) == {"logs": "\x1b[0m\r\n"}
    assert decoded(b'{"output": [-0]}', of_provider=True) == {"output": [0]}
    for text in (b'{"a": 1, "a": 1}', b'"\\ud83d"', b"NaN", b'"\xff"'):
        with pytest.raises(NotStrictJson):
            decoded(text, of_provider=True)


@pytest.mark.parametrize("text", [b"[]", b"[{}]", b'"{}"', b"null", b"1"])
def test_an_object_is_nothing_else(text: bytes) -> None:
    with pytest.raises(NotStrictJson):
        decoded_object(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**60), 10**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(value=VALUES, spelt=st.sampled_from([True, False]))
def test_what_was_written_is_read(value: object, spelt: bool) -> None:
    assert decoded(json.dumps(value, ensure_ascii=spelt)) == value


@given(st.binary() | st.text(st.characters(exclude_categories=())) | st.text('{}[]",:\\ud8019eE+-.aN'))
def test_whatever_the_text_is_nothing_else_is_raised(text: bytes | str) -> None:
    try:
        found = decoded(text)
    except NotStrictJson:
        return
    assert json.loads(text) == found
