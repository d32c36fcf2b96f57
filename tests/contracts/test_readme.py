"""What the README says is there."""

import re

import pytest
from contracts.deployment import ROOT

README = (ROOT / "README.md").read_text()
PLACES = README.partition("## Where to put a change")[2].partition("\n\nHow fast")[0]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.yaml)`", PLACES))))
def test_a_place_for_a_change_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_make_target_that_it_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets
