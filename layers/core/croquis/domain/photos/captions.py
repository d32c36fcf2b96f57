"""The caption of each picture for the trainer: framing, view, pose, clothes, place, light. Never face, hair or body.

What a caption names can be changed later by a prompt; what it leaves out becomes part of the person. And a wrong
caption is worse than none: a template's [part in brackets] is said only where its fact is known.
"""

import hashlib
import re
from collections.abc import Iterable

from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.photo import CameraView
from croquis.domain.photos.slots import slot

MAX_CAPTION = 600
VIEW_WORDS = {
    CameraView.FRONT: "facing the camera",
    CameraView.THREE_QUARTER: "in three-quarter view",
    CameraView.SIDE: "seen from the side",
    CameraView.BACK: "seen from behind",
}
OF_FULL_BODY = (
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
OF_HALF_BODY = (
    "half body photo of {trigger}, from the head to the thighs[, {pose}][, {view}][, wearing {clothes}]"
    "[, with {background} in the background]",
    "{trigger} photographed from the head to the thighs[, {view}][, {pose}][, in {clothes}][, {background} behind]",
    "a half-length picture of {trigger} down to the thighs[, wearing {clothes}][, {pose}][, {view}]"
    "[, against {background}]",
)
OF_PORTRAIT = (  # without a pose: what legs and hands do is not in the picture
    "head and shoulders photo of {trigger}[, {view}][, wearing {clothes}][, with {background} in the background]",
    "close-up portrait of {trigger}, head and shoulders[, {view}][, {background} behind][, dressed in {clothes}]",
    "{trigger} photographed from the shoulders up[, {view}][, in {clothes}][, against {background}]",
)
# where its owner overrode what was found about the frame, nothing is known of how much the photo shows
OF_ANY_FRAME = (
    "photo of {trigger}[, {pose}][, {view}][, wearing {clothes}][, with {background} in the background]",
    "a picture of {trigger}[, {view}][, {pose}][, in {clothes}][, {background} behind]",
    "{trigger}[, {pose}][, {view}][, dressed in {clothes}][, setting: {background}]",
)
TEMPLATES = {Framing.FULL_BODY: OF_FULL_BODY, Framing.HALF_BODY: OF_HALF_BODY, Framing.PORTRAIT: OF_PORTRAIT}
ENDING = "[, {light}]"
PART = re.compile(r"\[([^][{}]*)\{(\w+)\}([^][{}]*)\]")
OF_THE_ARMS = re.compile(r"\b(arm|hand)s?\b")
TRAINERS_PLACEHOLDERS = ("[trigger]", "[name]")


def caption_of(photo: AcceptedPhoto, trigger: str, framing: Framing) -> str:
    """Exactly what is written into the .txt beside this picture: one line, at most MAX_CAPTION characters.

    It follows from the photo's content, what was seen and what was said; other photos of the set never change it.
    """
    own = photo.said.caption if framing is Framing.FULL_BODY else None
    return _as_trained(own or _from_facts(photo, trigger, framing), trigger)


def templates(framing: Framing, *, whole: bool = True) -> tuple[str, ...]:
    """The wordings of a framing, with their optional parts in brackets; `whole` is false where that is not sure."""
    wordings = TEMPLATES[framing] if whole or framing is not Framing.FULL_BODY else OF_ANY_FRAME
    return tuple(wording + ENDING for wording in wordings)


def _from_facts(photo: AcceptedPhoto, trigger: str, framing: Framing) -> str:
    known = {name: words for name, words in _facts(photo, framing).items() if words}
    whole = not photo.is_in_spite_of(BodyCode.NO_PERSON, BodyCode.ROTATED, BodyCode.HEAD_CUT, BodyCode.FEET_CUT)
    wording = _wording_for(photo.sha256, templates(framing, whole=whole)).replace("{trigger}", trigger)
    return PART.sub(lambda part: f"{part[1]}{known[part[2]]}{part[3]}" if part[2] in known else "", wording)


def _facts(photo: AcceptedPhoto, framing: Framing) -> dict[str, str | None]:
    seen, said = photo.seen, photo.said
    view, pose = _view_and_pose(photo)
    if framing is Framing.HALF_BODY:
        pose = _of_the_arms(pose)
    return {
        "view": VIEW_WORDS[view] if view else None,
        "pose": said.pose or pose,
        "clothes": said.clothes,
        "background": said.background or seen.background_words,
        "light": said.light or seen.light_words,
    }


def _view_and_pose(photo: AcceptedPhoto) -> tuple[CameraView | None, str | None]:
    """As measured; the slot's expectation counts only where nobody was made out, in a photo that its owner overrode.

    Then the slot into which the owner put it is the only word about it. Where somebody was made out whose pose has no
    name, the pose is most likely another one than the slot asked for, so the caption leaves it out.
    """
    seen = photo.seen
    if seen.view is None and seen.pose is None:
        place = slot(photo.slot)
        return place.view, place.pose
    return seen.view, seen.pose


def _of_the_arms(pose: str | None) -> str | None:
    """The part of a measured pose that a picture down to the thighs shows: "standing with arms down" has arms down."""
    words = (pose or "").rpartition(" with ")[2]
    return words if OF_THE_ARMS.search(words) else None


def _wording_for(photo_sha256: str, wordings: Iterable[str]) -> str:
    # the highest of all hashes, not "hash modulo ten": adding a wording moves a tenth of the photos, not nearly all
    return max(wordings, key=lambda wording: hashlib.sha256(f"{photo_sha256}\n{wording}".encode()).digest())


def _as_trained(text: str, trigger: str) -> str:
    """What the trainer would make of the text anyway, so that what is shown is what is trained.

    It parts a caption at its commas and joins it again, fills in the trigger word, and begins with it if it is missing.
    """
    for placeholder in TRAINERS_PLACEHOLDERS:
        text = text.replace(placeholder, trigger)
    parts = (" ".join(part.split()) for part in text.split(","))
    line = ", ".join(part for part in parts if part)[: MAX_CAPTION - len(trigger) - 1]
    return line.strip(", ") if trigger in line else f"{trigger} {line}".rstrip(", ")
