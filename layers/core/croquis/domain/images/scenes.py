"""Ready-made scenes: each fills in what a wish leaves out. Only data; a name is never removed."""

from dataclasses import dataclass
from enum import StrEnum

from croquis.domain.images.image import Framing
from croquis.domain.images.prompts import PromptChoices


class SceneName(StrEnum):
    """Stable: pictures that were made in a scene are repeated in it."""

    STUDIO = "studio"
    LOOKBOOK = "lookbook"
    STREET = "street"
    CAFE = "cafe"
    BEACH = "beach"
    GALLERY = "gallery"
    EVENING = "evening"
    HEADSHOT = "headshot"


@dataclass(frozen=True)
class Scene:
    """Wishes under a name; the person and the clothes stay the owner's where they say so."""

    name: SceneName
    title: str
    wishes: PromptChoices


SCENES = (
    Scene(
        SceneName.STUDIO,
        "White studio",
        PromptChoices(
            pose="standing upright facing the camera",
            background="a seamless white studio backdrop",
            lighting="soft even studio light",
            expression="neutral expression",
        ),
    ),
    Scene(
        SceneName.LOOKBOOK,
        "Look-book, walking",
        PromptChoices(
            pose="walking towards the camera, one foot in front of the other",
            background="a seamless light grey studio backdrop",
            lighting="large softbox from the left",
            expression="calm expression",
        ),
    ),
    Scene(
        SceneName.STREET,
        "City street",
        PromptChoices(
            pose="walking along the pavement, looking ahead",
            background="a quiet city street with old facades",
            lighting="overcast daylight",
            expression="relaxed expression",
        ),
    ),
    Scene(
        SceneName.CAFE,
        "Pavement cafe",
        PromptChoices(
            pose="sitting at a small round table with both feet on the ground",
            background="the terrace of a pavement cafe",
            lighting="warm morning sun",
            expression="slight smile",
        ),
    ),
    Scene(
        SceneName.BEACH,
        "Beach at sunset",
        PromptChoices(
            pose="strolling along the water",
            background="a wide sandy beach with gentle waves",
            lighting="low golden sun from the side",
            expression="relaxed smile",
        ),
    ),
    Scene(
        SceneName.GALLERY,
        "Bright gallery",
        PromptChoices(
            pose="standing turned three-quarters to the side with one hand on the hip",
            background="a bright gallery with white walls and a wooden floor",
            lighting="daylight from large windows",
            expression="calm expression",
        ),
    ),
    Scene(
        SceneName.EVENING,
        "Evening event",
        PromptChoices(
            pose="standing at the foot of a wide staircase",
            background="the foyer of an old theatre",
            lighting="warm chandelier light",
            expression="confident expression",
        ),
    ),
    Scene(
        SceneName.HEADSHOT,
        "Portrait",
        PromptChoices(
            pose="shoulders turned slightly to the side, looking into the camera",
            background="a plain dark grey wall",
            lighting="soft window light",
            expression="slight smile",
            framing=Framing.PORTRAIT,
        ),
    ),
)
WISHES_OF = {scene.name: scene.wishes for scene in SCENES}
