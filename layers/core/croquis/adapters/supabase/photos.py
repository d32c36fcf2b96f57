"""Keeps the port Photos."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import JobId, PhotoId
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.ports.owner import Owner
from croquis.ports.photos import ClaimedUpload, LandedUpload, PhotoVerdict


class SupabasePhotos:
    """See croquis.ports.photos for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def add_photo(self, owner: Owner, job: JobId, slot: int, content_type: str, bytes: int) -> PhotoRow:
        return self._api.call_as(
            owner, PhotoRow, "add_photo", job=job, slot=slot, content_type=content_type, bytes=bytes
        )

    def remove_photo(self, owner: Owner, job: JobId, photo: PhotoId) -> PhotoRow:
        return self._api.call_as(owner, PhotoRow, "remove_photo", job=job, photo=photo)

    def change_photo(
        self,
        owner: Owner,
        job: JobId,
        photo: PhotoId,
        slot: int | None,
        override: bool | None,
        said: Mapping[str, object] | None,
        shows_only_the_person: bool | None,
    ) -> PhotoRow:
        changes = {"slot": slot, "override": override, "said": said, "shows_only_the_person": shows_only_the_person}
        return self._api.call_as(owner, PhotoRow, "change_photo", job=job, photo=photo, **changes)

    def claim_upload(self, object_id: str, version: str) -> ClaimedUpload:
        return self._api.call(ClaimedUpload, "claim_upload", object_id=object_id, version=version)

    def record_photo(self, photo: PhotoId, object_version: str, verdict: PhotoVerdict) -> bool:
        return self._api.call(bool, "record_photo", photo=photo, object_version=object_version, verdict=verdict)

    def release_upload(self, object_id: str, version: str) -> None:
        self._api.find(object, "release_upload", object_id=object_id, version=version)

    def finish_upload(self, object_id: str, version: str) -> None:
        self._api.find(object, "finish_upload", object_id=object_id, version=version)

    def claim_uploads_to_check(self, most: int, at_once: bool) -> list[LandedUpload]:
        return self._api.call(list[LandedUpload], "claim_uploads_to_check", most=most, at_once=at_once)

    def objects_of_removed_photos(self, most: int, after: str | None) -> list[PhotoRow]:
        return self._api.call(list[PhotoRow], "objects_of_removed_photos", most=most, after=after)

    def removed_photo_is_gone(self, photo: PhotoId) -> None:
        self._api.find(object, "removed_photo_is_gone", photo=photo)
