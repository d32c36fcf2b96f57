"""Where the twin's ids come from: real chance, or a seed that gives the same ones again."""

import base64
import random

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Chance:
    """Ids of runs, versions and messages, and the unguessable parts of addresses."""

    def __init__(self, seed: str | None = None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - asked for

    def run_id(self) -> str:
        return "".join(self._random.choice(ID_ALPHABET) for _ in range(26))

    def version_id(self) -> str:
        return self._random.randbytes(32).hex()

    def message_id(self) -> str:
        return f"msg_{self._text(20)}"

    def token(self) -> str:
        return self._text(32)

    def _text(self, size: int) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(size)).decode().rstrip("=")
