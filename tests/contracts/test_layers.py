"""The house's architecture: functions → usecases → domain, adapters behind ports, nothing read or built at import."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from contracts.deployment import ROOT, functions

from croquis.settings import NAMES

CORE, PICTURES, FUNCTIONS = ROOT / "layers/core", ROOT / "layers/pictures", ROOT / "functions"
VISION, MARKS, FACES = ROOT / "layers/vision", ROOT / "layers/marks", ROOT / "layers/faces"
LAYERS = {
    "croquis": "CoreLayer",
    "croquis_pictures": "PicturesLayer",
    "croquis_vision": "VisionLayer",
    "croquis_marks": "MarksLayer",
}
OURS = (*LAYERS, "croquis_faces", "workflow", "sandbox")
NEIGHBOURS = {"httpx", "boto3", "botocore", "replicate", "postgrest", "storage3", "supabase", "requests", "urllib3"}
OF_THE_API = (  # what it takes and answers
    "requests", "views", "dataset_views", "log_views", "provenance_views", "shown_views", "dry_runs", "image_orders",
    "models", "catalogue", "downloads", "erasures", "garments", "try_ons", "look_books",
)  # fmt: skip
SHAPES = tuple(f"croquis.http.{name}" for name in OF_THE_API)
SHARED_BY_DOORS = (
    *SHAPES,
    "croquis.http.door",
    "croquis.http.messages",
    "croquis.http.link_door",
    "croquis.http.signatures",
    "croquis.errors",
    "croquis.observability",
    "croquis.queue_worker",
    "croquis.usecases",
    "croquis.wiring",
    "croquis_pictures",
    "croquis_vision",
    "croquis_marks",
    "croquis_faces",
)
MAY_IMPORT = {
    "croquis.domain": ("croquis.domain", "croquis.errors"),
    "croquis.usecases": (
        *SHAPES,
        "croquis.usecases",
        "croquis.domain",
        "croquis.errors",
        "croquis.ports",
        "croquis.http.presenter",
    ),
    # a second provider, or another database, would be a sibling folder
    "croquis.adapters.replicate": ("croquis.adapters.replicate", "croquis.domain", "croquis.errors", "croquis.ports"),
    "croquis.adapters.supabase": ("croquis.adapters.supabase", "croquis.domain", "croquis.errors", "croquis.ports"),
    "croquis.adapters.aws": ("croquis.adapters.aws", "croquis.domain", "croquis.errors", "croquis.ports"),
    "croquis.ports": ("croquis.ports", "croquis.domain"),
    "croquis.http.requests": ("croquis.domain",),
    "croquis.http.look_books": (
        "croquis.http.requests",
        "croquis.http.views",
        "croquis.http.presenter",
        "croquis.domain",
        "croquis.ports",
    ),
    "croquis.http.try_ons": ("croquis.http.requests", "croquis.http.garments", "croquis.domain", "croquis.ports"),
    "croquis.http.exam_views": ("croquis.domain",),
    "croquis.http.views": ("croquis.http.exam_views", "croquis.domain"),
    "croquis.http.log_views": ("croquis.http.views", "croquis.domain"),
    "croquis.http.dataset_views": ("croquis.http.views", "croquis.domain"),
    "croquis.http.provenance_views": ("croquis.http.views", "croquis.domain"),
    "croquis.http.shown_views": ("croquis.http.requests", "croquis.http.views", "croquis.domain"),
    "croquis.http.dry_runs": ("croquis.http.views", "croquis.domain", "croquis.ports"),
    "croquis.http.image_orders": ("croquis.http.views", "croquis.http.presenter", "croquis.domain", "croquis.ports"),
    "croquis.http.erasures": ("croquis.http.views", "croquis.http.dry_runs", "croquis.domain"),
    "croquis.http.models": ("croquis.http.requests", "croquis.http.views", "croquis.domain"),
    "croquis.http.catalogue": (
        "croquis.http.requests",
        "croquis.http.views",
        "croquis.http.models",
        "croquis.http.presenter",
        "croquis.domain",
    ),
    "croquis.http.downloads": (
        "croquis.http.requests",
        "croquis.http.views",
        "croquis.http.models",
        "croquis.http.presenter",
        "croquis.domain",
    ),
    "croquis.http.presenter": (
        "croquis.http.exam_views",
        "croquis.http.log_views",
        "croquis.http.views",
        "croquis.domain",
        "croquis.ports",
    ),
    "croquis.errors": (),
    "croquis.settings": (),
    "croquis.http.signatures": ("croquis.errors",),
    "croquis.http.tokens": ("croquis.errors", "croquis.domain"),
    "croquis_pictures": ("croquis_pictures", "croquis.domain", "croquis.errors"),
    "croquis_marks": ("croquis_marks", "croquis.domain", "croquis.errors"),
    "croquis_vision": ("croquis_vision", "croquis_pictures", "croquis.domain", "croquis.errors"),
    "croquis_faces": ("croquis_faces", "croquis_pictures", "croquis.domain", "croquis.errors"),
}


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it; `from croquis.http import tokens` is croquis.http.tokens."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            whole = node.module or ""
            named = {f"{whole}.{name.name}" for name in node.names}
            found |= (named & set(ALL)) or {whole}
    return found


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


ALL = {name: path for root in (CORE, PICTURES, VISION, MARKS, FACES, FUNCTIONS) for name, path in modules(root)}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    inside = {name: path for name, path in ALL.items() if within(name, (room,))}
    assert inside
    for name, path in inside.items():
        ours = {module for module in imports(path) if module.partition(".")[0] in OURS}
        assert {module for module in ours if not within(module, MAY_IMPORT[room])} == set(), name


PURE = ["croquis.domain", "croquis.usecases", "croquis.ports", "croquis.http.requests", "croquis.http.views",
        "croquis.http.shown_views"]  # fmt: skip


@pytest.mark.parametrize("room", PURE)
def test_rules_and_verbs_know_no_neighbour(room: str) -> None:
    for name, path in ALL.items():
        if within(name, (room,)):
            assert {module.partition(".")[0] for module in imports(path)} & NEIGHBOURS == set(), name


def test_use_cases_say_what_type_everything_has() -> None:
    """So that the editor and the type checker see through the seam to the database."""
    for name, path in ALL.items():
        if within(name, ("croquis.usecases", "croquis.ports")):
            assert (
                not re.search(r"\bAny\b|dict\[str, object\]", path.read_text()) or name == "croquis.ports.provider"
            ), name


def test_the_error_tree_is_drawn_whole() -> None:
    """style.md, habit 9: every error that is raised on purpose stands in it, under its parent, and no other."""
    tree = (ast.get_docstring(ast.parse(ALL["croquis.errors"].read_text())) or "").splitlines()[2:]
    drawn = {
        found[1]: len(found[0]) - len(found[1]) for line in tree if (found := re.match(r"[│├└─ ]*([A-Z]\w+)", line))
    }
    bases = {
        node.name: node.bases[0].id
        for path in ALL.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.bases and isinstance(node.bases[0], ast.Name)
    }
    roots = {"Exception", "RuntimeError", "ValueError"}
    errors = {name for name in bases if any(it in roots for it in _ancestors(name, bases))}
    assert errors - {"ModelsNotFetchedError"} == set(drawn)  # raised by a build step, not by Croquis
    for name, parent in bases.items():
        assert name not in drawn or parent in roots or drawn[name] > drawn[parent], name


def _ancestors(name: str, bases: dict[str, str]) -> Iterator[str]:
    while name in bases:
        name = bases[name]
        yield name


def test_the_domain_has_no_clock_and_no_chance() -> None:
    for name, path in ALL.items():
        if within(name, ("croquis.domain",)):
            assert imports(path) & {"time", "random", "secrets", "os", "socket"} == set(), name
            assert not any(call in path.read_text() for call in (".now(", ".today(", "uuid4(")), name


def test_no_module_reaches_itself_through_what_it_imports() -> None:
    TopologicalSorter({name: imports(path) & ALL.keys() - {name} for name, path in ALL.items()}).prepare()


def test_only_the_wiring_knows_the_adapters() -> None:
    room = ("croquis.adapters",)
    knowing = {name for name, path in ALL.items() if any(within(module, room) for module in imports(path))}
    assert {name for name in knowing if not within(name, room)} == {"croquis.wiring"}


def test_doors_and_states_call_use_cases_and_nothing_deeper() -> None:
    for name, path in modules(FUNCTIONS):
        ours = {module for module in imports(path) if module.partition(".")[0] in OURS}
        assert {module for module in ours if not within(module, SHARED_BY_DOORS)} == set(), name


def reached(module: str, seen: set[str]) -> set[str]:
    """The module and all of ours that it imports, and what they import."""
    if module in ALL and module not in seen:
        seen.add(module)
        for further in imports(ALL[module]):
            reached(further, seen)
    return seen


@pytest.mark.parametrize("name", sorted(functions()))
def test_a_function_has_exactly_the_layers_that_its_code_imports(name: str) -> None:
    """OP-10: a layer that is not needed costs its cold start; one that is missing fails only when it is deployed."""
    function = functions()[name]
    tops = {module.partition(".")[0] for module in reached(function["Handler"].removesuffix(".handler"), set())}
    needed = [{"Ref": layer} for top, layer in LAYERS.items() if top in tops]
    # the layer of another processor holds what the others hold
    assert function["Layers"] == ([{"Ref": "FacesLayer"}] if "croquis_faces" in tops else needed)


def test_a_door_has_no_branch_about_the_business() -> None:
    """style.md, habit 1: it translates in, calls one use case, translates out."""
    for name, path in modules(FUNCTIONS):
        branches = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.If | ast.Match)]
        # a state that serves runs and pictures alike asks which of the two it was given; the hook asks for its secret
        assert len(branches) <= 1, name


IMPORT_ALL = """
import os, socket, sys
def refuse(*_, **__): raise AssertionError("opened something at import")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
OURS = ("CROQUIS", *NAMES)
class Unread(dict):
    def __getitem__(self, key):
        assert not key.startswith(OURS), key
        return super().__getitem__(key)
    def get(self, key, default=None):
        return self[key] if key in self or key.startswith(OURS) else default
