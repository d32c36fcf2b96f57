"""(EventBridge) An execution failed, timed out or was aborted: its first successor starts at once."""

import logging
from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import executions
from croquis.wiring import croquis

log = logging.getLogger("croquis.executions")


def handler(event: dict[str, Any], context: Any) -> None:
    """May be called again and out of order; whatever it does not take up, the sweep does."""
    died = event["detail"]
    given = executions.given_to(died["input"])
    keys_of_task(dict(given), context)
    log.error("an execution died", extra={"status": died["status"]})
    executions.revive(croquis(), given, died["name"])
