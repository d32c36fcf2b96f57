"""Images of an approved model: ordered and read by the owner, saved by the workflow."""

import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

from croquis.domain.ids import ImageId, ModelId, OrderId
from croquis.domain.images.image import Image, ImageOrder, LabelledImage
from croquis.domain.images.provenance import SigningIdentity
from croquis.domain.images.repairs import CutOut
from croquis.domain.runs.failure import SOURCE_GONE, image_failure_of
from croquis.errors import Refused, SigningFailed, StepFailed, Unavailable
from croquis.http.dry_runs import DryRunView
from croquis.http.image_orders import ImageOrderView, order_view
from croquis.http.requests import GenerateImages
from croquis.ports import Croquis, Owner
from croquis.ports.images import ImageToSave, SavedImage
from croquis.ports.runs import ImageWish
from croquis.usecases import dry_runs
from croquis.usecases.provider_runs import stop
from croquis.usecases.trainings import LINK_SECONDS
from croquis.usecases.wishes import image_wishes

IMAGES, GARMENTS = "images", "garments"
MAX_FETCHED_BYTES, MAX_GARMENT_BYTES = 20_000_000, 60_000_000
MAX_IMAGE_BYTES = 50_000_000  # what the bucket takes: saved, a picture is larger than it came
FETCH_SECONDS = 60

log = logging.getLogger(__name__)


class _MadeOf(NamedTuple):
    """The pictures that one is made of: the one that was there before, and what is worn in it."""

    original: bytes | None
    worn: list[bytes]


class Label(Protocol):
    """Takes the metadata off and says that a machine made it, `composite`: of real things; or PhotoRefused."""

    def __call__(self, data: bytes, /, *, composite: bool) -> LabelledImage: ...


class PutBack(Protocol):
    """The picture with the face that was made for it; PhotoRefused for what is no picture."""

    def __call__(self, picture: bytes, made: bytes, place: CutOut, /) -> bytes: ...


class Sign(Protocol):
    """The picture with our signed manifest in it, and below what it is made of; or SigningFailed."""

    def __call__(
        self,
        picture: bytes,
        content_type: str,
        *,
        source: bytes,
        image_id: ImageId,
        identity: SigningIdentity,
        original: bytes | None = None,
        worn: Sequence[bytes] = (),
    ) -> bytes: ...


def execution_name(image_id: str, executions: int = 1) -> str:
    """The name of an image's execution, like a run's."""
    return image_id + (f"-r{executions - 1}" if executions > 1 else "")


def image_path(image: Image) -> str:
    """Where an image is, or would be."""
    return f"{image.owner_id}/{image.job_id}/{image.id}.png"


def generate(
    croquis: Croquis, owner: Owner, model_id: ModelId, request: GenerateImages, key: str | None, sent: str
) -> ImageOrderView | DryRunView:
    """Order images of the model's person; each is one paid run. The same key again answers the same order.

    A dry run tells what it would be.
    """
    if request.dry_run:
        return dry_runs.images(croquis, owner, model_id, request, request.seed, request.count)
    models = croquis.store.models.list_models(owner, limit=1, model=model_id)
    wishes = image_wishes(models[0].subject, request, request.seed, request.count) if models else []
    asked = request.model_dump(mode="json", exclude={"dry_run"}, exclude_none=True)
    return order(croquis, owner, model_id, key, asked, wishes, sent)


def order(
    croquis: Croquis,
    owner: Owner,
    model_id: ModelId,
    key: str | None,
    asked: Mapping[str, object],
    wishes: Sequence[ImageWish],
    sent: str,
) -> ImageOrderView:
    """Reserve the money for these images, and start the work on each."""
    return begun(croquis, owner, croquis.store.images.order_generations(owner, model_id, key, asked, wishes, sent))


def begun(croquis: Croquis, owner: Owner, ordered: ImageOrder) -> ImageOrderView:
    """Start the work on each image of an order; answered again, what runs goes on."""
    view = read_order(croquis, owner, ordered.id)
    for image in view.images:
        if image.status == "queued":
            croquis.workflow.start_image(image.id, ordered.kind, name=execution_name(image.id))
    return view


