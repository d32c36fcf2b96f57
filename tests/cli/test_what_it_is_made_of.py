"""The command line stands alone: it can be installed without the backend, and its page tells all of it."""

import ast
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from terminal import Terminal

from croquis_cli.__main__ import COMMANDS
from croquis_cli.commands.root import croquis
from sandbox import ROOT

CLI = ROOT / "cli"
PAGE = (ROOT / "docs/cli.md").read_text()
EXAMPLES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def imported() -> Iterator[tuple[str, str]]:
    for path in (CLI / "croquis_cli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from ((path.name, name.partition(".")[0]) for name in names)


def leaves(group: click.Group = croquis, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, it in group.commands.items():
        yield from leaves(it, (*path, name)) if isinstance(it, click.Group) else [((*path, name), it)]


def test_it_imports_its_own_dependencies_and_nothing_of_the_backend() -> None:
    project = tomllib.loads((CLI / "pyproject.toml").read_text())["project"]
    allowed = {re.split(r"[<>=]", it)[0] for it in project["dependencies"]} | {"croquis_cli"}
    assert {
        (file, top) for file, top in imported() if top not in sys.stdlib_module_names and top not in allowed
    } == set()


def test_its_lock_has_what_it_needs() -> None:
    project = tomllib.loads((CLI / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=]", it)[0] for it in project["dependencies"]}
    assert wanted == {
        line.strip() for line in (ROOT / "requirements/cli.in").read_text().splitlines() if line[0] != "#"
    }
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements/cli.txt").read_text(), re.MULTILINE))
    of_the_root = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE))
    assert wanted <= locked.keys()
    assert locked == {name: of_the_root[name] for name in locked}


def test_every_command_takes_json() -> None:
    assert COMMANDS
    assert [path for path, it in leaves() if not any("--json" in each.opts for each in it.params)] == []


@pytest.mark.parametrize("path", [path for path, _ in leaves()], ids=" ".join)
def test_its_page_has_an_example_of_each_command(path: tuple[str, ...]) -> None:
    assert any(f"croquis {' '.join(path)}" in line for line in EXAMPLES)


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_of_its_page_is_a_command_line_that_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "coat.png").touch()
    words = shlex.split(re.sub(r'^eval "\$\((.*)\)"', r"\1", line), comments=True)
    assert words.pop(0) == "croquis"
    command: click.Command = croquis
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    command.make_context("croquis", words)


def test_its_page_tells_every_exit_code(tmp_path: Path) -> None:
    told = Terminal(tmp_path).run("--help").out
    codes = re.findall(r"^ +(\d+) +\S", told.partition("Exit codes:")[2], re.MULTILINE)
    assert codes == re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "130"]


def test_a_shell_completes_its_commands(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    assert "_CROQUIS_COMPLETE" in terminal.run("completion", "bash").out
    assert terminal.json("completion", "fish")["script"]
