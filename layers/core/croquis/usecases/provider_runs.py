"""What became of paid runs: the truth by lookup, the end that is stored once, the callback that wakes the workflow.

An answer that is not a decision is none: what is not found, not finished or not stopped is looked at again.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from croquis.domain.ids import AttemptId
from croquis.domain.runs.attempt import Attempt, AttemptState, RunKind
from croquis.ports import Croquis, ProviderRun
from croquis.ports.attempts import ListedRun

ENDED_BADLY = "ProviderEnded"
CLOCKS_DIFFER = timedelta(minutes=5)

log = logging.getLogger(__name__)


def settle(croquis: Croquis, attempt_id: AttemptId, kind: str | None = None, provider_id: str | None = None) -> None:
    """Look at the run of an attempt, store how it ended and wake whoever waits for it. May be repeated.

    `provider_id` is a run of that kind which a webhook, or the answer to the POST, says is the attempt's.
    """
    attempt = _look(croquis, RunKind(kind), provider_id) if kind and provider_id else None
    if attempt is None or attempt.id != attempt_id or attempt.provider_id != provider_id:
        attempt = _looked_at(croquis, attempt_id)
    call_back(croquis, attempt)


def settle_silently(croquis: Croquis, attempt_id: AttemptId) -> Attempt:
    """The same from within the workflow, where nobody waits any more: forgets the token, answers the attempt."""
    croquis.store.attempts.forget_token(attempt_id)
    return _looked_at(croquis, attempt_id)


def stop(croquis: Croquis, attempt: Attempt) -> None:
    """Ask the provider to stop what runs, and look once; what does not stop is asked again by each sweep."""
    if attempt.state is AttemptState.STARTED and attempt.provider_id:
        croquis.provider.cancel(attempt.kind, attempt.provider_id)
        settle_silently(croquis, attempt.id)


def call_back(croquis: Croquis, attempt: Attempt) -> None:
    """Give the result to whoever waits on the attempt's token; a newer token that was stored meanwhile gets it too."""
    while token := attempt.wakes:
        if attempt.succeeded:
            croquis.workflow.succeed(token)
        else:
            croquis.workflow.fail(token, ENDED_BADLY)
        # False from the workflow means that nobody waits on this token: sent all the same, unless a newer one is stored
        if croquis.store.attempts.callback_sent(attempt.id, token):
            return
        attempt = croquis.store.attempts.read_attempt(attempt.id).attempt


def listed_runs(croquis: Croquis, kind: RunKind, since: datetime, until: datetime | None = None) -> Iterator[ListedRun]:
    """What follows from each run that the provider lists between the two, after it is kept."""
    for listed in croquis.provider.list_runs(kind, since - CLOCKS_DIFFER):
        page = [run for run in listed if not (until and run.created_at and run.created_at > until)]
        yield from croquis.store.attempts.saw_runs(kind, page) if page else ()


def act_on_listed(croquis: Croquis, kind: RunKind, seen: ListedRun) -> None:
    """Stop it where it is unwanted, look at it itself where the list cannot tell, and wake whoever waits for it."""
    if attempt := _stopped_or_looked_at(croquis, kind, seen):
        call_back(croquis, attempt)


def _stopped_or_looked_at(croquis: Croquis, kind: RunKind, seen: ListedRun) -> Attempt | None:
    if seen.cancel:
        log.warning("an unwanted run is stopped", extra={"provider_id": seen.id})
        croquis.provider.cancel(kind, seen.id)
    return _look(croquis, kind, seen.id) if seen.look or seen.cancel else None


def _search(croquis: Croquis, kind: RunKind, since: datetime) -> set[str]:
    """Keep and act on what the provider lists since then; answers the ids.

    Whoever waits for another of these runs is woken by the sweep: states search too, and may not call back.
    """
    listed: set[str] = set()
    for seen in listed_runs(croquis, kind, since):
        listed.add(seen.id)
        _stopped_or_looked_at(croquis, kind, seen)
    return listed


def _looked_at(croquis: Croquis, attempt_id: AttemptId) -> Attempt:
    attempts = croquis.store.attempts
    found = attempts.read_attempt(attempt_id)
    attempt = found.attempt
    if not attempt.is_open:
        return attempt
    if attempt.provider_id and (run := _look(croquis, attempt.kind, attempt.provider_id)):
        return run
    listed = _search(croquis, attempt.kind, attempt.posted_at or attempt.created_at)
    attempt = attempts.read_attempt(attempt_id).attempt
    if attempt.provider_id in listed:
        return _look(croquis, attempt.kind, attempt.provider_id) or attempt if attempt.is_open else attempt
    if attempt.provider_id:
        return attempts.attempt_missing(attempt_id)
    return attempt if found.quarantined else attempts.attempt_absent(attempt_id)


def _look(croquis: Croquis, kind: RunKind, provider_id: str) -> Attempt | None:
    """The attempt of a run, after what the provider says of it is kept; None when it knows none, or it is nobody's."""
    run = croquis.provider.look(kind, provider_id)
    if run is None:
        return None
    _tell_of_what_is_odd(croquis, kind, run)
    seen = croquis.store.attempts.saw_run(kind, run)
    if seen.attempt and seen.attempt.provider_id != provider_id:
        keys = {"provider_id": provider_id, "attempt_id": seen.attempt.id}
        log.error("a run beside the one of its order", extra=keys)
    if seen.cancel:
        croquis.provider.cancel(kind, provider_id)
        if stopped := croquis.provider.look(kind, provider_id):
            seen = croquis.store.attempts.saw_run(kind, stopped)
    return seen.attempt


def _tell_of_what_is_odd(croquis: Croquis, kind: RunKind, run: ProviderRun) -> None:
    keys = {"provider_id": run.id}
    if kind is RunKind.TRAINING and run.version not in (None, croquis.provider.trainer_version):
        log.error("the trainer ran another version than was pinned", extra={**keys, "version": run.version})
    if run.over and run.status != run.end:
        log.error("a run ended with a status that nobody knows", extra={**keys, "status": run.status})
