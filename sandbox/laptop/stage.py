"""Where the demo shows itself: on a terminal, or in a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text


class Stage:
    """Where the demo shows itself: one line that changes on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._last: object = None

    def say(self, line: str | Table) -> None:
        """A line, or a table, that stays."""
        # a terminal would break a long line within a word; a file has room for it
        self._console.print(Text(line) if isinstance(line, str) else line, soft_wrap=not self._console.is_terminal)

    def progress(self, line: str, *, news: object = None) -> None:
        """A line that the next one replaces; without a terminal it is printed when `news` (else its stage) is new."""
        news = news or line.partition("·")[0]
        if self._live:
            self._live.update(Text(line))
        elif news != self._last:
            self._last = news
            self.say(line)


@contextmanager
def screen() -> Iterator[Stage]:
    """A stage on this terminal, or on whatever stdout is."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield Stage(console, None)
        return
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield Stage(console, live)
