"""The clock: what did a lost event leave behind?"""

import logging
from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import sweep
from croquis.wiring import croquis

log = logging.getLogger("croquis.sweep")
LOOKS = {"all": sweep.sweep, "uploads": sweep.sweep_uploads, "bill": sweep.compare_bill}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers how much was made up for.

    `{"only": "uploads"}` comes more often and looks for nothing else; `{"only": "bill"}` compares two days of the
    provider's lists with the ledger. `{"at_once": true}` does not wait until work is late, for an operator after an
    outage.
    """
    keys_of_task({}, context)
    look = LOOKS[event.get("only", "all")]
    found = look(croquis(), at_once=event.get("at_once") is True)
    if any(found.values()) or "only" not in event:
        log.info("swept", extra=found)
    return found
