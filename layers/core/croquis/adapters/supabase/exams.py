"""Keeps the port Exams."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.exam import ExamReport, FaceReference, ImageChecks
from croquis.domain.images.repairs import Repair
from croquis.ports.exams import ImageToCheck, PreviewsToGrade


class SupabaseExams:
    """See croquis.ports.exams for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def previews_to_grade(self, job: JobId, run_no: int) -> PreviewsToGrade:
        return self._api.call(PreviewsToGrade, "previews_to_grade", job=job, run_no=run_no)

    def record_exam(
        self,
        job: JobId,
        run_no: int,
        exam: ExamReport,
        checks: Mapping[ImageId, ImageChecks],
        reference: FaceReference | None,
    ) -> None:
        self._api.find(object, "record_exam", job=job, run_no=run_no, exam=exam, checks=checks, reference=reference)

    def image_to_check(self, image: ImageId) -> ImageToCheck | None:
        return self._api.find(ImageToCheck, "image_to_check", image=image)

    def record_checks(self, image: ImageId, checks: ImageChecks, repair: Repair | None) -> None:
        self._api.find(object, "record_checks", image=image, checks=checks, repair=repair)

    def purge_faces(self, most: int) -> int:
        return self._api.call(int, "purge_faces", most=most)
