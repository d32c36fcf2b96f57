"""A day as a page spends it: every route of the contract is called once, where it has something to say.

Each call is made as a browser makes it: the preflight first, then the call with the page's origin.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from doors.replicate import body, signed
from route_checks import PAGE
from scenes import small_photos
from studio import CONSENT
from waiting import until

from sandbox import ROOT

GARMENTS = ROOT / "sandbox/demo_garments"
ERASE = "?confirm=erase"
WAITING = ("awaiting_upload", "uploaded", "checking")


@dataclass(frozen=True)
class Called:
    """What was asked and answered before a call, and by it."""

    asked: Mapping[str, str]
    preflight: httpx.Response
    answer: httpx.Response


@dataclass
class Page:
    """Calls as its signed-in user and remembers, of each route, the last call: then there is most to say."""

    api: httpx.Client
    calls: dict[str, Called] = field(default_factory=dict)

    def call(self, route: str, given: object = None, *, key: bool = False, query: str = "", **names: str) -> Any:
        """The JSON of the answer; `names` are the path's parameters."""
        headers = {"Idempotency-Key": secrets.token_hex(8)} if key else {}
        if given is not None:
            headers["Content-Type"] = "application/json"
        content = None if given is None else json.dumps(given).encode()
        return self.send(route, content, headers, ("Authorization", *headers), query, **names)

    def send(
        self,
        route: str,
        content: bytes | None,
        headers: Mapping[str, str],
        told: tuple[str, ...] = ("Content-Type",),
        query: str = "",
        **names: str,
    ) -> Any:
        """The same with any body and headers; `told` are those that the preflight names."""
        method, template = route.split()
        path = template.format(**names) + query
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": ",".join(told).lower()}
        preflight = self.api.options(path, headers={**asked, "Origin": PAGE})
        answer = self.api.request(method, path, content=content, headers={**headers, "Origin": PAGE})
        self.calls[route] = Called(asked, preflight, answer)
        return answer.json() if answer.content else None