def read_order(croquis: Croquis, owner: Owner, order_id: OrderId) -> ImageOrderView:
    """One's own order with its images; links are short-lived."""
    found = croquis.store.images.read_image_order(owner, order_id)
    if not found:
        raise Refused("There is no such image order.", hint="Check the id.", code="no_such_order", status=404)
    paths = sorted({image.path for image in (*found.images, *found.sources) if image.path and not image.removed_at})
    links = croquis.files.links_as(owner, IMAGES, paths, seconds=LINK_SECONDS)
    return order_view(found, links)


def save(croquis: Croquis, image_id: ImageId, label: Label, sign: Sign, put_back: PutBack) -> None:
    """Copy the image out of the provider, within its hour: metadata stripped, labelled, signed, then the row.

    Of a repair only a face comes, and is put back into the picture that it was cut out of.
    """
    found = croquis.store.images.image_to_save(image_id)
    if found.image.is_over:
        return
    urls = found.attempt.result.images if found.attempt else ()
    if not urls:
        raise StepFailed("no_output", "The provider made no image.")
    made_of = _made_of(croquis, found)
    with croquis.provider.fetch(urls[0], limit=MAX_FETCHED_BYTES, deadline_s=FETCH_SECONDS) as download:
        source = download.read()
    before, cut_out = made_of.original, found.image.cut_out
    made = put_back(before, source, cut_out) if before and cut_out else source
    image = label(made, composite=bool(made_of.worn))
    signed = _signed(croquis, image_id, image, source, made_of, sign)
    content = signed or image.bytes
    path = image_path(found.image)
    croquis.files.write(IMAGES, path, content, content_type=image.content_type)
    saved = SavedImage(
        path=path,
        sha256=sha256(content).hexdigest(),
        bytes=len(content),
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        signed=signed is not None,
    )
    croquis.store.images.save_image(image_id, saved)
    log.info("an image was saved")


def _signed(
    croquis: Croquis, image_id: ImageId, image: LabelledImage, source: bytes, made_of: _MadeOf, sign: Sign
) -> bytes | None:
    """None where it cannot be: a paid picture is never lost for want of a signature."""
    try:
        return sign(
            image.bytes,
            image.content_type,
            source=source,
            image_id=image_id,
            identity=croquis.signing_identity(),
            original=made_of.original,
            worn=made_of.worn,
        )
    except (SigningFailed, Unavailable) as error:
        log.error("image kept without a signature", extra={"reason": str(error)})
        return None


def _made_of(croquis: Croquis, found: ImageToSave) -> _MadeOf:
    """A garment that was removed is kept until the pictures with it are over."""
    paths = [it.clean_path for it in found.garments if it.clean_path]
    worn = [croquis.files.read(GARMENTS, path, limit=MAX_GARMENT_BYTES) for path in paths]
    return _MadeOf(original(croquis, found.source) if found.source else None, worn)


def original(croquis: Croquis, source: Image) -> bytes:
    """The picture that another is made from; StepFailed where nothing may be made from it any more."""
    if not source.may_be_used or source.path is None:
        raise StepFailed("source_gone", "The picture that it is made from was removed or refused.")
    return croquis.files.read(IMAGES, source.path, limit=MAX_IMAGE_BYTES)


def read_saved(croquis: Croquis, image: Image, *, last_try: bool = False) -> bytes:
    """The file as it was saved; StepFailed if there is none.

    What the storage gives instead is perhaps a page of its own, which may pass: Unavailable, until the last try.
    """
    missing = StepFailed(
        "image_unreadable",
        f"The file of the image {image.id} is missing, or not as it was saved.",
        "Order it without it.",
    )
    try:
        picture = croquis.files.read(IMAGES, image.path or "", limit=image.bytes or 0)
    except Refused as refused:
        raise missing from refused
    if sha256(picture).hexdigest() == image.sha256:
        return picture
    raise missing if last_try else Unavailable("The storage gave something else than was saved.")


def record_failure(croquis: Croquis, image_id: ImageId, error_name: str | None) -> None:
    """Stop the image at the provider if it still runs, and write why it is missing."""
    found = croquis.store.images.image_to_save(image_id)
    if attempt := found.attempt:
        stop(croquis, attempt)
    gone = found.source and not found.source.may_be_used
    failure = SOURCE_GONE if gone else image_failure_of(error_name, attempt, found.refusal_words)
    croquis.store.images.fail_image(image_id, failure.code, failure.sentence, failure.hint)
    log.warning("an image ended without a picture", extra={"code": failure.code})
    if found.look_book:
        croquis.queue.fill_look_book(found.look_book)
