"""The twelve places of a job."""

import re

import pytest

from croquis.domain.photo import PhotoStatus, Severity, View, refused, size_differs, type_differs
from croquis.domain.slots import SLOTS, slot
from croquis.errors import Refused


def test_there_are_twelve_slots_numbered_in_order_and_ten_are_advised() -> None:
    assert [place.number for place in SLOTS] == list(range(1, 13))
    assert sum(place.advised for place in SLOTS) == 10
    assert len({place.key for place in SLOTS}) == 12


def test_the_advised_slots_show_a_person_from_all_sides() -> None:
    assert {place.view for place in SLOTS if place.advised} == set(View)


def test_every_slot_tells_the_person_what_to_do_in_one_line() -> None:
    for place in SLOTS:
        assert place.title
        assert re.fullmatch(r"[A-Z][^\n]{10,70}\.", place.hint)


@pytest.mark.parametrize("number", [0, 13, -1])
def test_a_slot_that_does_not_exist_is_refused(number: int) -> None:
    with pytest.raises(Refused) as refusal:
        slot(number)
    assert (refusal.value.status, refusal.value.code) == (422, "bad_slot")


def test_a_size_other_than_announced_blocks_and_a_type_only_advises() -> None:
    """FI-06: the type is what the content says."""
    size = size_differs(1000, 999)
    assert size is not None
    assert (size.code, size.severity, size.measured, size.threshold) == ("size_differs", Severity.BLOCKING, 999, 1000)
    kind = type_differs("image/png", "image/jpeg")
    assert kind is not None
    assert (kind.code, kind.severity) == ("type_differs", Severity.ADVICE)


@pytest.mark.parametrize(
    ("announced", "found"),
    [
        ("image/jpeg", "image/jpeg"),
        ("image/jpg", "image/jpeg"),
        ("image/heif", "image/heic"),
        ("IMAGE/PNG", "image/png"),
    ],
)
def test_two_names_of_one_type_do_not_differ(announced: str, found: str) -> None:
    assert type_differs(announced, found) is None
    assert size_differs(1000, 1000) is None


def test_a_refusal_at_the_gate_becomes_a_blocking_finding_with_its_mend() -> None:
    finding = refused("too_small", "It is too small.", "Use the original.")
    assert finding.severity is Severity.BLOCKING
    assert (finding.code, finding.sentence, finding.mend) == ("too_small", "It is too small.", "Use the original.")


def test_the_states_of_a_photo_are_those_of_the_database() -> None:
    assert set(PhotoStatus) == {"awaiting_upload", "checking", "accepted", "rejected", "unreadable", "removed"}
