"""Every number that decides something about a photo, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Chosen on some 200 hand-labelled photos. Lengths are shares of the body's height unless it says otherwise.

    They are no knobs: one that is moved has to be measured again on photos that were not used to choose it.
    """

    # who is the main person, and how many people there are: the networks' scores, 0 to 1
    person_score: float = 0.5
    landmark_score: float = 0.5
    person_hinted: float = 0.3
    face_hinted: float = 0.4
    # where the main person was taken out; whoever is not sure must have landmarks and some height
    hidden_person_sure: float = 0.8
    hidden_person_hinted: float = 0.4
    hidden_landmark_score: float = 0.95
    hidden_person_height: float = 0.33
    face_counted: float = 0.65
    face_height: float = 0.02  # from eyes to mouth: half of what the main person's own face has
    face_apart: float = 0.09  # the width of a head: a face that is nearer to the nose is the main person's own
    face_shown: float = 0.55  # a score, 0 to 1, of the main person's own face
    # head to toe. A point outside the frame is guessed by the network: that is what tells a cut from a tight frame
    tilt_degrees: float = 60
    face_to_frame: float = 0.055
    crown_to_frame: float = -0.03
    feet_presence: float = 0.65  # a score, 0 to 1
    feet_doubted: tuple[float, float] = (0.5, 0.8)  # scores at which a second look is worth its time
    feet_shown: float = 0.5  # share of what is around a foot's points that is the body
    head_above_shoulders: float = 0.40  # in torso lengths
    feet_to_frame: float = -0.005
    feet_room: float = 0.015
    # the larger of the body's height and width as a share of the photo's long side
    size_needed: float = 0.40
    size_advised: float = 0.60
    # re-blur of the person's box, 0 sharp to 1
    blur_allowed: float = 0.55
    blur_advised: float = 0.47
    # luma of the body, 0 to 255
    dark_mean: float = 45
    bright_mean: float = 190
    bright_level: int = 250
    bright_share: float = 0.30
    # pixels of the upload
    short_side_advised: int = 768
    # degrees between the person's front and the camera
    front_until: float = 20
    three_quarter_until: float = 50
    side_until: float = 118
    # light that is worth a caption: luma, and shares of pixels
    dim_level: int = 60
    dim_share: float = 0.01
    glaring_background: float = 0.60
    glaring_skin: float = 235
    # a background that is plain: shares of its brightness, and of its pixels; the last is a share of the picture
    plain_spread: float = 0.22
    plain_step: float = 0.09
    plain_edges: float = 0.0004
    plain_area: float = 0.10


THRESHOLDS = Thresholds()
