"""The trigger word: the one word that calls a trained person into a picture."""

from typing import NewType

TriggerWord = NewType("TriggerWord", str)

# Sixteen consonants, one per half byte. Without vowels it is no word of any language and occurs in no caption by
# chance (the trainer looks for it anywhere in the text); only a-z, so it is safe in SQL, JSON and file names.
LETTERS = "bcdfghjklmnpqrtx"
LENGTH = 8
PATTERN = rf"^[{LETTERS}]{{{LENGTH}}}$"


def new_trigger_word(random_bytes: bytes) -> TriggerWord:
    """Eight letters from the first four random bytes: one of 4.3 thousand million, unique by a column's constraint."""
    if len(random_bytes) * 2 < LENGTH:
        raise ValueError(f"{LENGTH // 2} random bytes are needed")
    return TriggerWord("".join(LETTERS[int(digit, 16)] for digit in random_bytes.hex()[:LENGTH]))