os.environ = Unread(os.environ)
from importlib import import_module
for name in sys.argv[1:]: import_module(name)
from croquis import wiring
assert not wiring._handed_in and not wiring._real.cache_info().currsize, "the neighbours were built at import"
heavy = {"boto3", "botocore.client", "postgrest", "storage3", "replicate", "ai_edge_litert", "onnxruntime"}
heavy &= set(sys.modules)
assert not heavy, f"imported before it is needed: {heavy}"
"""


def test_importing_every_function_reads_no_setting_and_opens_nothing() -> None:
    """OP-10, DESIGN 2: so a snapshot of a function holds no secret, and its start costs no import of a neighbour."""
    names = [name for name, _ in modules(FUNCTIONS) if name != "workflow"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (CORE, PICTURES, VISION, MARKS, FACES, FUNCTIONS))),
    }
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"NAMES = {list(NAMES)}\n{IMPORT_ALL}", *names],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_no_two_modules_share_a_name() -> None:
    """style.md, habit 4: they stand on one path."""
    roots = (CORE, PICTURES, VISION, MARKS, FACES, FUNCTIONS)
    tops = [path.stem for root in roots for path in root.glob("*") if path.suffix in ("", ".py")]
    tops = [name for name in tops if not name.startswith((".", "__")) and name != "requirements"]
    assert len(tops) == len(set(tops))
