"""The group `croquis`, and how a command becomes one: its `--json`, its errors as sentences, its exit code."""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from croquis_cli import VERSION
from croquis_cli.desk import Desk, user_folder
from croquis_cli.errors import CliError, Failed
from croquis_cli.screen import Screen

EXIT_CODES = """\b
Exit codes:
  0    it is done
  1    the thing itself failed, or was not done
  2    the command line is wrong, or a file that it names
  3    nobody is signed in
  4    refused, with a reason
  5    the network, or nobody answers
  130  Ctrl-C: what runs at Croquis goes on
"""


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="croquis")
def croquis() -> None:
    """Train a model of a person from 8 to 12 photos, and make pictures with it."""


def command(group: click.Group, name: str | None = None) -> Callable[[Callable[..., object]], click.Command]:
    """Makes a function a command of the group; it is called with the desk, and returns its document."""

    def made(function: Callable[..., object]) -> click.Command:
        @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, progress on stderr.")
        @functools.wraps(function)
        def run(as_json: bool, **given: object) -> None:
            screen = Screen(as_json=as_json)
            try:
                screen.document(function(Desk(screen, user_folder()), **given))
            except CliError as error:
                _end(screen, error)
            except OSError as error:
                _end(screen, Failed(f"{error.filename or 'A file'}: {error.strerror or 'cannot be used'}."))
            except (AttributeError, LookupError, TypeError, ValueError) as error:  # an answer of another shape
                _end(screen, _not_understood(error))

        return group.command(name)(run)

    return made


def _end(screen: Screen, error: CliError) -> NoReturn:
    screen.failure(error)
    sys.exit(error.exit_code)


def _not_understood(error: Exception) -> Failed:
    """Says where, and not what: the words of such an error may quote an answer."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    return Failed(f"What Croquis answered is not understood ({at}).", f"Is there a newer croquis than {VERSION}?")


def main() -> None:
    """The console script."""
    try:
        croquis.main(prog_name="croquis", standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.UsageError as wrong:
        wrong.show()
        Screen(as_json="--json" in sys.argv).document({"error": {"exit_code": 2, "sentence": wrong.format_message()}})
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
