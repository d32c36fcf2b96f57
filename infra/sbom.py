"""What Croquis is made of, as a CycloneDX list, out of the locks alone: `python -m infra.sbom FILE`; `make build` does.

The same locks give the same bytes. What is never deployed (tests, checks, builds) has the scope `excluded`.
"""

import json
import re
import sys
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[1]
DEPLOYED = {"core", "pictures", "vision", "marks", "faces", "cli"}
PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,.-]+\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NODE_MODULES = "node_modules/"

Component = dict[str, Any]


def main(target: Path) -> None:
    """Write it there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document(ROOT), indent=1, sort_keys=True) + "\n")


def document(root: Path) -> dict[str, Any]:
    """CycloneDX 1.6, without a time of its own, and with a number that its content gives it."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    components = sorted(_merged([*_of_python(root), *_of_page(root)]), key=lambda it: it["bom-ref"])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": project["name"], "name": project["name"],
                "version": project["version"], "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
    }  # fmt: skip


def _of_python(root: Path) -> Iterator[Component]:
    for lock in sorted((root / "requirements").glob("*.txt")):
        text = lock.read_text()
        pins = [*PINNED.finditer(text)]
        ends = [*(it.start() for it in pins[1:]), len(text)]
        for pin, end in zip(pins, ends, strict=True):
            name = re.sub(r"[-_.]+", "-", pin["name"]).lower()
            hashes = [{"alg": "SHA-256", "content": it} for it in sorted(HASH.findall(text, pin.end(), end))]
            yield _component("pypi", name, pin["version"], deployed=lock.stem in DEPLOYED, hashes=hashes)


def _of_page(root: Path) -> Iterator[Component]:
    """Of web/, without its own three packages, which are links."""
    packages = json.loads((root / "web/package-lock.json").read_text())["packages"]
    for place, it in packages.items():
        if NODE_MODULES not in place or it.get("link"):
            continue
        algorithm, _, digest = it["integrity"].partition("-")
        hashes = [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": b64decode(digest).hex()}]
        name = it.get("name") or place.rpartition(NODE_MODULES)[2]
        yield _component("npm", name, it["version"], deployed=not it.get("dev"), hashes=hashes)


def _component(kind: str, name: str, version: str, *, deployed: bool, hashes: list[dict[str, str]]) -> Component:
    address = f"pkg:{kind}/{quote(name, safe='/')}@{quote(version)}"
    return {
        "type": "library", "bom-ref": address, "purl": address, "name": name, "version": version,
        "scope": "required" if deployed else "excluded", "hashes": hashes,
    }  # fmt: skip


def _merged(found: list[Component]) -> list[Component]:
    """Each once: deployed, if any lock of what is deployed has it."""
    merged: dict[str, Component] = {}
    for it in sorted(found, key=lambda it: it["scope"], reverse=True):
        merged.setdefault(it["bom-ref"], it)
    return [*merged.values()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
