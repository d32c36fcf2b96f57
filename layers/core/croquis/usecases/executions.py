"""An execution that died is followed at once by its first successor.

By one only: a fault that lasts would use up all four within seconds. The further ones are the sweep's, ten minutes
apart, and the sweep also does what is lost here.
"""

from collections.abc import Mapping

from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.image import ImageKind
from croquis.domain.strict_json import decoded_object
from croquis.ports import Croquis
from croquis.usecases import images, trainings

Given = Mapping[str, object]


def given_to(text: str) -> Given:
    """What an execution was started with, as its end tells it."""
    return decoded_object(text)


def revive(croquis: Croquis, given: Given, died: str) -> None:
    """Start the second execution of a run, or of an image, whose first one died; nothing after a later one."""
    if "image_id" in given:
        _revive_image(croquis, ImageId(str(given["image_id"])), ImageKind(str(given["kind"])), died)
    else:
        _revive_training(croquis, JobId(str(given["job_id"])), int(str(given["run"])), died)


def _revive_training(croquis: Croquis, job_id: JobId, run: int, died: str) -> None:
    if died == trainings.execution_name(job_id, run) and (
        following := croquis.store.runs.next_execution(job_id, run, 1)
    ):
        croquis.workflow.start_training(job_id, run, name=trainings.execution_name(job_id, run, following))


def _revive_image(croquis: Croquis, image_id: ImageId, kind: ImageKind, died: str) -> None:
    if died == images.execution_name(image_id) and (
        following := croquis.store.images.next_image_execution(image_id, 1)
    ):
        croquis.workflow.start_image(image_id, kind, name=images.execution_name(image_id, following))
