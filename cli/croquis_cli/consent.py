"""The consent of the person in the photos: asked word by word, or declared by flags, one for each; never assumed."""

from collections.abc import Sequence

from croquis_cli.api import Api
from croquis_cli.errors import Failed
from croquis_cli.exchange import View
from croquis_cli.screen import Screen

DECLARATIONS = {
    "adult": "I am an adult.",
    "own_photos_or_authorised": "The photos show me, or an adult who has authorised me in writing.",
    "training": "An image model of the person may be trained from the photos, and pictures may be made with it.",
    "storage": "Photos, model and pictures may be stored as the text says, and for as long as it says.",
    "processors": "The services that the text names may process them.",
}
FURTHER = {
    "try_on": "May clothes be tried on in pictures of the person? (You may say no.)",
    "face_measurement": "May the face be measured, only to see whether pictures show the same? (You may say no.)",
}
CHOICES = (*DECLARATIONS, *FURTHER)


def newest_text(api: Api) -> View:
    """What a person agrees to today: its version and its words."""
    texts = api.rows("consent_texts", select="version,body", order="published_at.desc", limit="1")
    if not texts:
        raise Failed("There is no consent text.", "The deployment is not complete: its migrations bring one.")
    return texts[0]


def ask(screen: Screen, text: View, given: Sequence[str], valid_until: str | None) -> View:
    """The consent for POST /v1/trainings. What flags have not declared is asked; Failed where one is not given."""
    open_ones = [name for name in DECLARATIONS if name not in given]
    uses = ["train", "generate", *(use for use in FURTHER if use in given)]
    screen.note(f"Consent text {text['version']}:")
    if open_ones:
        screen.note(str(text["body"]))
        for name in open_ones:
            flags = " ".join(f"--i-have-consent {each}" for each in open_ones)
            if not screen.agree(DECLARATIONS[name], otherwise=f"Each declaration is a flag of its own: {flags}"):
                raise Failed("Without this nobody can be trained. Nothing was sent.", DECLARATIONS[name])
        unsaid = [use for use in FURTHER if use not in given]
        uses += [use for use in unsaid if screen.agree(FURTHER[use], otherwise=f"--i-have-consent {use} says yes.")]
    consent: View = {"text_version": text["version"], "uses": uses, **dict.fromkeys(DECLARATIONS, True)}
    return consent | ({"valid_until": valid_until} if valid_until else {})
