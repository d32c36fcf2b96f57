"""Of which training picture the person of a prompt is: one that shows enough, in a like pose, and no two alike.

It knows the pictures by their captions, as the trainer does.
"""

import hashlib
import re
from collections import Counter
from pathlib import Path

from sandbox.replicate.dataset import read_pairs

FULL_BODY, HALF_BODY, HEAD = "full body", "half body", "head"
FRAMINGS = {
    FULL_BODY: re.compile(r"full[- ](body|length)|whole figure|\bhead[- ]to[- ](toe|feet)", re.IGNORECASE),
    HALF_BODY: re.compile(r"half[- ](body|length)|to the thighs|waist up", re.IGNORECASE),
    HEAD: re.compile(r"head and shoulders|shoulders up|close-up", re.IGNORECASE),
}
# from a whole figure any part can be shown, but a head is sharper in a nearer picture; None: a caption does not say
WHOLE_FIRST = (FULL_BODY, None, HALF_BODY, HEAD)
BEST_FOR_HEAD = (HALF_BODY, FULL_BODY, None, HEAD)
POSES = ("standing", "walking", "sitting", "facing", "three-quarter", "from the side", "from behind", "arms down",
         "raised", "on the hip", "on hips")  # fmt: skip


class Sittings:
    """Remembers what every prompt and seed got; the same ones get the same picture again."""

    def __init__(self) -> None:
        self._taken: dict[Path, dict[tuple[str, int], str]] = {}

    def picture_for(self, archive: Path, prompt: str, seed: int) -> str:
        """Its name in the zip of the training: one that nobody got yet, as long as there are any."""
        taken, asked = self._taken.setdefault(archive, {}), (prompt, seed)
        if asked not in taken:
            uses, captions = Counter(taken.values()), read_pairs(archive)
            taken[asked] = min(
                _showing_enough(captions, framing_of(prompt)),
                key=lambda name: (uses[name], _unlikeness(captions[name], prompt), _chance(name, prompt, seed)),
            )
        return taken[asked]


def framing_of(words: str) -> str | None:
    """How much of the body a caption or a prompt speaks of."""
    return next((framing for framing, said in FRAMINGS.items() if said.search(words)), None)


def _showing_enough(captions: dict[str, str], wanted: str | None) -> list[str]:
    found: dict[str | None, list[str]] = {}
    for name, caption in captions.items():
        found.setdefault(framing_of(caption), []).append(name)
    best = BEST_FOR_HEAD if wanted == HEAD else WHOLE_FIRST
    return next(found[framing] for framing in best if framing in found)


def _unlikeness(caption: str, prompt: str) -> int:
    return sum((pose in caption) != (pose in prompt) for pose in POSES)


def _chance(name: str, prompt: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{prompt}:{name}".encode()).digest()
