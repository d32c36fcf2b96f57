"""What each function of a build weighs with its layers, unzipped: Lambda takes 250 MB, and five layers."""

import sys
from pathlib import Path
from typing import Any

import yaml

LIMIT, MOST_LAYERS = 250_000_000, 5


class _Template(yaml.SafeLoader):
    """Reads `!Ref X` as X; no other short form is asked for."""


def _argument(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Template.add_multi_constructor("!", _argument)  # pyright: ignore[reportUnknownMemberType]


def main() -> None:
    """`python layers/sizes.py BUILD`: exit code 0 only if every function fits."""
    build = Path(sys.argv[1])
    sizes = {layer.name: _size(layer) for layer in sorted(build.iterdir()) if (layer / "python").is_dir()}
    _print(sizes)
    weights = {name: _weight(layers, sizes) for name, layers in _functions(build / "template.yaml").items()}
    heaviest = max(weights, key=lambda name: weights[name], default="no function")
    _print({heaviest: weights.get(heaviest, 0)})
    wrong = [name for name, weight in weights.items() if weight > LIMIT]
    sys.exit(f"Too large with their layers, or a layer was not built: {wrong or 'all'}" if wrong or not sizes else 0)


def _functions(template: Path) -> dict[str, list[str]]:
    resources = yaml.load(template.read_text(), _Template)["Resources"]  # noqa: S506 - a safe loader of ours
    return {
        name: [str(it) if isinstance(it, str) else it["Ref"] for it in resource["Properties"]["Layers"]]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def _weight(layers: list[str], sizes: dict[str, int]) -> int:
    """Beyond the limit also where a layer is missing, or there are too many."""
    if len(layers) > MOST_LAYERS or not set(layers) <= set(sizes):
        return LIMIT + 1
    return sum(sizes[layer] for layer in layers)


def _print(sizes: dict[str, int]) -> None:
    for name, size in sizes.items():
        print(f"{name:>20} {size / 1e6:7.1f} MB of {LIMIT / 1e6:.0f}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
