"""An owner's catalogue: find images of a model, mark them, remove them."""

from collections.abc import Sequence

from croquis.domain.cursor import place_of
from croquis.domain.ids import ImageId, ModelId
from croquis.domain.images.image import Image
from croquis.http.catalogue import (
    CatalogueImageView,
    CatalogueView,
    ChangeImage,
    ImageFilter,
    catalogue_image_view,
)
from croquis.http.views import cursor_after
from croquis.ports import Croquis, Owner
from croquis.usecases.images import IMAGES, image_path
from croquis.usecases.models import no_such_model
from croquis.usecases.trainings import LINK_SECONDS

PAGE = 50


def find(croquis: Croquis, owner: Owner, model_id: ModelId, wanted: ImageFilter, before: str | None) -> CatalogueView:
    """One page of a model's saved images, newest first; links are short-lived."""
    before_at, before_id = place_of(before) if before else (None, None)
    found = croquis.store.images.read_images(
        owner,
        model_id,
        wanted.kind,
        wanted.since,
        wanted.until,
        wanted.favourite,
        wanted.accepted,
        before_at,
        before_id,
        PAGE,
        None,  # refused ones too, which are shown without a link
    )
    if not found:
        raise no_such_model()
    return CatalogueView(images=_views(croquis, owner, found.images), next=cursor_after(found.images, PAGE))


def change(croquis: Croquis, owner: Owner, image_id: ImageId, request: ChangeImage) -> CatalogueImageView:
    """Mark an image, or take a mark back."""
    image = croquis.store.images.change_image(owner, image_id, request.favourite, request.accepted)
    return _views(croquis, owner, [image])[0]


def remove(croquis: Croquis, owner: Owner, image_id: ImageId) -> None:
    """Take an image out of everything that its owner sees; the sweep deletes its object."""
    croquis.store.images.remove_image(owner, image_id)


def forget(croquis: Croquis, image: Image) -> None:
    """Delete the object of an image that was removed."""
    croquis.files.remove(IMAGES, [image_path(image)])
    croquis.store.images.removed_image_is_gone(image.id)


def _views(croquis: Croquis, owner: Owner, images: Sequence[Image]) -> tuple[CatalogueImageView, ...]:
    names = {image.path: f"{image.id}.png" for image in images if image.path}
    links = croquis.files.links_as(owner, IMAGES, list(names), seconds=LINK_SECONDS)
    downloads = {path: croquis.files.as_download(link, names[path]) for path, link in links.items()}
    return tuple(catalogue_image_view(image, links, downloads) for image in images)
