"""What can be seen of the person in a photo. Knows pictures and the rules' wording, nothing of jobs, rows or files."""

from croquis_vision.checking import check_photo
from croquis_vision.examining import examine_garment, examine_photo, look_at_picture
from croquis_vision.report import PhotoReport

__all__ = ["PhotoReport", "check_photo", "examine_garment", "examine_photo", "look_at_picture"]
