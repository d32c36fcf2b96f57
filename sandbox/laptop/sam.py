"""`python -m sandbox.laptop.sam …`: the SAM CLI from its own locked environment, where its pins clash with nobody's."""

import os
import sys

from sandbox import ROOT
from sandbox.laptop.environments import environment, find_uv


def main() -> None:
    python = environment("sam", ROOT / "requirements" / "sam.txt").python
    home = str(ROOT / ".croquis" / "sam-home")
    settings = {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": home, "UV": find_uv()}
    settings.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    os.chdir(ROOT)
    os.execve(str(python), [str(python), "-m", "samcli", *sys.argv[1:]], {**own, **settings})


if __name__ == "__main__":
    main()
