"""Images of an active model: order generations, repeat a picture, read an order, list scenes."""

from typing import Any

from croquis.http.door import Door, ImageInPath, KeyIfItSpends, ModelInPath, OrderInPath, Sent, SignedIn
from croquis.http.dry_runs import DRY_RUN, DryRunView, answered, with_status
from croquis.http.image_orders import ImageOrderView, SceneList, scene_list
from croquis.http.requests import GenerateImages, RepeatImage
from croquis.usecases import images, repeats
from croquis.wiring import croquis

app = Door()


@app.post("/v1/models/<model_id>/generations", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def order_images(
    model_id: ModelInPath, request: GenerateImages, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Order images of a model

    Each image is paid. The same Idempotency-Key answers the same order.
    """
    return with_status(images.generate(croquis(), owner, model_id, request, key, sent))


@app.post("/v1/images/<image_id>/repeats", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def repeat_image(
    image_id: ImageInPath, request: RepeatImage, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Repeat or vary a picture

    With its own settings and what you change of them, from the model's active run; the prompt is built anew. Each image
    is paid. The same Idempotency-Key answers the same order.
    """
    return with_status(repeats.repeat(croquis(), owner, image_id, request, key, sent))


@app.get("/v1/scenes")
def list_scenes() -> SceneList:
    """List the scenes

    Name one as `scene` in an order: it fills what you leave out.
    """
    return scene_list()


@app.get("/v1/image-orders/<order_id>")
def read_image_order(order_id: OrderInPath, owner: SignedIn) -> ImageOrderView:
    """Read an order of images

    Its links are valid for ten minutes.
    """
    return images.read_order(croquis(), owner, order_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
