"""(SQS) A picture of a look-book ended, or its owner wants it to go on: order the next ones."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import filling
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(event, context, lambda body: filling.fill(croquis(), body["look_book_id"]))
