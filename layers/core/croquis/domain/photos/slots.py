"""The twelve places of a job that photos are put into, and what each asks the person to do."""

from dataclasses import dataclass

from croquis.domain.photos.photo import CameraView
from croquis.errors import Refused

ADVISED = 10


@dataclass(frozen=True)
class Slot:
    """One place: `view` and `pose` are what a photo in it is expected to show, None where anything goes."""

    number: int
    key: str
    title: str
    hint: str
    view: CameraView | None
    pose: str | None

    @property
    def advised(self) -> bool:
        """The first ten make a good set; the others are for who has more."""
        return self.number <= ADVISED


SLOTS = (
    Slot(1, "front", "Front", "Stand upright and look into the camera.", CameraView.FRONT, "standing"),
    Slot(
        2, "three_quarter_left", "Three-quarter left", "Turn halfway to the left.", CameraView.THREE_QUARTER, "standing"
    ),
    Slot(
        3,
        "three_quarter_right",
        "Three-quarter right",
        "Turn halfway to the right.",
        CameraView.THREE_QUARTER,
        "standing",
    ),
    Slot(4, "side", "Side", "Turn fully to one side and look straight ahead.", CameraView.SIDE, "standing"),
    Slot(5, "back", "Back", "Turn your back to the camera.", CameraView.BACK, "standing"),
    Slot(6, "walking", "Walking", "Walk towards the camera in your usual stride.", CameraView.FRONT, "walking"),
    Slot(7, "sitting", "Sitting", "Sit on a chair with both feet in the picture.", CameraView.FRONT, "sitting"),
    Slot(8, "arms_down", "Arms down", "Let both arms hang loosely.", CameraView.FRONT, "standing with arms down"),
    Slot(9, "hands_on_hips", "Hands on hips", "Put both hands on your hips.", CameraView.FRONT, "hands on hips"),
    Slot(10, "arm_raised", "Arm raised", "Raise one arm above your head.", CameraView.FRONT, "one arm raised"),
    Slot(11, "other_side", "Other side", "Turn to the side that is still missing.", CameraView.SIDE, "standing"),
    Slot(12, "free", "Your own pose", "Any pose that is typical of you, head to toe.", None, None),
)


def slot(number: int) -> Slot:
    """The slot with this number, or Refused."""
    if not 1 <= number <= len(SLOTS):
        raise Refused(
            f"There is no slot {number}.",
            hint=f"Use one of the slots 1 to {len(SLOTS)} that the job lists.",
            code="bad_slot",
            status=422,
        )
    return SLOTS[number - 1]
