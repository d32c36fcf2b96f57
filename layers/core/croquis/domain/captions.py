"""What the trainer is told about each photo: view, pose, clothes, background, light. Never face, hair or body.

What a caption names can be changed later by a prompt; what it leaves out becomes part of the person. And a wrong
caption is worse than none: a template's [part in brackets] is said only where its fact is known.
"""

import hashlib
import re

from pydantic import BaseModel, ConfigDict

from croquis.domain.photo import View
from croquis.domain.short_text import CaptionText
from croquis.domain.slots import Slot

VIEW_WORDS = {
    View.FRONT: "facing the camera",
    View.THREE_QUARTER: "in three-quarter view",
    View.SIDE: "seen from the side",
    View.BACK: "seen from behind",
}
TEMPLATES = (
    "full body photo of {trigger}[, {pose}][, {view}][, wearing {clothes}][, with {background} in the background]",
    "full-length photo of {trigger} from head to toe[, {view}][, {pose}][, wearing {clothes}][, place: {background}]",
    "{trigger} photographed from head to toe[, {pose}][, {view}][, in {clothes}][, {background} behind]",
    "full body shot of {trigger}[ wearing {clothes}][, {view}][, {pose}][, {background} in the background]",
    "photo of {trigger}[, {pose}][, {view}], whole figure in the frame[, outfit: {clothes}][, setting: {background}]",
    "head-to-toe picture of {trigger}[, {view}][, {pose}][, clothed in {clothes}][, with {background} behind]",
    "a full-length picture of {trigger}[, {pose}][, wearing {clothes}][, {view}][, against {background}]",
    "photo of {trigger}, whole from head to feet[, {pose}][, {view}][, dressed in {clothes}][, {background} behind]",
    "{trigger}[, {view}][, {pose}], full body in one frame[, wearing {clothes}][, with {background} in the background]",
    "an uncropped full body photograph of {trigger}[, {pose}][, {view}][, in {clothes}][, setting: {background}]",
)
ENDING = "[, {light}]"
PART = re.compile(r"\[([^][{}]*)\{(\w+)\}([^][{}]*)\]")


class CaptionFacts(BaseModel):
    """What is known of one photo: measured, or said by its owner. An unknown fact is None and is not mentioned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    view: View | None = None
    pose: CaptionText | None = None
    background: CaptionText | None = None
    clothes: CaptionText | None = None
    light: CaptionText | None = None


def templates() -> tuple[str, ...]:
    """The ten wordings, with their optional parts in brackets."""
    return tuple(wording + ENDING for wording in TEMPLATES)


def caption(trigger: str, slot: Slot, facts: CaptionFacts = CaptionFacts(), *, photo_sha256: str) -> str:  # noqa: B008 - frozen
    """One line about this photo; view and pose come from the slot where nothing better is known.

    The wording follows the photo's content, so removing or adding another photo never changes it.
    """
    known = _known(slot, facts)
    wording = _wording_for(photo_sha256).replace("{trigger}", trigger)
    return PART.sub(lambda part: f"{part[1]}{known[part[2]]}{part[3]}" if part[2] in known else "", wording)


def _known(slot: Slot, facts: CaptionFacts) -> dict[str, str]:
    view = facts.view or slot.view
    words = {
        "view": VIEW_WORDS[view] if view else None,
        "pose": facts.pose or slot.pose,
        "background": facts.background,
        "clothes": facts.clothes,
        "light": facts.light,
    }
    return {name: word for name, word in words.items() if word}


def _wording_for(photo_sha256: str) -> str:
    # the highest of ten hashes, not "hash modulo ten": adding a wording moves a tenth of the photos, not nearly all
    return max(templates(), key=lambda wording: hashlib.sha256(f"{photo_sha256}\n{wording}".encode()).digest())
