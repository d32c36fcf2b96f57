"""Work for the queue workers, on SQS."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

from croquis.domain.ids import DownloadId, LookBookId
from croquis.domain.runs.attempt import RunKind
from croquis.errors import Unavailable


class Sqs:
    """Keeps the port Queue. `client` is boto3's `sqs` client."""

    def __init__(
        self,
        client: Any,
        *,
        uploads: Callable[[], str],
        attempts: Callable[[], str],
        downloads: Callable[[], str],
        look_books: Callable[[], str],
        bindings: Callable[[], str],
    ) -> None:
        self._client = client
        self._uploads = uploads
        self._attempts = attempts
        self._downloads = downloads
        self._look_books = look_books
        self._bindings = bindings

    def check_upload(self, object_id: str, version: str) -> None:
        self._send(self._uploads(), {"object_id": object_id, "version": version})

    def settle_attempt(self, attempt_id: str, kind: RunKind | None = None, provider_id: str | None = None) -> None:
        known = {"kind": kind.value, "provider_id": provider_id} if kind and provider_id else {}
        self._send(self._attempts(), {"attempt_id": attempt_id, **known})

    def pack_download(self, download_id: DownloadId) -> None:
        self._send(self._downloads(), {"download_id": download_id})

    def fill_look_book(self, look_book_id: LookBookId) -> None:
        self._send(self._look_books(), {"look_book_id": look_book_id})

    def bind_look_book(self, look_book_id: LookBookId) -> None:
        self._send(self._bindings(), {"look_book_id": look_book_id})

    def _send(self, queue_url: str, body: dict[str, str]) -> None:
        try:
            self._client.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("The queue did not take the message.") from error
