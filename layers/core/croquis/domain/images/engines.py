"""The engines that put garments on a person, as their rows say, and what each is asked for.

The rows are in the database, which decides who may be ordered; here is only what follows from one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from croquis.domain.row import Row

PERSON, GARMENTS, GARMENT, ALL = "$person", "$garments", "$garment", "$person_and_garments"
PROMPT, SEED, WORDS, CATEGORY = "$prompt", "$seed", "$words", "$category"


class Engine(Row):
    """One row of `croquis.engines`, as far as an order needs it.

    `takes` is its input, in which a word that begins with $ stands for what is only known at the order; `categories`
    are its words for ours, where it has any. `refusal_words` are in the error of a picture that it would not make.
    """

    name: str
    version: str | None  # None: the provider runs the newest one under the name
    has_seed: bool
    refusal_words: tuple[str, ...]
    most_garments: int
    takes: dict[str, object]
    categories: dict[str, str]

    @property
    def ordered_as(self) -> str:
        """What the provider calls what is to be run."""
        return self.version or self.name


@dataclass(frozen=True)
class WornGarment:
    """A link to its picture, and its category."""

    picture: str
    category: str


def engine_input(
    engine: Engine, *, person: object, garments: Sequence[WornGarment], prompt: str, seed: object
) -> dict[str, object]:
    """The engine's whole input. A seed of None is left out, and is then drawn by the engine."""
    pictures = [it.picture for it in garments]
    first = garments[0].category
    known: Mapping[str, object] = {
        PERSON: person,
        GARMENTS: pictures,
        GARMENT: pictures[0],
        ALL: [person, *pictures],
        PROMPT: prompt,
        SEED: seed,
        WORDS: first,
        CATEGORY: engine.categories.get(first, first),
    }
    filled = {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in engine.takes.items()
    }
    return {name: value for name, value in filled.items() if value is not None}
