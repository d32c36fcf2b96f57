"""The clock: what did a lost event leave behind? All of it may run twice at once, and touches only what is late."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from croquis.errors import CroquisError
from croquis.ports import Croquis, Execution
from croquis.usecases import images, runs, trainings
from croquis.usecases.provider_attempts import call_back, settle
from croquis.usecases.uploads import clean_paths

PAGE = 100
MOST = 1000  # rows that the Data API gives at once; the rest waits for the next sweep
PHOTO_BUCKET = "training-photos"

log = logging.getLogger(__name__)


def sweep(croquis: Croquis) -> dict[str, int]:
    """Mend each kind of loss; one that cannot be mended now does not stop the others. Answers how many were found."""
    call = croquis.rows.call
    return {
        "runs": _each("run", _late(croquis, "runs_to_start"), lambda it: _revive_run(croquis, it)),
        "pictures": _each("picture", _late(croquis, "pictures_to_start"), lambda it: _revive_picture(croquis, it)),
        "uploads": _each("upload", call("uploads_to_check", most=MOST), lambda it: _check_again(croquis, it)),
        "callbacks": _each("callback", call("callbacks_due", most=MOST), lambda it: call_back(croquis, it)),
        "attempts": _each(
            "attempt", _claimed(lambda: call("attempts_to_ask", most=PAGE)), lambda it: settle(croquis, it)
        ),
        "removed_photos": _each("photo", call("objects_of_removed_photos", most=MOST), lambda it: _forget(croquis, it)),
    }


def _late(croquis: Croquis, function: str) -> Iterator[dict[str, Any]]:
    """All pages, by key: the Data API gives at most a thousand rows at once (JB-04)."""
    after = None
    while page := croquis.rows.call(function, most=PAGE, after=after):
        yield from page
        after = page[-1]["id"]


def _claimed(claim: Callable[[], list[Any]]) -> Iterator[Any]:
    """All pages of a function whose answer is a claim: what one sweep was given, no other is given for five minutes."""
    while page := claim():
        yield from page


def _each(kind: str, found: Any, mend: Callable[[Any], object]) -> int:
    count = 0
    for item in found:
        count += 1
        try:
            mend(item)
        except CroquisError as error:
            log.warning("could not mend", extra={"kind": kind, "error": type(error).__name__})
    return count


def _revive_run(croquis: Croquis, run: dict[str, Any]) -> None:
    job_id, number, executions = run["job_id"], run["run"], run["executions"]
    name = trainings.execution_name(job_id, number, executions)
    if croquis.workflow.start_training(job_id, number, name=name) is Execution.RUNNING:
        return
    following = croquis.rows.call("next_execution", job=job_id, run_no=number, seen=executions)
    if following:
        croquis.workflow.start_training(job_id, number, name=trainings.execution_name(job_id, number, following))
    elif executions >= 4:
        _give_up(croquis, run)


def _give_up(croquis: Croquis, run: dict[str, Any]) -> None:
    if run["status"] == "previewing":
        runs.open_review(croquis, run["job_id"], run["run"])
    else:
        runs.record_failure(croquis, run["job_id"], run["run"], None)


def _revive_picture(croquis: Croquis, image: dict[str, Any]) -> None:
    image_id, executions = image["id"], image["executions"]
    if croquis.workflow.start_picture(image_id, name=images.execution_name(image_id, executions)) is Execution.RUNNING:
        return
    following = croquis.rows.call("next_picture_execution", image=image_id, seen=executions)
    if following:
        croquis.workflow.start_picture(image_id, name=images.execution_name(image_id, following))
    elif executions >= 4:
        images.record_failure(croquis, image_id, None)


def _check_again(croquis: Croquis, landed: dict[str, Any]) -> None:
    croquis.queue.check_upload(landed["object_id"], landed["version"])


def _forget(croquis: Croquis, photo: dict[str, Any]) -> None:
    croquis.files.remove("photo-uploads", [photo["upload_path"]])
    # by the names that a check gives them: a photo removed while it was checked has them, but not in its row
    croquis.files.remove(PHOTO_BUCKET, list(clean_paths(photo)))
    croquis.rows.call("removed_photo_is_gone", photo=photo["id"])
