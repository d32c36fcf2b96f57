"""Ids are compared as text, so only one spelling of each is an id."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.domain.ids import parse_id


def test_a_uuid_as_postgres_prints_it_is_an_id() -> None:
    assert all(parse_id(text) == text for text in (str(uuid4()), "00000000-0000-0000-0000-000000000000"))


@pytest.mark.parametrize("bend", [str.upper, "{{{}}}".format, "urn:uuid:{}".format, "{}\n".format, " {}".format])
def test_another_spelling_of_a_uuid_is_refused(bend: type[str]) -> None:
    """AS-07."""
    with pytest.raises(ValueError, match="not an id"):
        parse_id(bend("123e4567-e89b-12d3-a456-42661417400a"))


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        parse_id(text)