@dataclass
class Day:
    """`marker`, `provider_id` and `landed` look into the database for what only a neighbour knows."""

    page: Page
    hook_secret: str
    webhook_secret: str
    attempt_of: Any
    landed_of: Any

    def spend(self) -> None:
        job = self._draft()
        self._train(job)
        model = self._approve(job)
        image = self._order(model)
        self._dress(model, image)
        self._decide(job, image)
        self._download(image)
        self.page.call("DELETE /v1/images/{image_id}", image_id=image)
        self._ask_where_from()
        self._cancel()
        self._hear_from_neighbours(job)
        self._erase(job, model)

    def _draft(self) -> str:
        page = self.page
        agreed = {**CONSENT, "uses": ["train", "generate", "try_on"]}
        consent = {"model_name": "Maya Chen", "gender": "female", "consent": agreed}
        job = page.call("POST /v1/trainings", consent)["id"]
        photos = [self._upload(job, slot, data) for slot, data in enumerate(small_photos(), 1)]
        ninth = page.call("POST /v1/trainings/{job_id}/photos", _announced(9, b"x"), job_id=job)["photo"]["id"]
        page.call("DELETE /v1/trainings/{job_id}/photos/{photo_id}", job_id=job, photo_id=ninth)
        until(lambda: not any(it["status"] in WAITING for it in self._read(job)["photos"]))
        said = {"clothes": "a grey dress"}
        page.call("PATCH /v1/trainings/{job_id}/photos/{photo_id}", said, job_id=job, photo_id=photos[0])
        page.call("GET /v1/trainings/{job_id}/dataset", job_id=job)
        page.call("GET /v1/trainings")
        return str(job)

    def _upload(self, job: str, slot: int, data: bytes) -> str:
        signed_upload = self.page.call("POST /v1/trainings/{job_id}/photos", _announced(slot, data), job_id=job)
        headers = {"Content-Type": "image/jpeg", "Origin": PAGE}
        httpx.put(signed_upload["upload_url"], content=data, headers=headers, timeout=60).raise_for_status()
        return str(signed_upload["photo"]["id"])

    def _read(self, job: str) -> Any:
        return self.page.call("GET /v1/trainings/{job_id}", job_id=job)

    def _train(self, job: str) -> None:
        wanted = {"preset": "compact", "steps": 20}
        self.page.call("POST /v1/trainings/{job_id}/submit", wanted, key=True, job_id=job)
        until(lambda: self._read(job)["status"] in ("in_review", "failed"))
        self.page.call("GET /v1/trainings/{job_id}/log", job_id=job)

    def _approve(self, job: str) -> str:
        self.page.call("POST /v1/trainings/{job_id}/review", {"decision": "approve"}, key=True, job_id=job)
        model = self.page.call("GET /v1/models")["models"][0]["id"]
        self.page.call("GET /v1/models/{model_id}", model_id=model)
        self.page.call("PATCH /v1/models/{model_id}", {"name": "Maya in winter"}, model_id=model)
        self.page.call("POST /v1/models/{model_id}/restore", {"run": 1}, model_id=model)
        self.page.call("GET /v1/models/{model_id}/weights", model_id=model)
        return str(model)

    def _order(self, model: str) -> str:
        wish = {"pose": "standing"}
        order = self.page.call("POST /v1/models/{model_id}/generations", wish, key=True, model_id=model)["id"]
        route = "GET /v1/image-orders/{order_id}"
        until(lambda: self.page.call(route, order_id=order)["images"][0]["status"] in ("saved", "failed"))
        self.page.call("GET /v1/scenes")
        image = self.page.call("GET /v1/models/{model_id}/images", model_id=model)["images"][0]["id"]
        self.page.call("PATCH /v1/images/{image_id}", {"favourite": True}, image_id=image)
        change = {"changes": {"scene": "street"}}
        self.page.call("POST /v1/images/{image_id}/repeats", change, key=True, image_id=image)
        self.page.call("POST /v1/images/{image_id}/repairs", {"strength": 0.4}, key=True, image_id=image)
        return str(image)

    def _download(self, image: str) -> None:
        download = self.page.call("POST /v1/downloads", {"image_ids": [image]}, key=True)["id"]
        self.page.call("POST /v1/account/export", {}, key=True)
        route = "GET /v1/downloads/{download_id}"
        until(lambda: self.page.call(route, download_id=download)["status"] != "working")

    def _dress(self, model: str, image: str) -> None:
        """Two garments are uploaded and kept as a look; then the look goes, and one of them."""
        page, data = self.page, {it: (GARMENTS / f"{it}.png").read_bytes() for it in ("upper", "lower")}
        worn = [self._bring(category, picture) for category, picture in data.items()]
        until(lambda: page.call("GET /v1/garments/{garment_id}", garment_id=worn[1])["status"] not in WAITING)
        until(lambda: page.call("GET /v1/garments/{garment_id}", garment_id=worn[0])["status"] not in WAITING)
        page.call("GET /v1/garments")
        page.call("PATCH /v1/garments/{garment_id}", {"name": "Red knitted top"}, garment_id=worn[0])
        look = page.call("POST /v1/looks", {"name": "Autumn in town", "garment_ids": worn})["id"]
        page.call("GET /v1/looks/{look_id}", look_id=look)
        page.call("PATCH /v1/looks/{look_id}", {"name": "Autumn by the sea"}, look_id=look)
        page.call("GET /v1/looks")
        page.call("POST /v1/try-ons", {"image_id": image, "look_id": look}, key=True)
        page.call("POST /v1/models/{model_id}/try-ons", {"newest": True}, key=True, model_id=model)
        self._lay_out(model, look)
        page.call("DELETE /v1/looks/{look_id}", look_id=look)
        page.call("DELETE /v1/garments/{garment_id}", garment_id=worn[0])

    def _lay_out(self, model: str, look: str) -> None:
        """A look-book of one look on a picture that is made first; while it is paused it cannot end."""
        page, grid = self.page, {"rows": [{"look_id": look}], "columns": [{"pose": "standing"}], "budget_usd": 0.5}
        book = page.call("POST /v1/look-books", {"model_id": model, **grid}, key=True)["id"]
        page.call("POST /v1/look-books/{look_book_id}/pause", look_book_id=book)
        page.call("GET /v1/look-books")
        page.call("GET /v1/look-books/{look_book_id}", look_book_id=book)
        page.call("POST /v1/look-books/{look_book_id}/resume", look_book_id=book)
        page.call("POST /v1/look-books/{look_book_id}/cancel", look_book_id=book)

    def _bring(self, category: str, picture: bytes) -> str:
        announced = {"name": category, "category": category, "content_type": "image/png", "bytes": len(picture)}
        upload = self.page.call("POST /v1/garments", announced)
        headers = {"Content-Type": "image/png", "Origin": PAGE}
        httpx.put(upload["upload_url"], content=picture, headers=headers, timeout=60).raise_for_status()
        return str(upload["garment"]["id"])

    def _ask_where_from(self) -> None:
        brought = self.page.call("POST /v1/provenance/uploads")
        headers = {"Content-Type": "image/jpeg", "Origin": PAGE}
        httpx.put(brought["upload_url"], content=small_photos()[0], headers=headers, timeout=60).raise_for_status()
        self.page.call("POST /v1/provenance", {"upload_id": brought["upload_id"]})

    def _cancel(self) -> None:
        consent = {"model_name": "Maya Chen", "gender": "female", "consent": CONSENT}
        opened = self.page.call("POST /v1/trainings", consent)
        self.page.call("POST /v1/trainings/{job_id}/cancel", job_id=opened["id"])
        self.page.call("POST /v1/consents", {"consent_id": opened["consent"]["id"], **CONSENT, "uses": ["train"]})
        self._be_shown(opened["consent"]["id"])
        self.page.call("DELETE /v1/consents/{consent_id}", consent_id=opened["consent"]["id"])

    def _erase(self, job: str, model: str) -> None:
        """A training, its model and the account: one erasure answers for the first two."""
        page = self.page
        erasure = page.call("DELETE /v1/trainings/{job_id}", query=ERASE, job_id=job)["id"]
        page.call("DELETE /v1/models/{model_id}", query=ERASE, model_id=model)
        page.call("GET /v1/erasures")
        page.call("GET /v1/erasures/{erasure_id}", erasure_id=erasure)
        page.call("DELETE /v1/account", query=ERASE)

    def _be_shown(self, consent: str) -> None:
        """The person shown comes with their link: they see, and are not asked about pictures."""
        made = self.page.call("POST /v1/consents/{consent_id}/links", {"days": 1}, consent_id=consent)
        link = {"Authorization": f"Link {made['token']}"}
        self.page.send("GET /v1/shown", None, link, ("Authorization",))
        self.page.send("POST /v1/shown/withdraw", None, link, ("Authorization",))
        self.page.call("GET /v1/consents/{consent_id}/links", consent_id=consent)
        route = "DELETE /v1/consents/{consent_id}/links/{link_id}"
        self.page.call(route, consent_id=consent, link_id=made["id"])

    def _decide(self, job: str, image: str) -> None:
        """The person shown approves a picture."""
        consent = self._read(job)["consent"]["id"]
        asked = {"consent_id": consent, **CONSENT, "ask_shown_person": True}
        self.page.call("POST /v1/consents", asked)
        made = self.page.call("POST /v1/consents/{consent_id}/links", {"days": 1}, consent_id=consent)
        link = {"Authorization": f"Link {made['token']}", **JSON}
        said = json.dumps({"decision": "approve"}).encode()
        told = ("Authorization", "Content-Type")
        self.page.send("POST /v1/shown/images/{image_id}", said, link, told, image_id=image)

    def _hear_from_neighbours(self, job: str) -> None:
        """Again what they said before: the calls that no page makes."""
        marker, provider_id = self.attempt_of(job)
        found = signed(body("succeeded", provider_id), secret=self.webhook_secret)
        proof = {name: value for name, value in found["headers"].items() if name.startswith("webhook-")}
        said = body("succeeded", provider_id)
        self.page.send("POST /webhooks/replicate/{marker}", said, {**proof, **JSON}, marker=marker)
        event = json.dumps(self.landed_of(job)).encode()
        self.page.send("POST /hooks/storage", event, {"x-croquis-hook-secret": self.hook_secret, **JSON})


JSON = {"Content-Type": "application/json"}


def _announced(slot: int, data: bytes) -> dict[str, Any]:
    return {"slot": slot, "content_type": "image/jpeg", "bytes": len(data)}
