"""Whatever is JSON and comes from outside is read by one reader: it takes no text that two could read differently."""

import re

from contracts.deployment import ROOT

READERS = re.compile(
    r"\bjson\.loads?\(|\.json\(\)|\bmodel_validate_json\(|\bvalidate_json\(|\bfrom_json\(|\.json_body\b"
)
THE_ONE = "layers/core/croquis/domain/strict_json.py"


def test_no_other_line_of_a_function_or_a_layer_reads_json() -> None:
    """FI-02, AS-12: the Data API's and the storage's own clients read what our project answers."""
    found = {
        str(path.relative_to(ROOT))
        for folder in ("layers", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if READERS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {THE_ONE}
