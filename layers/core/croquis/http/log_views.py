"""What the API shows of what the trainer prints."""

from datetime import datetime

from croquis.http.views import View


class LossPointView(View):
    step: int
    loss: float


class TrainingLogView(View):
    """The end of what the trainer of the newest run has printed so far, without links, tokens, captions and names.

    With `after` only what is new; where `first_line` does not follow on the last line that you read, those between were
    not kept.
    """

    run: int | None
    first_line: int
    lines: tuple[str, ...]
    points: tuple[LossPointView, ...]
    next: str
    purge_after: datetime | None
