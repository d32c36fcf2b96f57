"""What a command shows: results on stdout, progress and questions on stderr, or one JSON document on stdout."""

import json
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from croquis_cli.errors import CliError, Misused

# what would move a terminal's cursor or colour it: names and sentences come from files and from others
CONTROL = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "�")


class Screen:
    """Of one command."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self.error = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """A line of the result, for people."""
        if not self._as_json:
            self._out.print(plain(line))

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table of the result, for people."""
        if self._as_json:
            return
        table = Table(*titles, box=None, pad_edge=False, header_style="bold", expand=False)
        for row in rows:
            table.add_row(*(plain("" if cell is None else str(cell)) for cell in row))
        wide = None if self._out.is_terminal else 200  # a file has room for it
        self._out.print(table, width=wide, soft_wrap=False)

    def note(self, line: str) -> None:
        """Progress, which is no result."""
        self.error.print(plain(line))

    def document(self, document: object) -> None:
        """The result, for programs."""
        if self._as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))

    def failure(self, error: CliError) -> None:
        """Why the command did not come to its end."""
        self.note(f"error: {error.sentence}")
        if error.hint:
            self.note(error.hint)
        for field in error.told.get("fields", ()):
            self.note(f"  {field.get('field')}: {field.get('problem')}")
        if request := error.told.get("request_id"):
            self.note(f"(request {request})")
        self.document(error.document)

    def agree(self, question: str, *, otherwise: str) -> bool:
        """The answer of the person at the keyboard; Misused with `otherwise` where nobody answers."""
        with _somebody(otherwise):
            return click.confirm(question.translate(CONTROL), err=True)

    def choose(self, question: str, of: Sequence[str], *, otherwise: str) -> str:
        """One of several, as the person at the keyboard says."""
        with _somebody(otherwise):
            return str(click.prompt(question, type=click.Choice(of), err=True))

    @contextmanager
    def live(self) -> Generator["Line"]:
        """A line that changes on a terminal; elsewhere one that is printed when there is news."""
        if not self.error.is_terminal:
            yield Line(self, None)
            return
        with Live(console=self.error, refresh_per_second=8, transient=True) as live:
            yield Line(self, live)


class Line:
    """The one line of progress."""

    def __init__(self, screen: Screen, live: Live | None) -> None:
        self._screen = screen
        self._live = live
        self._last: object = None

    def show(self, line: str, news: object) -> None:
        """Replaces the line; what is no terminal gets it only when `news` differs from the last."""
        if self._live:
            self._live.update(plain(line))
        elif news != self._last:
            self._screen.note(line)
        self._last = news


@contextmanager
def _somebody(otherwise: str) -> Generator[None]:
    try:
        yield
    except click.Abort:
        if sys.stdin.isatty():
            raise  # it was Ctrl-C
        raise Misused("There is nobody to answer.", otherwise) from None


def plain(text: str) -> Text:
    """The text as it is: nothing in it is markup, and nothing in it commands the terminal."""
    return Text("\n".join(line.translate(CONTROL) for line in text.split("\n")))
