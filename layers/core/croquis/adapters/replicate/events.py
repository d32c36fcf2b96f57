"""What Replicate's webhooks say. No truth by itself: that is asked for."""

from croquis.adapters.replicate.runs import read_run
from croquis.adapters.replicate.trainer_log import trainer_log_of
from croquis.ports.provider import ProviderEvent


def read_event(body: bytes) -> ProviderEvent | None:
    """What a body says, or None when it is no event of a run."""
    found = read_run(body)
    if found is None:
        return None
    run, printed = found
    # of one that is over the log is asked for
    return ProviderEvent(run, trainer_log_of(printed) if printed and not run.over else None)
