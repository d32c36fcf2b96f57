"""What `make generate` writes of the state machines: the previews' states, and the layout of both files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from contracts import state_machines
from contracts.deployment import MACHINES, ROOT, machine
from hypothesis import given
from hypothesis import strategies as st

NAMES = list(MACHINES.values())


def test_previews_are_made_by_the_states_of_the_picture_machine() -> None:
    """`make generate` copies them: there is no nested execution."""
    inside = machine("training")["States"]["Make previews"]["ItemProcessor"]
    assert inside["StartAt"] == "Start image"
    assert inside["States"] == state_machines.until_saved(machine("image")["States"])
    assert set(machine("image")["States"]) - set(inside["States"]) == set(state_machines.OF_ORDERS)


def test_they_are_as_they_are_generated() -> None:
    assert state_machines.main(["--check"]) == 0, "run `make generate`"


def test_the_check_is_red_when_a_state_of_the_picture_machine_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        shutil.copy(ROOT / f"infra/{name}.asl.json", tmp_path)
    monkeypatch.setattr(state_machines, "INFRA", tmp_path)
    assert state_machines.main(["--check"]) == 0
    picture = tmp_path / "image.asl.json"
    picture.write_text(picture.read_text().replace('"Seconds": 20', '"Seconds": 21'))
    assert state_machines.main(["--check"]) == 1
    printed = capsys.readouterr().out
    assert "infra/training.asl.json" in printed
    assert "make generate" in printed
    assert state_machines.main([]) == 0
    assert state_machines.main(["--check"]) == 0
    assert '"Seconds": 21' in (tmp_path / "training.asl.json").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_a_screen(name: str) -> None:
    lines = (ROOT / f"infra/{name}.asl.json").read_text().splitlines()
    assert max(map(len, lines)) <= 160


NAMED = st.text("abc.$ é", max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMED,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(NAMED | st.just("Comment"), inner, max_size=6),
    max_leaves=40,
)


@given(JSON)
def test_the_layout_changes_no_value_and_no_order(value: Any) -> None:
    text = state_machines.laid_out(value)
    assert json.dumps(json.loads(text)) == json.dumps(value)
    assert all(len(line) <= state_machines.WIDTH for line in text.splitlines())
