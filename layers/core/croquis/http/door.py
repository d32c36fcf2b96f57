"""What the doors of people share: the resolver, the signed-in owner, the parameters of their routes."""

import json
from contextlib import suppress
from contextvars import ContextVar
from hashlib import sha256
from typing import Annotated, Any, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Depends, Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from pydantic import BaseModel

from croquis.domain import cursor
from croquis.domain.garments.garment import GarmentCategory, GarmentStatus
from croquis.domain.ids import (
    ConsentId,
    DownloadId,
    ErasureId,
    GarmentId,
    ImageId,
    JobId,
    LinkId,
    LookBookId,
    LookId,
    ModelId,
    OrderId,
    PhotoId,
)
from croquis.domain.images.image import ImageKind
from croquis.domain.runs.log_place import FORM as LOG_PLACE
from croquis.domain.strict_json import NotStrictJson, decoded, decoded_object
from croquis.errors import Refused
from croquis.http.messages import HEADERS, header, raw_body, refusal
from croquis.http.problems import CONTENT_TYPE
from croquis.http.requests import Day
from croquis.observability import keys_of_request
from croquis.ports import Owner
from croquis.wiring import croquis

MAX_JSON_BODY = 64_000
WITH_BODY = ("POST", "PATCH")  # whatever else brings one, nobody reads it
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

_caller: ContextVar[Owner] = ContextVar("caller")
_body: ContextVar[str] = ContextVar("body")


def signed_in() -> Owner:
    """The owner that the access token of this call proved."""
    return _caller.get()


def sent_sha256() -> str:
    """What an Idempotency-Key binds: the body as it came, but for the order of its keys; nothing that we make of it."""
    text = _body.get()
    with suppress(NotStrictJson):  # what is no JSON is refused before anything is bound to it
        text = json.dumps(decoded(text), sort_keys=True)
    return sha256(text.encode()).hexdigest()


SignedIn = Annotated[Owner, Depends(signed_in)]
Sent = Annotated[str, Depends(sent_sha256)]
JobInPath = Annotated[JobId, Path(pattern=UUID, description="The training's id.")]
PhotoInPath = Annotated[PhotoId, Path(pattern=UUID, description="The photo's id.")]
ModelInPath = Annotated[ModelId, Path(pattern=UUID, description="The model's id.")]
ImageInPath = Annotated[ImageId, Path(pattern=UUID, description="The image's id.")]
OrderInPath = Annotated[OrderId, Path(pattern=UUID, description="The order's id.")]
DownloadInPath = Annotated[DownloadId, Path(pattern=UUID, description="The download's id.")]
ErasureInPath = Annotated[ErasureId, Path(pattern=UUID, description="The erasure's id.")]
GarmentInPath = Annotated[GarmentId, Path(pattern=UUID, description="The garment's id.")]
LookInPath = Annotated[LookId, Path(pattern=UUID, description="The look's id.")]
LookBookInPath = Annotated[LookBookId, Path(pattern=UUID, description="The look-book's id.")]
LinkInPath = Annotated[LinkId, Path(pattern=UUID, description="The link's id.")]
ConsentInPath = Annotated[ConsentId, Path(pattern=UUID, description="The consent's id.")]
LogCursor = Annotated[str | None, Query(pattern=LOG_PLACE, description="`next` of the previous response, unchanged.")]
_KEY = Header(
    alias="Idempotency-Key",
    min_length=8,
    max_length=200,
    pattern=r"^[\x21-\x7e]+$",
    description="A fresh random key with each order, the same key when the same call is repeated. "
    "Every order needs one, a dry run none.",
)
KeyIfItSpends = Annotated[str | None, _KEY]
Cursor = Annotated[str | None, Query(pattern=cursor.FORM, description="`next` of the previous page, unchanged.")]


OfKind = Annotated[ImageKind | None, Query(description="Only the previews, or only what was ordered.")]
OfCategory = Annotated[GarmentCategory | None, Query(description="Only the garments of this category.")]
InStatus = Annotated[GarmentStatus | None, Query(description="Only the garments that are so far.")]
Since = Annotated[Day | None, Query(description="Only what was ordered on this day (UTC) or later.")]
Until = Annotated[Day | None, Query(description="Only what was ordered on this day (UTC) or earlier.")]
Favourite = Annotated[bool | None, Query(description="Only the favourites, or only the others.")]
Accepted = Annotated[bool | None, Query(description="Only the accepted ones, or only the others.")]
Confirmed = Annotated[str | None, Query(description="`erase`, unless it is a dry run: it cannot be taken back.")]
DryRun = Annotated[bool, Query(description="true only says what would go, and changes nothing.")]
Archived = Annotated[bool, Query(description="true lists the archived models, and only those.")]


class Door(APIGatewayHttpResolver):
    """A resolver whose every answer is JSON with our headers, and whose every error has a hint."""

    def __init__(self) -> None:
        super().__init__(enable_validation=True, json_body_deserializer=json_object)  # pyright: ignore[reportUnknownMemberType]  its types are open
        self.exception_handler(Exception)(self._refuse)

    def open(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one HTTP event of a signed-in user; whoever proves nothing is refused before anything is read."""
        keys_of_request(event, context)
        try:
            self._admit(header(event, "authorization"))
            _body.set(text := _json_text(event))
        except Exception as error:  # noqa: BLE001  every error is translated, and logged, in one place
            return refusal(error, event)
        found = self.resolve(_as_json(event, text), context)
        # a 204's body is None, which an HTTP API takes and not every stand-in for one does
        return {**found, "body": found.get("body") or "", "headers": {**HEADERS, **found.get("headers", {})}}

    def _admit(self, authorization: str) -> None:
        _caller.set(croquis().owner_of(authorization))

    def _refuse(self, error: Exception) -> Response[str]:
        refused = refusal(error, self.current_event.raw_event, self._body_model())
        return Response(refused["statusCode"], CONTENT_TYPE, refused["body"], headers=refused["headers"])

    def _body_model(self) -> type[BaseModel] | None:
        """What the body of the route that was found must fit."""
        context = cast("dict[str, Any]", self.context)  # pyright: ignore[reportUnknownMemberType]  its types are open
        fields: list[Any] = context["_route"].dependant.body_params if "_route" in context else []
        return fields[0].type_ if fields else None


def json_object(text: str) -> dict[str, Any]:
    """The one object that a body must be, or the resolver's own error for whatever is something else."""
    try:
        return decoded_object(text)
    except NotStrictJson as why:
        raise json.JSONDecodeError(str(why), "", 0) from None


def _as_json(event: dict[str, Any], text: str) -> dict[str, Any]:
    """The event with its body as text, of the one type and spelling that the resolver knows."""
    headers: dict[str, str] = event.get("headers") or {}
    others = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return {**event, "headers": {**others, "content-type": "application/json"}, "body": text, "isBase64Encoded": False}


def _json_text(event: dict[str, Any]) -> str:
    if event["requestContext"]["http"]["method"] not in WITH_BODY:
        return ""
    body = raw_body(event, limit=MAX_JSON_BODY)
    if not body:
        return ""
    if header(event, "content-type").partition(";")[0].strip().lower() != "application/json":
        raise Refused(
            "The body is not sent as JSON.",
            hint="Send the header `Content-Type: application/json`; photos go to their upload URL, not here.",
            code="unsupported_media_type",
            status=415,
        )
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            "The body is not UTF-8.", hint="Send JSON, encoded as UTF-8.", code="bad_json", status=400
        ) from error
