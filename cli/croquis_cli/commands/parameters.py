"""What several commands take: ids, and the options that a training and its retry share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import click


class Id(click.types.StringParamType):
    """An id as Croquis gives them, in their one spelling: nothing else becomes a part of an address."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return str(UUID(str(value)))
        except ValueError:
            self.fail(f"{value!r} is no id. `croquis status` and `croquis models` list ids.", param, ctx)


ID = Id()
Command = TypeVar("Command", bound=Callable[..., object])
OPTIONS = (
    click.option("--preset", type=click.Choice(["full", "compact", "identity"]), help="Where the others come from."),
    click.option("--steps", type=int),
    click.option("--lora-rank", type=int),
    click.option("--learning-rate", type=float),
    click.option("--resolution", help="Such as 1024, or 512,768,1024."),
    click.option("--caption-dropout-rate", type=float),
)


def run_parameters(function: Command) -> Command:
    """Gives a command the parameters of a run, each of which may be left out."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def chosen(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was not left out."""
    return {name: value for name, value in options.items() if value is not None}
