"""`make build` weighs each function with its own layers, as template.yaml names them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from contracts.deployment import ROOT, functions, resources

BUILT = """
Resources:
  Small: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, Layers: [!Ref CoreLayer]}}
  Large: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, Layers: [{Ref: CoreLayer}, {Ref: OtherLayer}]}}
  CoreLayer: {Type: AWS::Serverless::LayerVersion}
"""
MANY = """
Resources:
  Many:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Layers: [!Ref A, !Ref B, !Ref C, !Ref D, !Ref E, !Ref F]}
"""


def weighed(folder: Path, layers: dict[str, float], template: str = BUILT, code: float = 1) -> tuple[int, str, str]:
    """The exit code and what is said, of a build with layers of so many megabytes."""
    (folder / "template.yaml").write_text(template)
    for path, megabytes in {"code": code, **{f"{layer}/python": size for layer, size in layers.items()}}.items():
        (folder / path).mkdir(parents=True)
        with (folder / path / "library.so").open("wb") as file:
            file.truncate(int(megabytes * 1_000_000))  # a hole: it takes no room
    command = [sys.executable, str(ROOT / "layers/sizes.py"), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize(
    ("layers", "wrong"),
    [
        ({"CoreLayer": 120, "OtherLayer": 129}, ""),
        ({"CoreLayer": 120, "OtherLayer": 120, "OfNobodyLayer": 200}, ""),
        ({"CoreLayer": 120, "OtherLayer": 129.1}, "Large: 250.1 MB of 250.0 MB\n"),
        ({"CoreLayer": 120}, "Large: OtherLayer was not built\n"),
        ({}, "Small: CoreLayer was not built\nLarge: CoreLayer was not built, OtherLayer was not built\n"),
    ],
)
def test_a_function_fits_with_its_code_and_its_own_layers_whatever_the_others_weigh(
    tmp_path: Path, layers: dict[str, float], wrong: str
) -> None:
    code, _, said = weighed(tmp_path, layers)
    assert (code, said) == (bool(wrong), wrong)


def test_a_function_that_is_too_large_by_its_code_alone_is_named(tmp_path: Path) -> None:
    assert weighed(tmp_path, {"CoreLayer": 100, "OtherLayer": 0}, code=150.1)[::2] == (
        1,
        "Small: 250.1 MB of 250.0 MB\nLarge: 250.1 MB of 250.0 MB\n",
    )


def test_a_sixth_layer_is_one_too_many_however_light(tmp_path: Path) -> None:
    assert weighed(tmp_path, dict.fromkeys("ABCDEF", 1.0), MANY)[::2] == (1, "Many: 6 layers of 5\n")


def test_a_template_without_a_function_is_no_build(tmp_path: Path) -> None:
    assert weighed(tmp_path, {"CoreLayer": 1}, "Resources: {}")[::2] == (1, "There is no function in the template.\n")


def test_every_function_of_our_template_is_weighed_with_the_layers_that_it_names(tmp_path: Path) -> None:
    template = (ROOT / "template.yaml").read_text().replace("CodeUri: functions/", "CodeUri: code")
    built = dict.fromkeys(resources("AWS::Serverless::LayerVersion"), 1.0)
    code, table, _ = weighed(tmp_path, built, template)
    lines = dict(re.findall(r"^ *(\w+) .*: ([\w, ]+)$", table, re.MULTILINE))
    named = {name: ", ".join(layer["Ref"] for layer in it["Layers"]) for name, it in functions().items()}
    assert (code, lines) == (0, named)


def test_the_build_weighs_what_it_built() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^build:.*\n\t\$\(SAM\) build.*\n\t.*layers/sizes\.py \.aws-sam/build$", makefile, re.MULTILINE)
