"""Ids in bodies: another owner's thing is told like one that does not exist, in each field that holds an id (AS-07)."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from contracts.openapi import CONTRACT
from doors.drafts import draft, garment_of, look_of, pictures
from doors.exchange import NOBODY, Answer, event, send
from studio import CONSENT, Studio, User

from croquis.domain.strict_json import decoded_object

Things = dict[str, str]
COLUMN = {"scene": "studio"}
USES = CONSENT | {"uses": ["train", "generate", "try_on", "face_measurement"]}


def look_book(mine: Things, **changes: Any) -> dict[str, Any]:
    rows = [{"garment_ids": [mine["garment_id"]]}]
    return {"model_id": mine["model_id"], "rows": rows, "columns": [COLUMN], "budget_usd": 1.5} | changes


# event, and the body that is the caller's own but for the one id
BODIES: dict[str, tuple[str, Any]] = {
    "POST /v1/account/export model_id": ("order_export", lambda mine, it: {"model_id": it}),
    "POST /v1/consents consent_id": ("renew_consent", lambda mine, it: USES | {"consent_id": it}),
    "POST /v1/downloads image_ids": ("order_download", lambda mine, it: {"image_ids": [mine["image_id"], it]}),
    "POST /v1/downloads model_id": ("order_download", lambda mine, it: {"model_id": it}),
    "POST /v1/look-books model_id": ("order_look_book", lambda mine, it: look_book(mine, model_id=it)),
    "POST /v1/look-books garment_ids": (
        "order_look_book",
        lambda mine, it: look_book(mine, rows=[{"garment_ids": [it]}]),
    ),
    "POST /v1/look-books look_id": ("order_look_book", lambda mine, it: look_book(mine, rows=[{"look_id": it}])),
    "POST /v1/look-books image_id": ("order_look_book", lambda mine, it: look_book(mine, columns=[{"image_id": it}])),
    "POST /v1/looks garment_ids": ("add_look", lambda mine, it: {"name": "For snow", "garment_ids": [it]}),
    "PATCH /v1/looks/{look_id} garment_ids": ("change_look", lambda mine, it: {"garment_ids": [it]}),
    "POST /v1/models/{model_id}/try-ons look_id": ("order_quick_try_on", lambda mine, it: {"look_id": it}),
    "POST /v1/try-ons image_id": (
        "order_try_on",
        lambda mine, it: {"image_id": it, "garment_ids": [mine["garment_id"]]},
    ),
    "POST /v1/try-ons garment_ids": (
        "order_try_on",
        lambda mine, it: {"image_id": mine["image_id"], "garment_ids": [it]},
    ),
    "POST /v1/try-ons look_id": ("order_try_on", lambda mine, it: {"image_id": mine["image_id"], "look_id": it}),
    "POST /v1/provenance upload_id": ("ask_provenance", lambda mine, it: {"upload_id": it}),
}
NO_THING = {"POST /hooks/storage object_id"}  # signed, and of no owner


def things(studio: Studio, owner: User) -> Things:
    job, garment = draft(studio, owner, photos=8), garment_of(studio, owner)
    image = pictures(studio, owner, job, 1)[0]
    row = studio.row("select model_id from public.images where id = %s", image)
    consent = studio.row("select consent_id from public.lora_training_jobs where id = %s", job)["consent_id"]
    token = studio.gateway.token(owner.id)
    renewed = send(event("renew_consent", token=token, body=USES | {"consent_id": str(consent)}))
    consent = renewed.json["id"]
    upload = send(event("bring_picture", token=token)).json["upload_id"]
    return {
        "image_id": image, "model_id": str(row["model_id"]), "garment_id": garment, "consent_id": str(consent),
        "look_id": look_of(studio, owner, garment), "upload_id": upload,
    }  # fmt: skip


@pytest.fixture(scope="module")
def theirs(studio: Studio, maya: User) -> Things:
    return things(studio, maya)


@pytest.fixture(scope="module")
def mallory(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def mine(studio: Studio, mallory: User) -> Things:
    return things(studio, mallory)


def ids_in_bodies() -> Iterator[str]:
    """Each route with each field of its body that holds an id, however deep."""
    document: Any = decoded_object(CONTRACT.read_bytes())

    def fields(schema: Any) -> Iterator[str]:
        if "$ref" in schema:
            yield from fields(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        for name, inner in schema.get("properties", {}).items():
            yield from [name] if name.endswith(("_id", "_ids")) else fields(inner)
        for inner in (
            *schema.get("anyOf", ()),
            *schema.get("oneOf", ()),
            *([schema["items"]] if "items" in schema else []),
        ):
            yield from fields(inner)

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation and "/webhooks/" not in path:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                yield from (f"{method.upper()} {path} {name}" for name in fields(schema))


def test_there_is_a_body_for_every_id_that_a_body_may_hold() -> None:
    assert {*ids_in_bodies()} == BODIES.keys() | NO_THING


@pytest.mark.parametrize("where", BODIES)
def test_what_is_anothers_is_told_like_what_does_not_exist(
    studio: Studio, mallory: User, mine: Things, theirs: Things, where: str
) -> None:
    """AS-07: to the byte but for the id that was sent; that it is the id which is judged, one's own shows."""
    name, body = BODIES[where]
    kind = where.rpartition(" ")[2].replace("_ids", "_id")

    def answered(given: str) -> Answer:
        token = studio.gateway.token(mallory.id)
        fresh = {"Idempotency-Key": uuid4().hex}
        answer = send(event(name, token=token, body=body(mine, given), headers=fresh, **mine))
        return Answer(answer.status, answer.headers, answer.body.replace(given, NOBODY))

    anothers = answered(theirs[kind])
    assert anothers == answered(NOBODY)
    assert 400 <= anothers.status < 500
    assert answered(mine[kind]) != anothers
