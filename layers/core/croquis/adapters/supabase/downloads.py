"""Keeps the port Downloads."""

from collections.abc import Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import DownloadId, ImageId, ModelId
from croquis.domain.images.download import Download
from croquis.domain.images.image import ImageKind
from croquis.ports.downloads import DownloadToPack, ExportToPack
from croquis.ports.owner import Owner


class SupabaseDownloads:
    """See croquis.ports.downloads for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def order_download(
        self,
        owner: Owner,
        idempotency_key: str | None,
        image_ids: Sequence[ImageId] | None,
        model: ModelId | None,
        kind: ImageKind | None,
        since: str | None,
        until: str | None,
        favourite: bool | None,
        accepted: bool | None,
        sent_sha256: str,
    ) -> Download:
        return self._api.call_as(
            owner,
            Download,
            "order_download",
            idempotency_key=idempotency_key,
            image_ids=image_ids,
            model=model,
            kind=kind,
            since=since,
            until=until,
            favourite=favourite,
            accepted=accepted,
            sent_sha256=sent_sha256,
        )

    def order_export(
        self, owner: Owner, idempotency_key: str | None, model: ModelId | None, sent_sha256: str
    ) -> Download:
        given = {"idempotency_key": idempotency_key, "model": model, "sent_sha256": sent_sha256}
        return self._api.call_as(owner, Download, "order_export", **given)

    def export_to_pack(self, download: DownloadId) -> ExportToPack | None:
        return self._api.find(ExportToPack, "export_to_pack", download=download)

    def read_download(self, owner: Owner, download: DownloadId) -> Download | None:
        return self._api.find_as(owner, Download, "read_download", download=download)

    def claim_download(self, download: DownloadId) -> DownloadToPack | None:
        return self._api.find(DownloadToPack, "claim_download", download=download)

    def download_is_packed(self, download: DownloadId, bytes: int) -> bool:
        return self._api.call(bool, "download_is_packed", download=download, bytes=bytes)

    def fail_download(self, download: DownloadId, code: str, sentence: str, hint: str) -> None:
        self._api.find(object, "fail_download", download=download, code=code, sentence=sentence, hint=hint)

    def downloads_to_pack(self, most: int, after: str | None, at_once: bool) -> list[Download]:
        return self._api.call(list[Download], "downloads_to_pack", most=most, after=after, at_once=at_once)

    def downloads_to_forget(self, most: int, after: str | None) -> list[Download]:
        return self._api.call(list[Download], "downloads_to_forget", most=most, after=after)

    def download_is_gone(self, download: DownloadId) -> None:
        self._api.find(object, "download_is_gone", download=download)
