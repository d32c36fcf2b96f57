"""What is worn: announce, list, name and remove garments; keep looks of them; put them on the person of a picture."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from croquis.http.door import (
    Cursor,
    Door,
    GarmentInPath,
    InStatus,
    KeyIfItSpends,
    LookInPath,
    ModelInPath,
    OfCategory,
    Sent,
    SignedIn,
)
from croquis.http.dry_runs import DRY_RUN, DryRunView, answered, with_status
from croquis.http.garments import (
    AddGarment,
    AddLook,
    ChangeGarment,
    ChangeLook,
    GarmentList,
    GarmentUploadView,
    GarmentView,
    LookList,
    LookView,
)
from croquis.http.image_orders import ImageOrderView
from croquis.http.try_ons import OrderTryOn, QuickTryOn
from croquis.usecases import garments, looks, try_ons
from croquis.wiring import croquis

app = Door()


@app.post("/v1/garments", responses={201: {"description": "Where to PUT the picture"}})
def add_garment(request: AddGarment, owner: SignedIn) -> tuple[GarmentUploadView, int]:
    """Announce a garment and get its upload URL

    Upload its picture with the content type of the response, just like the photos of a training; the check starts
    once it has landed. Best is one garment on a plain background, or laid flat.
    """
    return garments.add(croquis(), owner, request), 201


@app.get("/v1/garments")
def list_garments(
    owner: SignedIn, category: OfCategory = None, status: InStatus = None, before: Cursor = None
) -> GarmentList:
    """List your garments, newest first

    Without removed ones. Their links are valid for ten minutes.
    """
    return garments.find(croquis(), owner, category, status, before)


@app.get("/v1/garments/<garment_id>")
def read_garment(garment_id: GarmentInPath, owner: SignedIn) -> GarmentView:
    """Read a garment

    Its link is valid for ten minutes.
    """
    return garments.read(croquis(), owner, garment_id)


@app.patch("/v1/garments/<garment_id>")  # pyright: ignore[reportUnknownMemberType] - not wholly typed
def change_garment(garment_id: GarmentInPath, request: ChangeGarment, owner: SignedIn) -> GarmentView:
    """Name a garment, or change its category"""
    return garments.change(croquis(), owner, garment_id, request)


@app.delete("/v1/garments/<garment_id>", responses={204: {"description": "Removed"}})
def remove_garment(garment_id: GarmentInPath, owner: SignedIn) -> Response[None]:
    """Remove a garment

    May be repeated. No list shows it from then on; its files are deleted within minutes, or once the pictures being
    made with it are done.
    """
    garments.remove(croquis(), owner, garment_id)
    return Response(status_code=204)


@app.post("/v1/looks", responses={201: {"description": "Kept"}})
def add_look(request: AddLook, owner: SignedIn) -> tuple[LookView, int]:
    """Keep a look: one to six garments that are worn together

    One for the torso and one for the legs, or a dress; one coat, pair of shoes, bag and hat; any accessories.
    """
    return looks.add(croquis(), owner, request), 201


@app.get("/v1/looks")
def list_looks(owner: SignedIn, before: Cursor = None) -> LookList:
    """List your looks, newest first

    The links of their garments are valid for ten minutes.
    """
    return looks.find(croquis(), owner, before)


@app.get("/v1/looks/<look_id>")
def read_look(look_id: LookInPath, owner: SignedIn) -> LookView:
    """Read a look

    One whose garment was removed says which.
    """
    return looks.read(croquis(), owner, look_id)


@app.patch("/v1/looks/<look_id>")  # pyright: ignore[reportUnknownMemberType] - not wholly typed
def change_look(look_id: LookInPath, request: ChangeLook, owner: SignedIn) -> LookView:
    """Name a look, or change its garments"""
    return looks.change(croquis(), owner, look_id, request)


@app.delete("/v1/looks/<look_id>", responses={204: {"description": "Removed"}})
def remove_look(look_id: LookInPath, owner: SignedIn) -> Response[None]:
    """Remove a look

    May be repeated. Its garments stay.
    """
    looks.remove(croquis(), owner, look_id)
    return Response(status_code=204)


@app.post("/v1/try-ons", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def order_try_on(
    request: OrderTryOn, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Put garments on the person in a picture

    Makes one more picture, priced by engine and garments; the original stays. The same Idempotency-Key returns the
    same order.
    """
    return with_status(try_ons.order(croquis(), owner, request, key, sent))


@app.post("/v1/models/<model_id>/try-ons", responses={**DRY_RUN, 202: answered("Ordered", ImageOrderView)})
def order_quick_try_on(
    model_id: ModelInPath, request: QuickTryOn, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[ImageOrderView | DryRunView, int]:
    """Put a look, or your newest garments, on the model's best picture

    The best one shows what the garments need, passes its checks, and is the newest. Paid like any try-on.
    """
    return with_status(try_ons.order_quickly(croquis(), owner, model_id, request, key, sent))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
