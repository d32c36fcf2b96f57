"""The clock: what did a lost event leave behind, and what is past its time?"""

import logging
from collections import Counter
from typing import Any

from croquis.observability import keys_of_task, measured, places_of
from croquis.usecases import sweep
from croquis.wiring import croquis

log = logging.getLogger("croquis.sweep")
LOOKS = {
    "all": sweep.sweep,
    "uploads": sweep.sweep_uploads,
    "bill": sweep.compare_bill,
    "engines": sweep.look_at_engines,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers how much was made up for; SweepIncomplete, which the alarm hears, when something of it resisted.

    `{"only": "uploads"}` comes more often and looks for nothing else; `{"only": "bill"}` compares two days of the
    provider's lists with the ledger; `{"only": "engines"}` asks whether it still offers the engines that are ordered.
    `{"at_once": true}` does not wait until work is late, for an operator after an outage.
    """
    keys_of_task({}, context)
    only = event.get("only", "all")
    look, at_once = LOOKS[only], event.get("at_once") is True
    swept = look(croquis(), lambda: context.get_remaining_time_in_millis() / 1000, at_once=at_once)
    for kind, error in swept.errors:
        log.warning(
            "could not make up for", extra={"kind": kind, "error": type(error).__name__, "at": places_of(error)}
        )
    failed = Counter(kind for kind, _ in swept.errors)
    often = only == "uploads"  # and mostly in vain: each line and metric costs
    if any(swept.found.values()) or failed or not often:
        log.info("swept", extra={**swept.found, "failed": dict(failed), "cut_short": swept.cut_short})
    found = {f"swept_{kind}": many for kind, many in swept.found.items()}
    resisted = {f"sweep_failed_{kind}": many for kind, many in failed.items()}
    measured({**found, **resisted, "sweep_cut_short": len(swept.cut_short), f"sweep_ended_{only}": int(not often)})
    return swept.answer()
