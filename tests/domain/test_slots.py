"""The twelve places of a job."""

import re

import pytest

from croquis.domain.photos.photo import CameraView
from croquis.domain.photos.slots import SLOTS, slot
from croquis.errors import Refused


def test_there_are_twelve_slots_numbered_in_order_and_ten_are_advised() -> None:
    assert [place.number for place in SLOTS] == list(range(1, 13))
    assert sum(place.advised for place in SLOTS) == 10
    assert len({place.key for place in SLOTS}) == 12


def test_the_advised_slots_show_a_person_from_all_sides() -> None:
    assert {place.view for place in SLOTS if place.advised} == set(CameraView)


def test_every_slot_tells_the_person_what_to_do_in_one_line() -> None:
    for place in SLOTS:
        assert place.title
        assert re.fullmatch(r"[A-Z][^\n]{10,70}\.", place.hint)


@pytest.mark.parametrize("number", [0, 13, -1])
def test_a_slot_that_does_not_exist_is_refused(number: int) -> None:
    with pytest.raises(Refused) as refusal:
        slot(number)
    assert (refusal.value.status, refusal.value.code) == (422, "bad_slot")
