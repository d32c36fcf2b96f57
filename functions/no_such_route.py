"""What no other route takes, such as a path with a slip in it: a problem like every other, for anyone who asks."""

import re
from typing import Any

from croquis.errors import Refused
from croquis.http.messages import answer, refusal
from croquis.observability import keys_of_request

PATHS = {  # as in template.yaml; a test holds the two equal
    "/v1/trainings": ("GET", "POST"),
    "/v1/trainings/{job_id}": ("GET", "DELETE"),
    "/v1/trainings/{job_id}/dataset": ("GET",),
    "/v1/trainings/{job_id}/log": ("GET",),
    "/v1/trainings/{job_id}/photos": ("POST",),
    "/v1/trainings/{job_id}/photos/{photo_id}": ("PATCH", "DELETE"),
    "/v1/trainings/{job_id}/submit": ("POST",),
    "/v1/trainings/{job_id}/cancel": ("POST",),
    "/v1/trainings/{job_id}/review": ("POST",),
    "/v1/consents": ("POST",),
    "/v1/consents/{consent_id}": ("DELETE",),
    "/v1/consents/{consent_id}/links": ("GET", "POST"),
    "/v1/consents/{consent_id}/links/{link_id}": ("DELETE",),
    "/v1/account": ("DELETE",),
    "/v1/account/export": ("POST",),
    "/v1/erasures": ("GET",),
    "/v1/erasures/{erasure_id}": ("GET",),
    "/v1/shown": ("GET",),
    "/v1/shown/images/{image_id}": ("POST",),
    "/v1/shown/withdraw": ("POST",),
    "/v1/provenance": ("POST",),
    "/v1/provenance/uploads": ("POST",),
    "/v1/models": ("GET",),
    "/v1/models/{model_id}": ("GET", "PATCH", "DELETE"),
    "/v1/models/{model_id}/restore": ("POST",),
    "/v1/models/{model_id}/weights": ("GET",),
    "/v1/models/{model_id}/generations": ("POST",),
    "/v1/models/{model_id}/images": ("GET",),
    "/v1/images/{image_id}": ("PATCH", "DELETE"),
    "/v1/image-orders/{order_id}": ("GET",),
    "/v1/images/{image_id}/repeats": ("POST",),
    "/v1/images/{image_id}/repairs": ("POST",),
    "/v1/scenes": ("GET",),
    "/v1/downloads": ("POST",),
    "/v1/downloads/{download_id}": ("GET",),
    "/v1/garments": ("GET", "POST"),
    "/v1/garments/{garment_id}": ("GET", "PATCH", "DELETE"),
    "/v1/try-ons": ("POST",),
    "/v1/models/{model_id}/try-ons": ("POST",),
    "/v1/looks": ("GET", "POST"),
    "/v1/looks/{look_id}": ("GET", "PATCH", "DELETE"),
    "/v1/look-books": ("GET", "POST"),
    "/v1/look-books/{look_book_id}": ("GET",),
    "/v1/look-books/{look_book_id}/pause": ("POST",),
    "/v1/look-books/{look_book_id}/resume": ("POST",),
    "/v1/look-books/{look_book_id}/cancel": ("POST",),
    "/webhooks/replicate/{marker}": ("POST",),
    "/hooks/storage": ("POST",),
}
PATTERNS = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): methods for path, methods in PATHS.items()}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """405 with `Allow` where another method is right, else 404; a preflight passes, the API adds what it allows."""
    keys_of_request(event, context)
    asked = event["requestContext"]["http"]
    if asked["method"] == "OPTIONS":
        return answer(204, "text/plain", "")
    allowed = next((methods for pattern, methods in PATTERNS.items() if pattern.fullmatch(asked["path"])), ())
    refused = refusal(_other_method(asked["path"], allowed) if allowed else NOWHERE, event)
    may = {"Allow": ", ".join(allowed)} if allowed else {}
    return {**refused, "headers": {**refused["headers"], **may}}


NOWHERE = Refused(
    "There is nothing at this address.",
    hint="Check the path, letter by letter; the API's description lists all there are, and none ends with a slash.",
    code="not_found",
    status=404,
)


def _other_method(path: str, allowed: tuple[str, ...]) -> Refused:
    methods = " or ".join(allowed)
    return Refused(
        f"{path} takes {methods} only.", hint=f"Send it with {methods}.", code="method_not_allowed", status=405
    )
