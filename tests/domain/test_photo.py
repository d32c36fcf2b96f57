"""Which photo may be used anyway, and what is told of a file that is not what was announced."""

from typing import Any

import pytest

from croquis.domain.photo import Severity, is_overridable, size_differs, type_differs

BODY = {"severity": "blocking", "overridable": True}
FILE = {"severity": "blocking", "overridable": False}
OLD = {"severity": "blocking"}
ADVICE = {"severity": "advice", "overridable": False}


@pytest.mark.parametrize(
    ("findings", "may"),
    [
        ([BODY], True),
        ([BODY, BODY, ADVICE], True),
        ([BODY, FILE], False),
        ([FILE], False),
        ([OLD], False),
        ([ADVICE], False),
        ([], False),
    ],
)
def test_a_photo_may_be_used_anyway_when_nothing_but_the_body_rules_block_it(
    findings: list[dict[str, Any]], may: bool
) -> None:
    assert is_overridable(findings) is may


def test_other_bytes_than_announced_block_with_both_numbers() -> None:
    found = size_differs(1_000, 999)
    assert found is not None
    assert (found.severity, found.measured, found.threshold, found.overridable) == (
        Severity.BLOCKING,
        999,
        1_000,
        False,
    )
    assert size_differs(1_000, 1_000) is None


@pytest.mark.parametrize(
    ("announced", "found"), [("image/jpeg", "image/jpeg"), ("image/JPG", "image/jpeg"), ("image/heif", "image/heic")]
)
def test_two_names_of_one_type_are_the_same(announced: str, found: str) -> None:
    """FI-06."""
    assert type_differs(announced, found) is None
    assert type_differs("image/png", found) is not None
