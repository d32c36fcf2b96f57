"""What pictures were found to show, and what is kept of a face to judge them by."""

from collections.abc import Mapping
from typing import Protocol

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.exam import ExamReport, FaceReference, ImageChecks
from croquis.domain.images.image import Image
from croquis.domain.images.repairs import Repair
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.row import Row


class PreviewsToGrade(Row):
    """The saved previews of a run and the accepted photos, which may be gone; the reference only if there is one."""

    graded: bool
    images: tuple[Image, ...]
    photos: tuple[PhotoRow, ...]
    faces_agreed: bool
    reference: FaceReference | None


class ImageToCheck(Row):
    """With the image that it is made from, and what is worn in it, if anything.

    The reference is there only where the person agrees to its use.
    """

    image: Image
    source: Image | None
    garments: tuple[GarmentRow, ...]
    reference: FaceReference | None


class Exams(Protocol):
    """A run has one exam, and its previews' checks come with it; every other picture has checks of its own."""

    def previews_to_grade(self, job: JobId, run_no: int) -> PreviewsToGrade: ...

    def record_exam(
        self,
        job: JobId,
        run_no: int,
        exam: ExamReport,
        checks: Mapping[ImageId, ImageChecks],
        reference: FaceReference | None,
    ) -> None:
        """Keeps the reference only if the person agrees at this moment; the first exam of a run stays."""
        ...

    def image_to_check(self, image: ImageId) -> ImageToCheck | None: ...

    def record_checks(self, image: ImageId, checks: ImageChecks, repair: Repair | None) -> None:
        """`repair` is what came of one; of another image it is None."""
        ...

    def purge_faces(self, most: int) -> int:
        """Deletes references whose consent is withdrawn or past its term: how many it was."""
        ...
