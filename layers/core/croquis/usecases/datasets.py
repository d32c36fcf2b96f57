"""The dataset of a job: shown to its owner before it is paid for, and built for the trainer from the same plan."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import file_digest, sha256
from io import SEEK_END
from itertools import groupby
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol

from croquis.domain.dataset.plan import PlannedPicture, TrainedPicture, planned_dataset
from croquis.domain.ids import JobId
from croquis.domain.photos.accepted_photo import AcceptedPhoto, accepted_of
from croquis.domain.photos.features import Box
from croquis.domain.runs.job import Run
from croquis.domain.runs.training import RunStatus
from croquis.errors import StepFailed
from croquis.http.dataset_views import DatasetView, TrainedPhotoView, TrainedPictureView
from croquis.ports import Croquis, Owner
from croquis.usecases import trainings, weights

MAX_PHOTO_BYTES = 60_000_000
CHUNK = 1 << 20

DrawPictures = Callable[[bytes, Iterable[TrainedPicture]], Iterator[bytes]]  # from a clean copy, one JPEG each


class PackDataset(Protocol):
    """Writes the picture layer's zip of (stem, JPEG, caption): flat, stored, the same bytes for the same pictures."""

    def __call__(self, target: BinaryIO, pictures: Iterable[tuple[str, bytes, str]]) -> None: ...


def show(croquis: Croquis, owner: Owner, job_id: JobId) -> DatasetView:
    """Every picture that would be trained, with its size and caption; nothing is drawn."""
    found = trainings.find(croquis, owner, job_id)
    links = trainings.thumbnail_links(croquis, owner, found.photos)
    plan = planned_dataset(accepted_of(found.photos), found.job.subject)
    photos = tuple(
        TrainedPhotoView(
            photo_id=photo.id,
            slot=photo.slot,
            thumbnail_url=links.get(photo.thumbnail_path),
            pictures=tuple(map(_picture_view, pictures)),
        )
        for photo, pictures in _by_photo(plan)
    )
    return DatasetView(trigger_word=found.job.trigger_word, images=len(plan), photos=photos)


def build(croquis: Croquis, job_id: JobId, run: int, draw: DrawPictures, pack: PackDataset) -> None:
    """Make the zip that the trainer reads, one photo at a time, and record its hash and count once it is stored.

    Nothing is made, and so nothing paid, where the storage has no room for the weights.

    It goes through a temporary file, because a resumable upload has to say its size before it begins.
    """
    entered = croquis.store.runs.enter_stage(job_id, run, RunStatus.PREPARING)
    if entered.run.dataset_path:
        return
    weights.need_room(croquis, entered.run)
    plan = planned_dataset(accepted_of(entered.photos), entered.job.subject)
    path = dataset_path(entered.run)
    with TemporaryFile() as spool:
        pack(spool, _drawn(croquis, plan, draw))
        size = spool.seek(0, SEEK_END)
        spool.seek(0)
        digest = file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        chunks = iter(lambda: spool.read(CHUNK), b"")
        croquis.files.write_stream("datasets", path, chunks, size=size, content_type="application/zip")
    croquis.store.runs.record_dataset(job_id, run, path, digest, size, len(plan))


def dataset_path(run: Run) -> str:
    """Where the zip of a run is, or would be: a failure deletes it by this name, whatever its row says."""
    return f"{run.folder}/dataset.zip"


def _drawn(croquis: Croquis, plan: Iterable[PlannedPicture], draw: DrawPictures) -> Iterator[tuple[str, bytes, str]]:
    for photo, planned in _by_photo(plan):
        drawn = draw(_clean_copy(croquis, photo), [it.picture for it in planned])
        for it, jpeg in zip(planned, drawn, strict=True):
            yield it.stem, jpeg, it.caption


def _by_photo(plan: Iterable[PlannedPicture]) -> Iterator[tuple[AcceptedPhoto, list[PlannedPicture]]]:
    for _, pictures in groupby(plan, lambda planned: planned.photo.id):
        of_photo = list(pictures)
        yield of_photo[0].photo, of_photo


def _clean_copy(croquis: Croquis, photo: AcceptedPhoto) -> bytes:
    data = croquis.files.read("training-photos", photo.clean_path, limit=MAX_PHOTO_BYTES)
    if sha256(data).hexdigest() != photo.sha256:
        raise StepFailed("photo_changed", "A stored photo is not the one that was checked.")
    return data


def _picture_view(planned: PlannedPicture) -> TrainedPictureView:
    picture, photo = planned.picture, planned.photo
    left, top, right, bottom = picture.region
    return TrainedPictureView(
        name=planned.stem,
        framing=picture.framing,
        region=Box(left / photo.width, top / photo.height, right / photo.width, bottom / photo.height),
        width=picture.width,
        height=picture.height,
        face_height=picture.face_height,
        caption=planned.caption,
    )
