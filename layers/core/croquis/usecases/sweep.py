"""The clock: what did a lost event leave behind? All of it may run twice at once, and touches only what is late."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from croquis.domain.images.image import Image
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.runs.attempt import RunKind
from croquis.domain.runs.job import MOST_EXECUTIONS, Run
from croquis.domain.runs.training import RunStatus
from croquis.errors import CroquisError
from croquis.ports import Croquis, Execution
from croquis.ports.photos import LandedUpload
from croquis.usecases import images, runs, trainings
from croquis.usecases.provider_runs import call_back, search, settle

LIVING = timedelta(minutes=130)  # how long a run may live, and a little more
BILL = timedelta(days=2)
PAGE = 100
MOST = 1000  # rows that the Data API gives at once; the rest waits for the next sweep
PHOTO_BUCKET = "training-photos"

Found = TypeVar("Found")
Late = TypeVar("Late", Run, Image)

log = logging.getLogger(__name__)


def sweep(croquis: Croquis, *, at_once: bool = False) -> dict[str, int]:
    """Make up for each kind of loss, and answer how many there were; one that resists does not stop the others.

    `at_once` also takes up runs, images and uploads that are not late yet: for a start after which nothing runs that
    ran before, and for an operator after an outage.
    """
    store = croquis.store
    late_runs = _pages(lambda after: store.runs.runs_to_start(PAGE, after, at_once))
    late_images = _pages(lambda after: store.images.images_to_start(PAGE, after, at_once))
    attempts = _claimed(store.attempts.claim_attempts_to_ask)
    return {
        "runs": _each("run", late_runs, lambda it: _revive_run(croquis, it)),
        "images": _each("image", late_images, lambda it: _revive_image(croquis, it)),
        **sweep_uploads(croquis, at_once=at_once),
        "callbacks": _each("callback", store.attempts.callbacks_due(MOST), lambda it: call_back(croquis, it)),
        "attempts": _each("attempt", attempts, lambda it: settle(croquis, it)),
        "unknown_runs": _look_through_lists(croquis, LIVING),
        "removed_photos": _each("photo", store.photos.objects_of_removed_photos(MOST), lambda it: _forget(croquis, it)),
    }


def sweep_uploads(croquis: Croquis, *, at_once: bool = False) -> dict[str, int]:
    """Only the kicks of uploads that were lost or timed out: somebody sits before a page and waits for these."""
    claim = croquis.store.photos.claim_uploads_to_check
    late = claim(MOST, True) if at_once else _claimed(lambda most: claim(most, False))
    return {"uploads": _each("upload", late, lambda it: _check_again(croquis, it))}


def compare_bill(croquis: Croquis, *, at_once: bool = False) -> dict[str, int]:
    """Compare two days of the provider's lists with the ledger; what it lacked is booked, and told (MO-13)."""
    del at_once  # a bill is never late
    found = {"unknown_runs": _look_through_lists(croquis, BILL)}
    if found["unknown_runs"]:
        log.error("the provider's bill held what the ledger did not", extra=found)
    return found


def _look_through_lists(croquis: Croquis, back: timedelta) -> int:
    """What the provider lists and we did not know: adopted, stopped, booked (MO-08); how many there were."""
    since = datetime.fromtimestamp(croquis.now(), UTC) - back
    news: list[int] = []
    _each("list", RunKind, lambda kind: news.append(search(croquis, kind, since)[1]))
    return sum(news)


def _pages(page_after: Callable[[str | None], list[Late]]) -> Iterator[Late]:
    """All pages, by key: the Data API gives at most a thousand rows at once (JB-04)."""
    after = None
    while page := page_after(after):
        yield from page
        after = page[-1].id


def _claimed(claim: Callable[[int], list[Found]]) -> Iterator[Found]:
    """All pages of a function whose answer is a claim: what one sweep was given, no other is given for five minutes."""
    while page := claim(PAGE):
        yield from page


def _each(kind: str, found: Iterable[Found], make_up_for: Callable[[Found], object]) -> int:
    count = 0
    for item in found:
        count += 1
        try:
            make_up_for(item)
        except CroquisError as error:
            log.warning("could not make up for", extra={"kind": kind, "error": type(error).__name__})
    return count


def _revive_run(croquis: Croquis, run: Run) -> None:
    def start(executions: int) -> Execution:
        name = trainings.execution_name(run.job_id, run.run, executions)
        return croquis.workflow.start_training(run.job_id, run.run, name=name)

    if start(run.executions) is Execution.RUNNING:
        return
    if following := croquis.store.runs.next_execution(run.job_id, run.run, run.executions):
        start(following)
    elif run.executions >= MOST_EXECUTIONS:
        _give_up(croquis, run)


def _give_up(croquis: Croquis, run: Run) -> None:
    if run.status is RunStatus.PREVIEWING:
        runs.open_review(croquis, run.job_id, run.run)
    else:
        runs.record_failure(croquis, run.job_id, run.run, None)


def _revive_image(croquis: Croquis, image: Image) -> None:
    def start(executions: int) -> Execution:
        return croquis.workflow.start_image(image.id, name=images.execution_name(image.id, executions))

    if start(image.executions) is Execution.RUNNING:
        return
    if following := croquis.store.images.next_image_execution(image.id, image.executions):
        start(following)
    elif image.executions >= MOST_EXECUTIONS:
        images.record_failure(croquis, image.id, None)


def _check_again(croquis: Croquis, landed: LandedUpload) -> None:
    croquis.queue.check_upload(landed.object_id, landed.version)


def _forget(croquis: Croquis, photo: PhotoRow) -> None:
    croquis.files.remove("photo-uploads", [photo.upload_path])
    # by the names that a check gives them: a photo removed while it was checked has them, but not in its row
    croquis.files.remove(PHOTO_BUCKET, photo.clean_paths)
    croquis.store.photos.removed_photo_is_gone(photo.id)
