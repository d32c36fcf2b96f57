"""Images of a model: order generations, repeat a picture, read an order, list scenes; find, mark and remove images."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from croquis.http.catalogue import CatalogueImageView, CatalogueView, ChangeImage, ImageFilter
from croquis.http.door import (
    Accepted,
    Cursor,
    Door,
    Favourite,
    ImageInPath,
    KeyIfItSpends,
    ModelInPath,
    OfKind,
    OrderInPath,
    Sent,
    SignedIn,
    Since,
    Until,
)
from croquis.http.dry_runs import DRY_RUN, DryRunView, answered, with_status
from croquis.http.image_orders import ImageOrderView, SceneList, scene_list
from croquis.http.requests import GenerateImages, RepairImage, RepeatImage
from croquis.usecases import catalogue, images, repairs, repeats
from croquis.wiring import croquis

app = Door()


@app.post("/v1/models/<model_id>/generations", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def order_images(
    model_id: ModelInPath, request: GenerateImages, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Order images of a model

    Each image is paid. The same Idempotency-Key returns the same order.
    """
    return with_status(images.generate(croquis(), owner, model_id, request, key, sent))


@app.post("/v1/images/<image_id>/repeats", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def repeat_image(
    image_id: ImageInPath, request: RepeatImage, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Repeat or vary a picture

    With its own settings and your changes to them, from the model's active run; the prompt is rebuilt. Each image
    is paid. The same Idempotency-Key returns the same order.
    """
    return with_status(repeats.repeat(croquis(), owner, image_id, request, key, sent))


@app.post("/v1/images/<image_id>/repairs", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def repair_image(
    image_id: ImageInPath, request: RepairImage, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Repair the face of a full-length picture

    The face is enlarged, redrawn by the model's active run, and put back into a new picture; the original stays as it
    is. The new one's `repair` says whether it is better. It is paid. The same Idempotency-Key returns the same order.
    """
    return with_status(repairs.repair(croquis(), owner, image_id, request, key, sent))


@app.get("/v1/scenes")
def list_scenes() -> SceneList:
    """List the scenes

    Name one as `scene` in an order: it fills in what you leave out.
    """
    return scene_list()


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

    Saved and not removed, previews included. Their links are valid for ten minutes.
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
