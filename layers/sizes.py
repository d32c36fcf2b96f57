"""What the layers of a build weigh, unzipped: Lambda takes 250 MB for a function and all its layers."""

import sys
from pathlib import Path

LIMIT = 250_000_000


def main() -> None:
    build = Path(sys.argv[1])
    sizes = {layer.name: _size(layer) for layer in sorted(build.iterdir()) if (layer / "python").is_dir()}
    for name, size in sizes.items():
        print(f"{name:>16} {size / 1e6:7.1f} MB")
    total = sum(sizes.values())
    print(f"{'all':>16} {total / 1e6:7.1f} MB of {LIMIT / 1e6:.0f}")
    sys.exit(0 if sizes and total <= LIMIT else "The layers are too large, or none was built.")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
