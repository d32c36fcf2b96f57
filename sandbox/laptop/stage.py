"""Where the demo shows itself: on a terminal, or in a file."""

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Stage:
    """Stdout; the commands that the demo runs write to it too."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def say(self, line: str | Table) -> None:
        """A line, or a table."""
        # a terminal would break a long line within a word; a file has room for it
        self._console.print(Text(line) if isinstance(line, str) else line, soft_wrap=not self._console.is_terminal)
