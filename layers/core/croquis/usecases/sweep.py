"""The clock: what did a lost event leave behind, and what is past its time?

It may run twice at once, and touches only what is late. Each kind of loss and each item is on its own: whatever one
raises stops no other, and is raised at the end.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from croquis.domain.images.image import Image
from croquis.domain.look_books.look_book import LookBook
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.runs.attempt import RunKind
from croquis.domain.runs.job import MOST_EXECUTIONS, Job, Run
from croquis.domain.runs.training import RunStatus
from croquis.ports import Croquis, Execution
from croquis.ports.engines import KnownEngine
from croquis.ports.photos import LandedUpload
from croquis.usecases import (
    catalogue,
    consents,
    datasets,
    downloads,
    engines,
    erasures,
    garments,
    images,
    provenance,
    repairs,
    runs,
    trainings,
    weights,
)
from croquis.usecases.provider_runs import act_on_listed, call_back, listed_runs, settle
from croquis.usecases.sweep_kinds import (
    Kind,
    SecondsLeft,
    Swept,
    asked,
    claimed,
    deleted,
    drained,
    each_kind,
    one_kind,
    pages,
)

LIVING = timedelta(minutes=130)  # how long a run may live, and a little more
BILL = timedelta(days=2)
PAGE = 100
MOST = 1000  # rows that the Data API gives at once; the rest waits for the next sweep
PHOTO_BUCKET = "training-photos"
DEADLINE_PASSED = "States.Timeout"
UNKNOWN_RUNS = "unknown_runs"

log = logging.getLogger(__name__)


def sweep(croquis: Croquis, seconds_left: SecondsLeft, *, at_once: bool = False) -> Swept:
    """Make up for each kind of loss.

    `at_once` also takes up runs, images and uploads that are not late yet: for a start after which nothing runs that
    ran before, and for an operator after an outage.
    """
    store = croquis.store
    lapsed = pages(lambda after: store.consents.consents_past_term(PAGE, after))
    late_runs = pages(lambda after: store.runs.runs_to_start(PAGE, after, at_once))
    late_images = pages(lambda after: store.images.images_to_start(PAGE, after, at_once))
    callbacks = pages(lambda after: store.attempts.callbacks_due(PAGE, after))
    waiting = pages(lambda after: store.runs.results_waiting(PAGE, after))
    overdue_runs = pages(lambda after: store.runs.overdue_runs(PAGE, after))
    overdue_images = pages(lambda after: store.images.overdue_images(PAGE, after))
    removed = pages(lambda after: store.photos.objects_of_removed_photos(PAGE, after))
    removed_images = pages(lambda after: store.images.objects_of_removed_images(PAGE, after))
    removed_garments = pages(lambda after: store.garments.garments_to_forget(PAGE, after))
    books = pages(lambda after: store.look_books.look_books_to_fill(PAGE, after, at_once))
    still = pages(lambda after: store.look_books.look_books_that_do_not_move(PAGE, after))
    cut_outs = pages(lambda after: store.repairs.cut_outs_to_forget(PAGE, after))
    brought = pages(lambda after: store.provenance.provenance_to_forget(PAGE, after))
    unpacked = pages(lambda after: store.downloads.downloads_to_pack(PAGE, after, at_once))
    ended = pages(lambda after: store.downloads.downloads_to_forget(PAGE, after))
    erased = pages(lambda after: store.erasures.erasures_to_work(PAGE, after))
    return each_kind(seconds_left, [
        one_kind("terms_over", lapsed, partial(consents.end, croquis)),
        one_kind("runs", late_runs, partial(_revive_run, croquis)),
        one_kind("images", late_images, partial(_revive_image, croquis)),
        _uploads(croquis, at_once=at_once),
        one_kind("callbacks", callbacks, partial(call_back, croquis)),
        one_kind("attempts", claimed(store.attempts.claim_attempts_to_ask), partial(settle, croquis)),
        one_kind("waiting_results", waiting, _tell_of_waiting),
        one_kind("runs_past_deadline", overdue_runs, lambda it: _give_up(croquis, it, DEADLINE_PASSED)),
        one_kind("images_past_deadline", overdue_images, lambda it: _fail_image(croquis, it, DEADLINE_PASSED)),
        one_kind("look_books", books, lambda it: croquis.queue.fill_look_book(it.id)),
        one_kind("standing_look_books", still, _tell_of_standing),
        *_listed(croquis, LIVING),
        one_kind("refused_weights", asked(store.runs.weights_refused), partial(weights.ask_again, croquis)),
        one_kind("erasures", erased, partial(erasures.work, croquis)),
        one_kind("purges", pages(lambda after: store.purges.jobs_to_purge(PAGE, after)), partial(_purge, croquis)),
        one_kind("removed_photos", removed, partial(_forget, croquis)),
        one_kind("removed_images", removed_images, partial(catalogue.forget, croquis)),
        one_kind("downloads", unpacked, partial(downloads.pack_again, croquis)),
        one_kind("ended_downloads", ended, partial(downloads.forget, croquis)),
        one_kind("unsent_garments", deleted(lambda: store.garments.remove_unsent_garments(PAGE)), lambda _: None),
        one_kind("removed_garments", removed_garments, partial(garments.forget, croquis)),
        one_kind("cut_outs", cut_outs, partial(repairs.forget, croquis)),
        one_kind("pictures_brought", brought, partial(provenance.forget, croquis)),
        one_kind("logs", deleted(lambda: store.purges.purge_logs(PAGE)), lambda _: None),
        one_kind("rows", deleted(lambda: store.purges.purge_rows(PAGE)), lambda _: None),
        one_kind("retries", deleted(lambda: store.try_ons.close_retries(PAGE)), lambda _: None),
        one_kind("faces", deleted(lambda: store.exams.purge_faces(PAGE)), lambda _: None),
    ])  # fmt: skip


def sweep_uploads(croquis: Croquis, seconds_left: SecondsLeft, *, at_once: bool = False) -> Swept:
    """Only the kicks of uploads that were lost or timed out: somebody sits before a page and waits for these."""
    return each_kind(seconds_left, [_uploads(croquis, at_once=at_once)])


def _uploads(croquis: Croquis, *, at_once: bool) -> Kind:
    claim = croquis.store.photos.claim_uploads_to_check
    late = asked(lambda: claim(MOST, True)) if at_once else claimed(lambda most: claim(most, False))
    return one_kind("uploads", late, partial(_check_again, croquis))


def compare_bill(croquis: Croquis, seconds_left: SecondsLeft, *, at_once: bool = False) -> Swept:
    """Compare two days of the provider's lists with the ledger; what it lacked is booked, and told (MO-13).

    Only runs that must be over by now: of a fresh one the webhook, or the sweep, may still be on its way.
    """
    del at_once  # a bill is never late
    swept = each_kind(seconds_left, _listed(croquis, BILL, spare=LIVING))
    if swept.found[UNKNOWN_RUNS]:
        log.error("the provider's bill held what the ledger did not", extra=swept.found)
    return swept


def look_at_engines(croquis: Croquis, seconds_left: SecondsLeft, *, at_once: bool = False) -> Swept:
    """Ask, for nothing, whether the provider still offers the engines and the trainer, and takes what we send."""
    del at_once  # a look is never late
    changed: list[Callable[[], object]] = []

    def look(known: KnownEngine) -> None:
        if engines.look_at(croquis, known):
            changed.append(lambda: None)

    known = asked(lambda: engines.known_engines(croquis))
    return each_kind(seconds_left, [one_kind("engines", known, look), Kind("changed_engines", drained(changed))])


def _listed(croquis: Croquis, back: timedelta, *, spare: timedelta | None = None) -> list[Kind]:
    """What the provider lists and we did not know: adopted and booked (MO-08); and what it shows and nobody wants.

    From `back` until `spare` before now.
    """
    unwanted: list[Callable[[], object]] = []

    def unknown(kind: RunKind) -> Iterator[Callable[[], object]]:
        now = datetime.fromtimestamp(croquis.now(), UTC)
        for seen in listed_runs(croquis, kind, now - back, now - spare if spare else None):
            act = partial(act_on_listed, croquis, kind, seen)
            if seen.news or seen.look:
                yield act
            elif seen.cancel:
                unwanted.append(act)

    # one for each list, so that one that cannot be read does not end the other
    lists = [Kind(UNKNOWN_RUNS, unknown(kind)) for kind in RunKind]
    return [*lists, Kind("unwanted_runs", drained(unwanted))]


def _revive_run(croquis: Croquis, run: Run) -> None:
    def goes_on(executions: int) -> bool:
        name = trainings.execution_name(run.job_id, run.run, executions)
        workflow = croquis.workflow
        return (
            workflow.start_training(run.job_id, run.run, name=name)
            or workflow.look_at_training(name) is Execution.RUNNING
        )

    if goes_on(run.executions):
        return
    if following := croquis.store.runs.next_execution(run.job_id, run.run, run.executions):
        goes_on(following)
    elif run.executions >= MOST_EXECUTIONS:
        _give_up(croquis, run, None)


def _tell_of_waiting(run: Run) -> None:
    log.warning("a paid result has been waiting for half an hour", extra={"job_id": run.job_id, "run": run.run})


def _tell_of_standing(look_book: LookBook) -> None:
    log.warning("a look-book has not moved for an hour", extra={"look_book_id": look_book.id})


def _give_up(croquis: Croquis, run: Run, error_name: str | None) -> None:
    if run.status is RunStatus.PREVIEWING:
        runs.open_review(croquis, run.job_id, run.run)
    else:
        runs.record_failure(croquis, run.job_id, run.run, error_name)


def _revive_image(croquis: Croquis, image: Image) -> None:
    def goes_on(executions: int) -> bool:
        name, workflow = images.execution_name(image.id, executions), croquis.workflow
        return (
            workflow.start_image(image.id, image.kind, name=name) or workflow.look_at_image(name) is Execution.RUNNING
        )

    if goes_on(image.executions):
        return
    if following := croquis.store.images.next_image_execution(image.id, image.executions):
        goes_on(following)
    elif image.executions >= MOST_EXECUTIONS:
        _fail_image(croquis, image, None)


def _fail_image(croquis: Croquis, image: Image, error_name: str | None) -> None:
    images.record_failure(croquis, image.id, error_name)


def _check_again(croquis: Croquis, landed: LandedUpload) -> None:
    croquis.queue.check_upload(landed.object_id, landed.version)


def _purge(croquis: Croquis, job: Job) -> None:
    """The photos are removed here, and their objects in the sweeps that follow; then the job says that all is gone."""
    archives = [datasets.dataset_path(run) for run in croquis.store.purges.begin_purge(job.id)]
    croquis.files.remove("datasets", archives)
    croquis.store.purges.end_purge(job.id)


def _forget(croquis: Croquis, photo: PhotoRow) -> None:
    croquis.files.remove("photo-uploads", [photo.upload_path])
    # by the names that a check gives them: a photo removed while it was checked has them, but not in its row
    croquis.files.remove(PHOTO_BUCKET, photo.clean_paths)
    croquis.store.photos.removed_photo_is_gone(photo.id)
