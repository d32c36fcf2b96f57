"""(SQS) Every cell of a look-book ended: make its contact sheet, its ZIP and its report."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import binding
from croquis.wiring import croquis
from croquis_pictures.look_book_sheet import draw_sheet, thumbnail


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(
        event, context, lambda body: binding.bind(croquis(), body["look_book_id"], thumbnail, draw_sheet)
    )
