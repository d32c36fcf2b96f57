"""Keeps the port Provenance."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId, UploadId
from croquis.ports.owner import Owner
from croquis.ports.provenance import FoundProvenance, ProvenanceUpload


class SupabaseProvenance:
    """See croquis.ports.provenance for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def announce_provenance(self, owner: Owner) -> ProvenanceUpload:
        return self._api.call_as(owner, ProvenanceUpload, "announce_provenance")

    def provenance_upload(self, owner: Owner, upload: UploadId) -> ProvenanceUpload | None:
        return self._api.find_as(owner, ProvenanceUpload, "provenance_upload", upload=upload)

    def find_provenance(self, owner: Owner, sha256: str | None, image: ImageId | None) -> FoundProvenance:
        return self._api.call_as(owner, FoundProvenance, "find_provenance", sha256=sha256, image=image)

    def provenance_to_forget(self, most: int, after: str | None) -> list[ProvenanceUpload]:
        return self._api.call(list[ProvenanceUpload], "provenance_to_forget", most=most, after=after)

    def provenance_is_gone(self, upload: UploadId) -> None:
        self._api.find(object, "provenance_is_gone", upload=upload)
