"""Rules about code that no linter here has: what has led others into trouble stands nowhere in what is deployed."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from contracts.deployment import ROOT

DEPLOYED = ("functions", "layers", "cli", "infra")
DIGESTS = ("digest", "signature", "sha256", "hmac")
FROM_OUTSIDE = ("functions", "layers/core/croquis/http")  # elsewhere a hash is a file's, and no secret


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {it.arg: it.value for it in call.keywords}


def archives_unpacked(tree: ast.AST) -> list[int]:
    return [it.lineno for it in calls(tree, "extractall", "extract", "unpack_archive")]


def clients_without_a_time_out(tree: ast.AST) -> list[int]:
    """Or one that follows redirects, which leave the hosts that we meant."""
    made = [it for it in calls(tree, "Client", "AsyncClient") if _name(getattr(it.func, "value", it)) == "httpx"]
    return [it.lineno for it in made if "timeout" not in _keywords(it) or _follows(_keywords(it))]


def _follows(keywords: dict[str | None, ast.expr]) -> bool:
    value = keywords.get("follow_redirects", ast.Constant(False))
    return not (isinstance(value, ast.Constant) and value.value is False)


def certificates_unchecked(tree: ast.AST) -> list[int]:
    found = [(node, _keywords(node).get("verify")) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [it.lineno for it, value in found if isinstance(value, ast.Constant) and value.value is False]


def retries_of_a_client(tree: ast.AST) -> list[int]:
    """A paid POST is sent once (MO-03): no transport tries again by itself."""
    found = [(it, _keywords(it).get("retries")) for it in calls(tree, "HTTPTransport", "AsyncHTTPTransport", "Retry")]
    return [it.lineno for it, value in found if value is not None or _name(it.func) == "Retry"]


def sql_made_of_pieces(tree: ast.AST) -> list[int]:
    return [it.lineno for it in calls(tree, "execute", "executemany") if it.args and not _is_plain(it.args[0])]


def _is_plain(node: ast.expr) -> bool:
    return not isinstance(node, ast.JoinedStr | ast.BinOp)


def digests_compared_in_the_open(tree: ast.AST) -> list[int]:
    """`==` ends at the first byte that differs, and so tells how much was right."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    equal = [it for it in found if any(isinstance(op, ast.Eq | ast.NotEq) for op in it.ops)]
    return [it.lineno for it in equal if any(_is_digest(side) for side in (it.left, *it.comparators))]


def _is_digest(node: ast.expr) -> bool:
    inner = node.func if isinstance(node, ast.Call) else node
    name = _name(inner)
    return not name.isupper() and any(word in name.lower() for word in DIGESTS)


RULES: dict[Callable[[ast.AST], list[int]], str] = {
    archives_unpacked: "import tarfile\ntarfile.open('x').extractall('y')",
    clients_without_a_time_out: "import httpx\nhttpx.Client(base_url=x)",
    certificates_unchecked: "import httpx\nhttpx.get('https://x', verify=False)",
    retries_of_a_client: "import httpx\nhttpx.HTTPTransport(retries=2)",
    sql_made_of_pieces: "cursor.execute(f'select {x}')",
    digests_compared_in_the_open: "sent.digest() == ours",
}
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


def sources(rule: Callable[[ast.AST], list[int]]) -> list[Path]:
    folders = FROM_OUTSIDE if rule is digests_compared_in_the_open else DEPLOYED
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


@EACH
def test_it_stands_nowhere(rule: Callable[[ast.AST], list[int]]) -> None:
    """OP-06."""
    files = sources(rule)
    assert len(files) > 30
    found = {str(path.relative_to(ROOT)): rule(ast.parse(path.read_text())) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


@EACH
def test_it_would_be_found(rule: Callable[[ast.AST], list[int]]) -> None:
    assert rule(ast.parse(RULES[rule]))
