"""What the API shows of image orders, and of the scenes for them."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from croquis.domain.garments.garment import GarmentCategory
from croquis.domain.images.image import Framing, Image, ImageKind, OrderStatus, order_status
from croquis.domain.images.scenes import SCENES, SceneName
from croquis.domain.runs.estimate import in_minutes
from croquis.http.presenter import Links, image_view, minutes_between, problem_of
from croquis.http.views import ImageView, Problem, View
from croquis.ports.images import ReadImageOrder


class SceneView(View):
    """What it fills in where a wish leaves something out; null is left to the model."""

    name: SceneName
    title: str
    pose: str | None
    background: str | None
    lighting: str | None
    expression: str | None
    outfit: str | None
    shoes: str | None
    framing: Framing


class SceneList(View):
    scenes: tuple[SceneView, ...]


class MissingView(Problem):
    """Why so many of the images are missing."""

    count: int


class SourceView(View):
    """The picture before; without a `url` where it was removed, or refused by the person shown."""

    id: str
    url: str | None


class WornGarmentView(View):
    """A garment in a picture; it may have been removed since."""

    id: str
    name: str
    category: GarmentCategory


class OrderedImageView(ImageView):
    """With the picture that it is made from, to show beside it, and what is worn in it."""

    source: SourceView | None
    garments: tuple[WornGarmentView, ...]


class ImageOrderView(View):
    """What was expected when it was ordered stands beside what it came to."""

    id: str
    model_id: str
    kind: ImageKind
    status: OrderStatus
    missing: tuple[MissingView, ...]
    created_at: datetime
    expected_usd: Decimal
    actual_usd: Decimal | None
    expected_minutes: float | None
    actual_minutes: float | None
    images: tuple[OrderedImageView, ...]


def scene_list() -> SceneList:
    """All that there are."""
    return SceneList(scenes=tuple(SceneView(name=it.name, title=it.title, **dict(it.wishes)) for it in SCENES))


def order_view(found: ReadImageOrder, links: Links) -> ImageOrderView:
    """An order with its images, and why some are missing; one that was removed is no longer shown, but it was paid."""
    order, images = found.order, found.images
    status = order_status(images)
    over = status is not OrderStatus.WORKING
    problems = Counter(problem for image in images if (problem := problem_of(image)))
    shown = {
        "status": status,
        "missing": [{**problem.model_dump(), "count": count} for problem, count in problems.items()],
        "expected_usd": sum(image.reserved_usd for image in images),
        "actual_usd": sum(image.actual_usd or 0 for image in images) if over else None,
        "expected_minutes": order.expected_seconds and in_minutes(order.expected_seconds),
        "actual_minutes": minutes_between(order.created_at, max(it.ended_at or order.created_at for it in images))
        if over
        else None,
        "images": tuple(_with_before(image, found, links) for image in images if not image.removed_at),
    }
    return ImageOrderView.model_validate({**order.model_dump(), **shown})


def _with_before(image: Image, found: ReadImageOrder, links: Links) -> OrderedImageView:
    source = next((it for it in found.sources if it.id == image.source_image_id), None)
    worn = [it.garment.model_dump() for it in found.worn if it.image_id == image.id]
    shown = {"source": _source_view(source, links) if source else None, "garments": worn}
    return OrderedImageView.model_validate({**image_view(image, links).model_dump(), **shown})


def _source_view(source: Image, links: Links) -> SourceView:
    return SourceView(id=source.id, url=links.get(source.path or "") if source.may_be_used else None)
