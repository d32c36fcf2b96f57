"""What each function of a build weighs with its own layers, unzipped: Lambda takes 250 MB, and five layers."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LIMIT, MOST_LAYERS = 250_000_000, 5


class _Template(yaml.SafeLoader):
    """Reads `!Ref X` as X; no other short form is asked for."""


def _argument(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Template.add_multi_constructor("!", _argument)  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True)
class Function:
    """One function of the template: its code, and the layers that it names."""

    name: str
    code: int
    layers: tuple[str, ...]

    def weight(self, layers: Mapping[str, int]) -> int:
        return self.code + sum(layers.get(it, 0) for it in self.layers)

    def faults(self, layers: Mapping[str, int]) -> list[str]:
        """Why Lambda would not take it, with layers of these sizes."""
        missing = [f"{it} was not built" for it in self.layers if it not in layers]
        many = [f"{len(self.layers)} layers of {MOST_LAYERS}"] if len(self.layers) > MOST_LAYERS else []
        heavy = [f"{_megabytes(self.weight(layers))} of {_megabytes(LIMIT)}"] if self.weight(layers) > LIMIT else []
        return [*missing, *many, *heavy]


def main() -> None:
    """`python layers/sizes.py BUILD`: exit code 0 only if every function fits with its own layers."""
    build = Path(sys.argv[1])
    layers = {layer.name: _size(layer) for layer in sorted(build.iterdir()) if (layer / "python").is_dir()}
    functions = _functions(build / "template.yaml")
    for name, size in layers.items():
        print(f"{name:>18} {_megabytes(size):>10}")
    for function in functions:
        weight = _megabytes(function.weight(layers))
        print(f"{function.name:>18} {weight:>10} of {_megabytes(LIMIT)}: {', '.join(function.layers)}")
    wrong = [f"{it.name}: {', '.join(faults)}" for it in functions if (faults := it.faults(layers))]
    sys.exit("\n".join(wrong) if wrong else None if functions else "There is no function in the template.")


def _functions(template: Path) -> list[Function]:
    resources = yaml.load(template.read_text(), _Template)["Resources"]  # noqa: S506  # nosec B506: a safe loader of ours
    found = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::Serverless::Function"}
    return [
        Function(name, _size(template.parent / it["CodeUri"]), tuple(map(_name, it.get("Layers", ()))))
        for name, it in found.items()
    ]


def _name(layer: str | dict[str, str]) -> str:
    return layer if isinstance(layer, str) else layer["Ref"]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
