"""`make build` weighs each function with its own layers."""

import subprocess
import sys
from pathlib import Path

import pytest
from contracts.deployment import ROOT

BUILT = """
Resources:
  Small: {Type: AWS::Serverless::Function, Properties: {Layers: [!Ref CoreLayer]}}
  Large: {Type: AWS::Serverless::Function, Properties: {Layers: [{Ref: CoreLayer}, {Ref: OtherLayer}]}}
  CoreLayer: {Type: AWS::Serverless::LayerVersion}
"""


@pytest.mark.parametrize(
    ("sizes", "wrong"),
    [
        ({"CoreLayer": 120, "OtherLayer": 120}, ""),
        ({"CoreLayer": 120, "OtherLayer": 120, "OfNobodyLayer": 200}, ""),
        ({"CoreLayer": 120, "OtherLayer": 140}, "['Large']"),
        ({"CoreLayer": 120}, "['Large']"),  # it was not built
        ({}, "['Small', 'Large']"),
    ],
)
def test_a_function_fits_with_its_own_layers_whatever_the_others_weigh(
    tmp_path: Path, sizes: dict[str, int], wrong: str
) -> None:
    (tmp_path / "template.yaml").write_text(BUILT)
    for layer, megabytes in sizes.items():
        (tmp_path / layer / "python").mkdir(parents=True)
        with (tmp_path / layer / "python" / "library.so").open("wb") as file:
            file.truncate(megabytes * 1_000_000)  # a hole: it takes no room
    command = [sys.executable, str(ROOT / "layers/sizes.py"), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == bool(wrong), ran.stderr
    assert wrong in ran.stderr
