"""`croquis`, or `python -m croquis_cli`."""

from croquis_cli.commands import (
    completion,
    dressing,
    erasing,
    examining,
    keeping,
    laying_out,
    making,
    operating,
    reviewing,
    signing_in,
    training,
)
from croquis_cli.commands.root import main

# each has put its own into the group
COMMANDS = (
    signing_in,
    training,
    reviewing,
    making,
    dressing,
    laying_out,
    keeping,
    erasing,
    operating,
    examining,
    completion,
)
__all__ = ["COMMANDS", "main"]

if __name__ == "__main__":
    main()
