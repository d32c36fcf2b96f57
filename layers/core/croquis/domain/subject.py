"""How captions and prompts name the person: the trigger word and a noun, the same two in training and afterwards.

Without a noun next to it the model guesses one, and people were seen to change their gender.
"""

from enum import StrEnum
from typing import NamedTuple


class Gender(StrEnum):
    """Chooses the noun of captions and prompts; equal to the values in `lora_training_jobs.gender`."""

    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"


NOUNS = {Gender.FEMALE: "woman", Gender.MALE: "man"}
ANYBODY = "person"


class Subject(NamedTuple):
    """Whom a picture shows. Of whom no gender is known, or neither of the two, the noun is "person"."""

    trigger: str
    gender: Gender | None

    @property
    def noun(self) -> str:
        return NOUNS.get(self.gender, ANYBODY) if self.gender else ANYBODY

    @property
    def words(self) -> str:
        """Such as "qtxkbrdf woman"."""
        return f"{self.trigger} {self.noun}"
