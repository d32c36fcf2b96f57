"""Which calls of neighbours a function's code can reach: read from the sources, over all that is mentioned."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from contracts.deployment import ROOT

CORE = ROOT / "layers/core"
FOLLOWED = ("croquis.usecases", "croquis.http", "croquis.queue_worker")
Place = tuple[str, str]  # a module, and a function or class in it


@dataclass
class Module:
    """Top-level functions and classes of a file, and what its names stand for."""

    parts: dict[str, ast.AST] = field(default_factory=dict)
    names: dict[str, Place] = field(default_factory=dict)


def calls_of(handler: str) -> set[str]:
    """Such as `queue.settle_attempt` or `store.runs.next_execution`, of the function whose handler this is."""
    module = handler.removesuffix(".handler")
    seen: set[Place] = set()
    todo = [(module, part) for part in _read(module).parts]
    calls: set[str] = set()
    while todo:
        place = todo.pop()
        if place in seen or place[1] not in _read(place[0]).parts:
            continue
        seen.add(place)
        node = _read(place[0]).parts[place[1]]
        calls |= set(_chains(node))
        todo += _mentioned(place[0], node)
    return calls


@cache
def takes_an_owner() -> frozenset[str]:
    """The methods of ports that act as the user who calls, with the user's own token."""
    found = (node for path in (CORE / "croquis/ports").glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    methods = [it for it in found if isinstance(it, ast.FunctionDef)]
    return frozenset(it.name for it in methods if any(each.arg == "owner" for each in it.args.args))


@cache
def _read(name: str) -> Module:
    module = Module()
    for node in ast.parse(_path(name).read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            module.names |= {it.asname or it.name: _imported(node.module, it.name) for it in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            module.parts[node.name] = node
            module.names[node.name] = (name, node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (it for it in targets if isinstance(it, ast.Name)):
                module.parts[target.id] = node
                module.names[target.id] = (name, target.id)
    return module


def _path(module: str) -> Path:
    root = CORE if module.startswith("croquis.") else ROOT / "functions"
    return root / f"{module.replace('.', '/')}.py"


def _imported(module: str, name: str) -> Place:
    """A module of a package, or something in a module."""
    return (f"{module}.{name}", "") if _path(f"{module}.{name}").is_file() else (module, name)


def _mentioned(module: str, node: ast.AST) -> Iterator[Place]:
    names = _read(module).names
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in names:
            place = names[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            place = (names[each.value.id][0], each.attr)
        else:
            continue
        if place[1] and (place[0].startswith(FOLLOWED) or place[0] == module):
            yield place


def _chains(node: ast.AST) -> Iterator[str]:
    """What is read of `croquis` or `croquis()`, also by way of a name that stands for a part of it."""
    short: dict[str, str] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.Assign):
            pairs = zip(_flat(each.targets[0]), _flat(each.value), strict=False)
            short |= {to.id: found for to, of in pairs if isinstance(to, ast.Name) and (found := _chain(of, short))}
    yield from {found for each in ast.walk(node) if (found := _chain(each, short)) and isinstance(each, ast.Attribute)}


def _flat(node: ast.AST) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]  # type: ignore[list-item]


def _chain(node: ast.AST, short: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Call):
        node = node.func if not node.args else node
    if not isinstance(node, ast.Name):
        return ""
    first = [short[node.id]] if node.id in short else [] if node.id == "croquis" else None
    return "" if first is None else ".".join([*first, *reversed(parts)])
