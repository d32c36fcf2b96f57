"""Both files are read as OpenCV published them, and the edit that makes them readable changes no number."""

from collections import Counter

import pytest
from fetch_models import FOLDER

from croquis_faces.model_file import GRAPH, INITIALIZER, INPUT, NODE, fields, readable

FINDER, RECOGNISER = "face_detection_yunet_2023mar_int8bq.onnx", "face_recognition_sface_2021dec_int8bq.onnx"


def graph(model: bytes) -> list[tuple[int, bytes]]:
    (found,) = [it.content for it in fields(model) if it.number == GRAPH]
    return [(it.number, it.content) for it in fields(found)]


@pytest.mark.parametrize(("name", "dropped"), [(FINDER, 0), (RECOGNISER, 174)])
def test_only_needless_inputs_and_block_sizes_are_dropped(name: str, dropped: int) -> None:
    model = (FOLDER / name).read_bytes()
    before, after = graph(model), graph(readable(model))
    lost = Counter(number for number, _ in before) - Counter(number for number, _ in after)
    assert lost[INPUT] == dropped
    assert set(lost) <= {INPUT}
    unchanged = [it for it in before if it[0] not in (INPUT, NODE)]
    assert [it for it in after if it[0] not in (INPUT, NODE)] == unchanged
    assert any(number == INITIALIZER for number, _ in unchanged)
    nodes = [(old, new) for (number, old), (_, new) in zip(_nodes(before), _nodes(after), strict=True) if old != new]
    assert len(nodes) == (20 if name == FINDER else 0)
    assert all(b"block_size" in old and b"block_size" not in new for old, new in nodes)


@pytest.mark.parametrize("name", [FINDER, RECOGNISER])
def test_a_second_edit_changes_nothing(name: str) -> None:
    once = readable((FOLDER / name).read_bytes())
    assert readable(once) == once


def _nodes(parts: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    return [it for it in parts if it[0] == NODE]
