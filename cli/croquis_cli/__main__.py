"""`croquis`, or `python -m croquis_cli`."""

from croquis_cli.commands import completion, keeping, making, operating, reviewing, signing_in, training
from croquis_cli.commands.root import main

COMMANDS = (signing_in, training, reviewing, making, keeping, operating, completion)  # each has put its own into the group
__all__ = ["COMMANDS", "main"]

if __name__ == "__main__":
    main()
