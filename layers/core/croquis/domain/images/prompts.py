"""From what a person chooses to what the model reads. FLUX takes whole phrases and knows no negative prompt."""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from croquis.domain.images.image import TALL, TALLER, Framing, ImageSize
from croquis.domain.short_text import ShortText
from croquis.domain.subject import Subject

# A full body is shown when what is at its two ends is named: without shoes and floor the feet are cut off.
OPENINGS = {
    Framing.FULL_BODY: "full-length fashion photo from head to toe",
    Framing.HALF_BODY: "fashion photo from the waist up",
    Framing.PORTRAIT: "close-up portrait photo of head and shoulders",
}


class PromptChoices(BaseModel):
    """What may be chosen for an image; everything is optional and one line of plain text."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    pose: ShortText | None = None
    background: ShortText | None = None
    lighting: ShortText | None = None
    expression: ShortText | None = None
    outfit: ShortText | None = None
    shoes: ShortText | None = None
    framing: Framing = Framing.FULL_BODY


@dataclass(frozen=True)
class Preview:
    """One of the images that every training is judged by."""

    choices: PromptChoices
    size: ImageSize


def prompt(subject: Subject, choices: PromptChoices) -> str:
    """One line: the trigger word with its noun (woman, man, person) first, then the framing, then what was chosen."""
    is_whole = choices.framing is Framing.FULL_BODY
    phrases = (
        subject.words,
        OPENINGS[choices.framing],
        choices.pose,
        _after("wearing ", choices.outfit),
        choices.expression,
        f"{choices.shoes or 'shoes'} and the floor under them in the frame" if is_whole else None,
        _after("background: ", choices.background),
        choices.lighting,
    )
    return ", ".join(phrase for phrase in phrases if phrase)


def face_prompt(subject: Subject, choices: PromptChoices) -> str:
    """Of the face alone, as a close-up: in the same light, with the same expression."""
    near = {"framing": Framing.PORTRAIT, "expression": choices.expression, "lighting": choices.lighting}
    return prompt(subject, PromptChoices.model_validate(near))


def named(subject: Subject, text: str) -> str:
    """The text, with trigger word and noun put first unless it names the person so itself."""
    if re.search(rf"\b{re.escape(subject.words)}\b", text):
        return text
    if re.search(word := rf"\b{re.escape(subject.trigger)}\b", text):
        return re.sub(word, subject.words, text, count=1)
    return f"{subject.words}, {text}"


def _after(lead: str, chosen: str | None) -> str | None:
    return lead + chosen if chosen else None


# Fixed, so that two runs can be compared; new places and clothes, so that what was learnt is the person.
PREVIEWS = (
    Preview(
        PromptChoices(
            pose="standing upright facing the camera with both arms down",
            outfit="a plain white t-shirt, blue jeans and white sneakers",
            expression="neutral expression",
            background="a seamless light grey studio wall",
            lighting="soft even studio light",
        ),
        TALL,
    ),
    Preview(
        PromptChoices(
            pose="walking towards the camera",
            outfit="a long camel coat, black trousers and leather boots",
            expression="relaxed expression",
            background="a quiet city street with old facades",
            lighting="overcast daylight",
        ),
        TALLER,
    ),
    Preview(
        PromptChoices(
            pose="standing turned three-quarters to the side with one hand on the hip",
            outfit="a dark green tailored suit and black shoes",
            expression="slight smile",
            background="a bright gallery with a wooden floor",
            lighting="daylight from large windows",
        ),
        TALL,
    ),
    Preview(
        PromptChoices(
            pose="sitting on a wooden chair with both feet on the ground",
            outfit="a grey knitted sweater, wide black trousers and loafers",
            expression="calm expression",
            background="a garden terrace with stone tiles",
            lighting="warm evening sun",
        ),
        TALLER,
    ),
)
