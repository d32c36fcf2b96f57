"""Images of a model: order generations, read an order; the catalogue: find, mark, remove."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from croquis.http.catalogue import CatalogueImageView, CatalogueView, ChangeImage, ImageFilter
from croquis.http.door import (
    Accepted,
    Cursor,
    Door,
    Favourite,
    IdempotencyKey,
    ImageInPath,
    ModelInPath,
    OfKind,
    OrderInPath,
    Sent,
    SignedIn,
    Since,
    Until,
)
from croquis.http.requests import GenerateImages
from croquis.http.views import ImageOrderView
from croquis.usecases import catalogue, images
from croquis.wiring import croquis

app = Door()


@app.post("/v1/models/<model_id>/generations", responses={202: {"description": "Ordered"}})
def order_images(
    model_id: ModelInPath, request: GenerateImages, owner: SignedIn, key: IdempotencyKey, sent: Sent
) -> tuple[ImageOrderView, int]:
    """Order images of a model

    Each image is paid. The same Idempotency-Key answers the same order.
    """
    return images.generate(croquis(), owner, model_id, request, key, sent), 202


@app.get("/v1/image-orders/<order_id>")
def read_image_order(order_id: OrderInPath, owner: SignedIn) -> ImageOrderView:
    """Read an order of images

    Its links are valid for ten minutes.
    """
    return images.read_order(croquis(), owner, order_id)


@app.get("/v1/models/<model_id>/images")
def list_images(
    model_id: ModelInPath,
    owner: SignedIn,
    kind: OfKind = None,
    since: Since = None,
    until: Until = None,
    favourite: Favourite = None,
    accepted: Accepted = None,
    before: Cursor = None,
) -> CatalogueView:
    """List the images of a model, newest first

    Those that are saved and not removed, previews too. Their links are valid for ten minutes.
    """
    wanted = ImageFilter(kind=kind, since=since, until=until, favourite=favourite, accepted=accepted)
    return catalogue.find(croquis(), owner, model_id, wanted, before)


@app.patch("/v1/images/<image_id>")  # pyright: ignore[reportUnknownMemberType] - not wholly typed
def change_image(image_id: ImageInPath, request: ChangeImage, owner: SignedIn) -> CatalogueImageView:
    """Mark an image as a favourite, or as accepted"""
    return catalogue.change(croquis(), owner, image_id, request)


@app.delete("/v1/images/<image_id>", responses={204: {"description": "Removed"}})
def remove_image(image_id: ImageInPath, owner: SignedIn) -> Response[None]:
    """Remove an image

    May be repeated. Nothing shows it from then on, and its file is deleted within minutes.
    """
    catalogue.remove(croquis(), owner, image_id)
    return Response(status_code=204)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
