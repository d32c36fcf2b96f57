"""What the check saw in a photo and later steps need: views, captions, set findings.

Data about a body, so it goes when the photo goes; of a face there are five points and nothing that could tell it from
another face.
"""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from croquis.domain.photos.likeness import Likeness
from croquis.domain.photos.photo import CameraView


class Landmark(NamedTuple):
    """One of BlazePose's 33 points: shares of the photo's width and height, beyond 0 and 1 outside, and presence."""

    x: float
    y: float
    presence: float


class Box(NamedTuple):
    """A part of a photo as shares of its width and height; beyond 0 and 1 it reaches outside."""

    left: float
    top: float
    right: float
    bottom: float


class Proportions(NamedTuple):
    """Of the body; None where the picture does not allow the measure."""

    leg_to_torso: float | None
    hips_to_height: float | None
    head_to_height: float | None  # the head's width: no garment moves it, and a picture that was stretched does


class Rgb(NamedTuple):
    """A colour in sRGB, 0 to 255."""

    red: int
    green: int
    blue: int


class Worn(NamedTuple):
    """The colour of what is worn; None where it is hidden, not in the picture, or of several colours."""

    upper: Rgb | None
    lower: Rgb | None
    feet: Rgb | None


class PhotoFeatures(BaseModel):
    """Everything is None or empty when nobody was made out, and unknown fields of a newer version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    view: CameraView | None = None
    pose: str | None = None  # as it is said in a caption: "standing with arms down"
    landmarks: tuple[Landmark, ...] = ()
    body: Box | None = None  # the main person, with hair and shoes, within the photo
    likeness: Likeness | None = None
    proportions: Proportions = Proportions(None, None, None)
    clothes: tuple[float, ...] = ()  # shares of the colours that were seen on the body, see colours.py
    worn: Worn = Worn(None, None, None)
    background: tuple[float, ...] = ()  # and around it
    background_words: str | None = None  # as it is said in a caption, where it is plain: "a plain light grey backdrop"
    light_words: str | None = None  # the same, where it is extreme: "in dim light"
