"""`croquis`, or `python -m croquis_cli`."""

from croquis_cli.commands import signing_in, training
from croquis_cli.commands.root import main

__all__ = ["main", "signing_in", "training"]

if __name__ == "__main__":
    main()
