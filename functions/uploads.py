"""Presigned uploads: open a draft job, sign a photo's upload, replace, change and remove it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from croquis.http.door import Door, JobInPath, PhotoInPath, SignedIn
from croquis.http.requests import AddPhoto, ChangePhoto, OpenTraining
from croquis.http.views import PhotoView, TrainingView, UploadView
from croquis.usecases import trainings, uploads
from croquis.wiring import croquis

app = Door()


@app.post("/v1/trainings", responses={201: {"description": "A draft job with its slots"}})
def open_training(request: OpenTraining, owner: SignedIn) -> tuple[TrainingView, int]:
    """Open a training

    Records the consent of the person in the photos, and returns a draft with its slots and rules.
    """
    return trainings.open_training(croquis(), owner, request), 201


@app.post("/v1/trainings/<job_id>/photos", responses={201: {"description": "Where to PUT the photo"}})
def add_photo(job_id: JobInPath, request: AddPhoto, owner: SignedIn) -> tuple[UploadView, int]:
    """Announce a photo and get its upload URL

    In a draft, in review and after a failure: a retry is trained on the photos accepted by then. A photo already in
    the slot is replaced. Upload the file with the content type of the response, in one of the ways it names; the
    check starts once it has landed.
    """
    return uploads.add_photo(croquis(), owner, job_id, request), 201


@app.patch("/v1/trainings/<job_id>/photos/<photo_id>")  # pyright: ignore[reportUnknownMemberType] - not wholly typed
def change_photo(job_id: JobInPath, photo_id: PhotoInPath, request: ChangePhoto, owner: SignedIn) -> PhotoView:
    """Change a photo: its slot, its caption, or use it anyway

    In a draft, in review and after a failure, for the next run.
    `override` uses a photo anyway, as far as its findings allow. `clothes`, `background`, `pose` and `light`
    appear in the caption of every picture made from the photo; `caption` replaces the full figure's caption.
    """
    return uploads.change_photo(croquis(), owner, job_id, photo_id, request)


@app.delete("/v1/trainings/<job_id>/photos/<photo_id>", responses={204: {"description": "Removed"}})
def remove_photo(job_id: JobInPath, photo_id: PhotoInPath, owner: SignedIn) -> Response[None]:
    """Remove a photo

    Its files are deleted within minutes.
    """
    uploads.remove_photo(croquis(), owner, job_id, photo_id)
    return Response(status_code=204)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
