"""Work for the queue workers."""

from typing import Protocol

from croquis.domain.ids import DownloadId, LookBookId
from croquis.domain.runs.attempt import RunKind


class Queue(Protocol):
    """Work for the workers: at least once, in any order."""

    def check_upload(self, object_id: str, version: str) -> None: ...

    def settle_attempt(self, attempt_id: str, kind: RunKind | None = None, provider_id: str | None = None) -> None:
        """Have an attempt looked at; `provider_id` is a run that seems to be its own, which its row may not know."""
        ...

    def pack_download(self, download_id: DownloadId) -> None: ...

    def fill_look_book(self, look_book_id: LookBookId) -> None: ...

    def bind_look_book(self, look_book_id: LookBookId) -> None: ...
