"""Everything that ends a command before its end, with the exit code that says so.

CliError
├── Failed        1  the thing itself failed, or was not done
├── Misused       2  the command line or a file that it names
├── NotSignedIn   3  nobody is signed in, or not any more
├── Refused       4  Croquis or Supabase refused it, and said why
├── Unreachable   5  the network, or whoever should have answered
└── Interrupted 130  Ctrl-C
"""

from typing import Any


class CliError(Exception):
    """A sentence for a person, what to do, and for programs whatever else is known."""

    exit_code = 1

    def __init__(self, sentence: str, hint: str = "", **told: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.told = told

    @property
    def document(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        said = {"exit_code": self.exit_code, "sentence": self.sentence, "hint": self.hint}
        return {"error": said | self.told}


class Failed(CliError):
    exit_code = 1


class Misused(CliError):
    exit_code = 2


class NotSignedIn(CliError):
    exit_code = 3


class Refused(CliError):
    """`status` is HTTP's; `told` may hold the problem's code, fields and request id."""

    exit_code = 4

    def __init__(self, sentence: str, hint: str = "", *, status: int = 0, **told: Any) -> None:
        super().__init__(sentence, hint, **told)
        self.status = status


class Unreachable(CliError):
    exit_code = 5


class Interrupted(CliError):
    exit_code = 130
