"""Erasing a person's model or an account: requested by its owner, done by the sweep until a check finds nothing.

The rows say how far it has come, so work resumes after a crash. An outage decides nothing: the next sweep looks.
"""

import logging
from collections.abc import Iterable
from itertools import groupby

from croquis.domain.erasure import ErasureAtWork, ErasureStatus, ErasureSubject
from croquis.domain.ids import AttemptId, ErasureId, JobId, ModelId
from croquis.domain.runs.attempt import RunKind
from croquis.errors import Refused, Unavailable
from croquis.http.erasures import ErasureList, ErasureView, WouldEraseView
from croquis.ports import Croquis, Owner

PAGE = 100
CONFIRMED = "erase"

log = logging.getLogger(__name__)


def order(
    croquis: Croquis,
    owner: Owner,
    *,
    training: JobId | None = None,
    model: ModelId | None = None,
    confirm: str | None = None,
    dry_run: bool = False,
) -> tuple[ErasureView | WouldEraseView, int]:
    """Have a training with its model erased, or the whole account; or only say what would go. Again, the same one."""
    if dry_run:
        would = croquis.store.erasures.dry_run_erasure(owner, training, model)
        return WouldEraseView.model_validate(would.model_dump()), 200
    if confirm != CONFIRMED:
        raise Refused(
            "Nothing was erased: it cannot be taken back, and was not confirmed.",
            hint="See what would go with dry_run=true, then send confirm=erase.",
            code="not_confirmed",
            status=422,
        )
    ordered = croquis.store.erasures.order_erasure(owner, training, model)
    _stop(croquis, ordered.attempts)
    return ErasureView.of(ordered.erasure), 202


def read(croquis: Croquis, owner: Owner, erasure_id: ErasureId) -> ErasureView:
    """One's own erasure, with its receipt once it is done."""
    found = croquis.store.erasures.read_erasure(owner, erasure_id)
    if not found:
        raise Refused(
            "There is no such erasure.",
            hint="Check the id; list yours with GET /v1/erasures.",
            code="no_such_erasure",
            status=404,
        )
    return ErasureView.of(found)


def list_erasures(croquis: Croquis, owner: Owner) -> ErasureList:
    """One's own, newest first; they stay."""
    return ErasureList(erasures=tuple(ErasureView.of(it) for it in croquis.store.erasures.read_erasures(owner)))


def work(croquis: Croquis, erasure: ErasureAtWork) -> None:
    """Go on with it as far as it goes now."""
    told = croquis.store.erasures.erase_rows(erasure.id)
    if told.erasure.status is ErasureStatus.STOPPING:
        _stop(croquis, told.attempts)
        return
    versions = {*told.erasure.provider_versions, *_made(croquis, told.trainings)}
    try:
        _delete_objects(croquis, erasure.id)
    finally:  # a file that resists keeps no version
        versions_are_gone = _versions_are_gone(croquis, sorted(versions))
    if not versions_are_gone:
        return  # the provider takes minutes; it is asked again
    gone = _sign_in_is_gone(croquis, told.erasure)
    status = croquis.store.erasures.looked_for_erased(erasure.id, len(versions), sign_in_gone=gone)
    # ids alone: with the logs, from which a restored backup's list can be made
    ids = {"erasure_id": erasure.id, "owner_id": erasure.owner_id, "subject": erasure.subject}
    log.info("erased", extra={**ids, "job_ids": list(told.erasure.job_ids), "status": status})


def _stop(croquis: Croquis, attempts: Iterable[AttemptId]) -> None:
    for attempt_id in attempts:
        croquis.queue.settle_attempt(attempt_id)


def _delete_objects(croquis: Croquis, erasure_id: ErasureId) -> None:
    before = None
    while left := croquis.store.erasures.objects_to_erase(erasure_id, PAGE):
        if left == before:
            raise Unavailable("The storage deleted nothing.")
        for bucket, objects in groupby(left, lambda it: it.bucket):
            croquis.files.remove(bucket, [it.path for it in objects])
        before = left


def _made(croquis: Croquis, trainings: tuple[str, ...]) -> set[str]:
    """The versions that the provider says these trainings made, also where nobody was there to register one."""
    seen = (croquis.provider.look(RunKind.TRAINING, it) for it in trainings)
    return {run.output.version for run in seen if run and run.output.version}


def _versions_are_gone(croquis: Croquis, versions: list[str]) -> bool:
    """All are asked to go before one that resists is told of: it keeps no other."""
    gone: list[bool] = []
    resisted: list[Unavailable] = []
    for version in versions:
        try:
            gone.append(_version_is_gone(croquis, version))
        except Unavailable as error:
            resisted.append(error)
    if resisted:
        raise resisted[0]
    return all(gone)


def _version_is_gone(croquis: Croquis, version: str) -> bool:
    if not croquis.provider.has_version(version):
        return True
    croquis.provider.delete_version(version)
    return not croquis.provider.has_version(version)


def _sign_in_is_gone(croquis: Croquis, erasure: ErasureAtWork) -> bool:
    """An account's goes last, before the second look: until then its owner may sign in and see how far it is."""
    if erasure.subject is not ErasureSubject.ACCOUNT or erasure.status is not ErasureStatus.ERASED:
        return False
    if not croquis.sign_ins.has(erasure.owner_id):
        return True
    croquis.sign_ins.delete(erasure.owner_id)
    return not croquis.sign_ins.has(erasure.owner_id)
