"""(SQS) Images that their owner chose, streamed into one ZIP."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import downloads
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(event, context, lambda body: downloads.pack(croquis(), **body))
