"""The caption of each picture for the trainer: framing, view, pose, clothes, place, light. Never face, hair or body.

What a caption names can be changed later by a prompt; what it leaves out becomes part of the person. Woman, man or
person is next to the trigger word, as in every prompt. And a wrong caption is worse than none: a template's [part in
brackets] is said only where its fact is known.
"""

import hashlib
import re
from collections.abc import Iterable

from croquis.domain.dataset.full_figure import is_centred
from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.photo import CameraView
from croquis.domain.photos.slots import slot
from croquis.domain.subject import Subject

MAX_CAPTION = 600
VIEW_WORDS = {
    CameraView.FRONT: "facing the camera",
    CameraView.THREE_QUARTER: "in three-quarter view",
    CameraView.SIDE: "seen from the side",
    CameraView.BACK: "seen from behind",
}
OF_FULL_BODY = (  # the first three are the paper's wordings
    "full body photo of {trigger} {noun}[, {posing}][, {ground}][, {view}][, wearing {clothes}]",
    "{trigger} {noun} full length portrait[, {placed}][, {pose}][, {view}][, wearing {clothes}][, {ground}]",
    "full body shot of {trigger} {noun}[, {clothes}][, {photographed}][, {view}][, {pose}][, {ground}]",
    "full-length photo of {trigger} {noun} from head to toe[, {view}][, {pose}][, wearing {clothes}]"
    "[, place: {background}]",
    "{trigger} {noun} photographed from head to toe[, {pose}][, {view}][, in {clothes}][, {background} behind]",
    "photo of {trigger} {noun}[, {pose}][, {view}], whole figure in the frame[, outfit: {clothes}]"
    "[, setting: {background}]",
    "head-to-toe picture of {trigger} {noun}[, {view}][, {pose}][, clothed in {clothes}][, with {background} behind]",
    "photo of {trigger} {noun}, whole from head to feet[, {pose}][, {view}][, dressed in {clothes}]"
    "[, {background} behind]",
    "{trigger} {noun}[, {view}][, {pose}], full body in one frame[, wearing {clothes}]"
    "[, with {background} in the background]",
    "an uncropped full body photograph of {trigger} {noun}[, {pose}][, {view}][, in {clothes}]"
    "[, setting: {background}]",
)
OF_HALF_BODY = (
    "half body photo of {trigger} {noun}, from the head to the thighs[, {pose}][, {view}][, wearing {clothes}]"
    "[, with {background} in the background]",
    "{trigger} {noun} photographed from the head to the thighs[, {view}][, {pose}][, in {clothes}]"
    "[, {background} behind]",
    "a half-length picture of {trigger} {noun} down to the thighs[, wearing {clothes}][, {pose}][, {view}]"
    "[, against {background}]",
)
OF_PORTRAIT = (  # without a pose: what legs and hands do is not in the picture
    "head and shoulders photo of {trigger} {noun}[, {view}][, wearing {clothes}]"
    "[, with {background} in the background]",
    "close-up portrait of {trigger} {noun}, head and shoulders[, {view}][, {background} behind]"
    "[, dressed in {clothes}]",
    "{trigger} {noun} photographed from the shoulders up[, {view}][, in {clothes}][, against {background}]",
)
# where its owner overrode what was found about the frame, nothing is known of how much the photo shows
OF_ANY_FRAME = (
    "photo of {trigger} {noun}[, {pose}][, {view}][, wearing {clothes}][, with {background} in the background]",
    "a picture of {trigger} {noun}[, {view}][, {pose}][, in {clothes}][, {background} behind]",
    "{trigger} {noun}[, {pose}][, {view}][, dressed in {clothes}][, setting: {background}]",
)
TEMPLATES = {Framing.FULL_BODY: OF_FULL_BODY, Framing.HALF_BODY: OF_HALF_BODY, Framing.PORTRAIT: OF_PORTRAIT}
ENDING = "[, {light}]"
PART = re.compile(r"\[([^][{}]*)\{(\w+)\}([^][{}]*)\]")
STANCE = re.compile(r"^(standing|walking|sitting)(?=$| with )")
BACKDROP = re.compile(r"a plain (.+) backdrop")
STUDIO = re.compile(r"\bstudio\b", re.IGNORECASE)  # only its owner can know that a photo was taken in one
OF_THE_ARMS = re.compile(r"\b(arm|hand)s?\b")
TRAINERS_PLACEHOLDERS = ("[trigger]", "[name]")


def caption_of(photo: AcceptedPhoto, subject: Subject, framing: Framing) -> str:
    """Exactly what is written into the .txt beside this picture: one line, at most MAX_CAPTION characters.

    It follows from the photo's content, what was seen and what was said; other photos of the set never change it.
    """
    own = photo.said.caption if framing is Framing.FULL_BODY else None
    return _as_trained(own or _from_facts(photo, subject, framing), subject)


def templates(framing: Framing, *, whole: bool = True) -> tuple[str, ...]:
    """The wordings of a framing, with their optional parts in brackets; `whole` is false where that is not sure."""
    wordings = TEMPLATES[framing] if whole or framing is not Framing.FULL_BODY else OF_ANY_FRAME
    return tuple(wording + ENDING for wording in wordings)


def _from_facts(photo: AcceptedPhoto, subject: Subject, framing: Framing) -> str:
    known = {name: words for name, words in _facts(photo, framing).items() if words}
    whole = not photo.is_in_spite_of(BodyCode.NO_PERSON, BodyCode.ROTATED, BodyCode.HEAD_CUT, BodyCode.FEET_CUT)
    wording = _wording_for(photo.sha256, templates(framing, whole=whole))
    wording = wording.replace("{trigger}", subject.trigger).replace("{noun}", subject.noun)
    return PART.sub(lambda part: f"{part[1]}{known[part[2]]}{part[3]}" if part[2] in known else "", wording)


def _facts(photo: AcceptedPhoto, framing: Framing) -> dict[str, str | None]:
    seen, said = photo.seen, photo.said
    view, pose = _view_and_pose(photo)
    if framing is Framing.HALF_BODY:
        pose = _of_the_arms(pose)
    pose, background, light = (
        said.pose or pose,
        said.background or seen.background_words,
        said.light or seen.light_words,
    )
    return {
        "view": VIEW_WORDS[view] if view else None,
        "pose": pose,
        "posing": STANCE.sub(r"\1 pose", pose) if pose else None,
        "placed": "centered" if is_centred(photo) else None,
        "clothes": said.clothes,
        "background": background,
        "ground": _ground(background),
        "light": light,
        "photographed": "professional photography" if STUDIO.search(f"{background} {light}") else None,
    }


def _ground(background: str | None) -> str | None:
    """A place as the paper names it: "white background"."""
    if background is None or "background" in background:
        return background
    plain = BACKDROP.fullmatch(background)
    return f"{plain[1]} background" if plain else f"{background} in the background"


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


def _as_trained(text: str, subject: Subject) -> str:
    """What the trainer would make of the text anyway, so that what is shown is what is trained.

    It parts a caption at its commas and joins it again, and fills in the trigger word. Where that is missing, the
    trainer would put it first; so do we, with its noun.
    """
    for placeholder in TRAINERS_PLACEHOLDERS:
        text = text.replace(placeholder, subject.trigger)
    parts = (" ".join(part.split()) for part in text.split(","))
    line = ", ".join(part for part in parts if part)[: MAX_CAPTION - len(subject.words) - 1]
    return line.strip(", ") if subject.trigger in line else f"{_first_words(subject, line)} {line}".rstrip(", ")


def _first_words(subject: Subject, line: str) -> str:
    return subject.trigger if subject.noun in line.split() else subject.words
