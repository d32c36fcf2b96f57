"""completion: the script that makes a shell complete our commands."""

import click
from click.shell_completion import get_completion_class

from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk

SHELLS = ("bash", "zsh", "fish")


@command(croquis)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(desk: Desk, shell: str) -> object:
    """Print the script that completes commands, such as: eval "$(croquis completion bash)"."""
    made = get_completion_class(shell)
    assert made, "click knows these shells"
    script = made(croquis, {}, "croquis", "_CROQUIS_COMPLETE").source()
    desk.screen.say(script)
    return {"shell": shell, "script": script}
