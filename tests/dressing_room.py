"""What try-ons need: an owner with an active model, who may order them, its best preview, and sample garments."""

import uuid
from typing import Any

from scenes import approved
from studio import CONSENT, Studio, User
from waiting import until

from sandbox import ROOT

SAMPLES = ROOT / "sandbox/demo_garments"
CATEGORIES = {"coat": "outerwear"}
USES = ["train", "generate", "try_on", "face_measurement"]


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.png").read_bytes()


def agreed(user: User, model: str, *uses: str) -> None:
    """The person shown agrees to these uses, and no others."""
    job = user.http.get(f"/v1/models/{model}").json()["job_id"]
    consent = user.http.get(f"/v1/trainings/{job}").json()["consent"]["id"]
    renewed = {**CONSENT, "consent_id": consent, "uses": list(uses or USES)}
    assert user.post("/v1/consents", renewed).status_code == 201


def dressed_model(user: User) -> str:
    """An active model whose person agrees to try-ons."""
    agreed(user, model := approved(user))
    return model


def garment(user: User, name: str) -> str:
    """A sample that was uploaded and is ready."""
    data = sample(name)
    announced = {"name": f"My {name}", "category": CATEGORIES.get(name, name), "content_type": "image/png"}
    upload = user.post("/v1/garments", {**announced, "bytes": len(data)}).json()
    user.put(upload["upload_url"], data, upload["content_type"])
    found = upload["garment"]["id"]
    path = f"/v1/garments/{found}"
    view = until(
        lambda: (it := user.http.get(path).json())["status"] not in ("awaiting_upload", "uploaded", "checking") and it
    )
    assert view["status"] == "ready", view["findings"]
    return found


def picture(user: User, model: str) -> str:
    """A preview of the whole person."""
    images = user.http.get(f"/v1/models/{model}/images").json()["images"]
    return next(it["id"] for it in images if it["framing"] == "full_body")


def ordered(user: User, path: str = "/v1/try-ons", **body: Any) -> dict[str, Any]:
    """The order when nothing is written of its pictures any more."""
    answer = user.post(path, body, key=str(uuid.uuid4()))
    assert answer.status_code == 202, answer.text
    return done(user, answer.json()["id"])


def done(user: User, order: str) -> dict[str, Any]:
    """The order when each of its pictures was made and looked at, or failed."""

    def over() -> Any:
        found = read(user, order)
        return all(it["status"] == "failed" or it["checks"] for it in found["images"]) and found

    return until(over)


def read(user: User, order: str) -> dict[str, Any]:
    return user.http.get(f"/v1/image-orders/{order}").raise_for_status().json()


def paid(studio: Studio) -> list[Any]:
    """The try-ons on the provider's bill."""
    return [it for it in studio.twin.ledger if it.kind == "prediction" and "lora_scale" not in it.input]
