"""What the API takes and shows of downloads: one's own images as one ZIP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from croquis.domain.ids import ImageId, ModelId, parse_id
from croquis.domain.images.download import Download, DownloadStatus
from croquis.domain.images.image import ImageKind
from croquis.http.models import Flag
from croquis.http.presenter import problem_of
from croquis.http.requests import Day, Request, not_null, without_null
from croquis.http.views import Problem, View

MOST_IMAGES = 200  # equal to croquis.most_images_in_download() in SQL


def _id(value: str) -> str:
    try:
        return parse_id(value)
    except ValueError as error:
        raise PydanticCustomError("no_id", "no id") from error


IsId = (AfterValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"}))
LeftOut = (BeforeValidator(not_null), Field(json_schema_extra=without_null))
ImageIds = Annotated[tuple[Annotated[ImageId, *IsId], ...], Field(max_length=MOST_IMAGES)]


class OrderDownload(Request):
    """Images by their ids, in the order of the files; or, with `model_id`, those of a model that the filters leave, the
    newest first, without those that the person shown has refused. At most 200, and 690 MB together.
    """

    image_ids: Annotated[ImageIds | None, *LeftOut] = None
    model_id: Annotated[Annotated[ModelId, *IsId] | None, *LeftOut] = None
    kind: Annotated[ImageKind | None, *LeftOut] = None
    since: Annotated[Day | None, *LeftOut] = None
    until: Annotated[Day | None, *LeftOut] = None
    favourite: Flag = None
    accepted: Flag = None

    @model_validator(mode="after")
    def _selects_once(self) -> Self:
        if (self.image_ids is None) == (self.model_id is None):
            raise PydanticCustomError("ids_or_model", "ids or model")
        if self.image_ids is not None and len(self.model_fields_set) > 1:
            raise PydanticCustomError("filters_alone", "filters alone")
        return self


class OrderExport(Request):
    """Everything of one model; or, without `model_id`, of the account."""

    model_id: Annotated[Annotated[ModelId, *IsId] | None, *LeftOut] = None


class DownloadView(View):
    """Read it at `status_path` until it is `ready`; its `url` is a ZIP of the images and a `manifest.json`; of
    an export, of the photos and a `rows.json`, too."""

    id: str
    status: DownloadStatus
    status_path: str
    images: int
    image_bytes: int
    bytes: int | None
    created_at: datetime
    expires_at: datetime | None
    url: str | None
    problem: Problem | None


def download_view(download: Download, links: Mapping[str, str]) -> DownloadView:
    """A download, with its link where it is ready."""
    shown = {
        "status_path": f"/v1/downloads/{download.id}",
        "url": links.get(download.path),
        "problem": problem_of(download),
    }
    return DownloadView.model_validate({**download.model_dump(), **shown})
