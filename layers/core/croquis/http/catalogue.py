"""What the API takes and shows of an owner's catalogue of images."""

from collections.abc import Mapping
from datetime import datetime

from croquis.domain.images.image import Image, ImageKind
from croquis.http.models import Flag
from croquis.http.presenter import image_view
from croquis.http.requests import Changes, Request
from croquis.http.views import ImageView, View


class ImageFilter(View):
    """Which images of a model; None filters nothing."""

    kind: ImageKind | None = None
    since: str | None = None
    until: str | None = None
    favourite: bool | None = None
    accepted: bool | None = None


class ChangeImage(Request, Changes):
    """What is left out stays as it is; the marks mean what you want them to."""

    favourite: Flag = None
    accepted: Flag = None


class CatalogueImageView(ImageView):
    """`url` shows the image, `download_url` keeps it as a file."""

    model_id: str
    kind: ImageKind
    bytes: int
    favourite: bool
    accepted: bool
    created_at: datetime
    download_url: str | None


class CatalogueView(View):
    images: tuple[CatalogueImageView, ...]
    next: str | None


def catalogue_image_view(image: Image, links: Mapping[str, str], downloads: Mapping[str, str]) -> CatalogueImageView:
    """A saved image with its marks and both of its links; one that the person shown has refused has neither."""
    view = image_view(image, links)
    download = downloads.get(image.path or "") if view.url else None
    return CatalogueImageView.model_validate({**image.model_dump(), **view.model_dump(), "download_url": download})
