"""The clock: what did a lost event leave behind?"""

import logging
from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import sweep
from croquis.wiring import croquis

log = logging.getLogger("croquis.sweep")


def handler(_event: dict[str, Any], context: Any) -> dict[str, int]:
    keys_of_task({}, context)
    found = sweep.sweep(croquis())
    log.info("swept", extra=found)
    return found
