"""What Replicate's webhooks say. No truth by itself: that is asked for."""

from croquis.adapters.replicate.runs import read_run
from croquis.adapters.replicate.trainer_log import progress_of
from croquis.ports.provider import ProviderEvent


def read_event(body: bytes) -> ProviderEvent | None:
    """What a body says, or None when it is no event of a run."""
    found = read_run(body)
    if found is None:
        return None
    run, log = found
    return ProviderEvent(run, None if run.over else progress_of(log))
