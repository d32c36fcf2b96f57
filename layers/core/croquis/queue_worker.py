"""What the queue workers share: each message on its own, and only the failed ones come again (SF-17)."""

import logging
from collections.abc import Callable
from typing import Any

from croquis.domain.strict_json import decoded_object
from croquis.observability import keys_of_task, places_of

log = logging.getLogger(__name__)


def each_message(event: dict[str, Any], context: Any, work: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Do the work of every message of an SQS event; the answer names those that must be delivered again."""
    keys_of_task({}, context)
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            work(decoded_object(record["body"]))
        except Exception as error:  # noqa: BLE001  a poisoned message must not block the others
            log.error("message failed", extra={"error": type(error).__name__, "at": places_of(error)})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
