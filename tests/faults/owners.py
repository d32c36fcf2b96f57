"""Whoever uses Croquis in a run of faults: a call that was not answered is repeated with the same key, as pages do."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from faults.world import BEGIN, World
from scenes import garment_pictures, small_photos
from studio import CONSENT

from croquis.http.tokens import MAX_LIFE_S
from sandbox.supabase.user_tokens import access_token

AGAIN_SECONDS = 20
NAMES = ("Wilhelmina Featherstone", "Ottoline Quackenbush")
PROMPTED = "leaning on a turquoise bicycle"
GARMENT = "Aubergine redingote"
BOX = {"preset": "compact", "steps": 20, "lora_rank": 1, "resolution": "512"}


@dataclass
class Owner:
    """One signed-in person; `answers` are the statuses that each of their calls ended with."""

    world: World
    name: str
    number: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    job: str = ""
    trigger_word: str = ""
    answers: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        settings = replace(self.world.project, access_token_seconds=MAX_LIFE_S)
        self.email = f"{self.name.split()[1].lower()}@example.net"
        self.token = access_token(settings, self.id, self.email, now=int(BEGIN))

    def call(self, method: str, path: str, body: Any = None, then: Callable[[Any], object] = lambda _: None) -> None:
        """Now, and again every twenty seconds until there is an answer that is none of 5xx."""
        headers = {
            "authorization": f"Bearer {self.token}", "content-type": "application/json",
            "idempotency-key": sha256(f"{self.id}{path}{body}".encode()).hexdigest(),
        }  # fmt: skip
        content = b"" if body is None else json.dumps(body).encode()

        def ask() -> None:
            answer = self.world.ask(method, path, headers, content)
            if answer.status >= 500:
                self.world.later(AGAIN_SECONDS, ask)
                return
            self.answers.append(answer.status)
            if answer.status < 400:
                then(json.loads(answer.body or b"null"))

        self.world.later(0, ask)

    def draft(self, photos: int) -> None:
        """So many accepted photos, whose objects all runs share."""
        opened = {"model_name": self.name, "gender": "female", "consent": CONSENT}
        self.call("POST", "/v1/trainings", opened, lambda view: setattr(self, "job", view["id"]))
        self.world.until(lambda: bool(self.job))  # Postgres may have been restarted when the last run ended
        self.trigger_word = self._row("trigger_word")
        for slot, data in enumerate(small_photos()[:photos], 1):
            path = f"faults/{slot}.jpg"
            self.world.rows(
                "insert into training_photos (job_id, owner_id, slot, status, content_type, announced_bytes,"
                " upload_path, width, height, bytes, sha256, clean_path, thumbnail_path, seen)"
                " values (%s, %s, %s, 'accepted', 'image/jpeg', %s, %s, 640, 960, %s, %s, %s, %s, '{}')",
                *(self.job, self.id, slot, len(data), f"{self.id}/{slot}"),
                *(len(data), sha256(data).hexdigest(), path, path),
            )

    def upload(self, slot: int) -> None:
        """Announce a photo and put it where the answer says."""
        data = small_photos()[slot - 1]
        announced = {"slot": slot, "content_type": "image/jpeg", "bytes": len(data)}
        path = f"/v1/trainings/{self.job}/photos"
        self.call("POST", path, announced, lambda view: self.world.put(view["upload_url"], data))

    def bring(self, category: str) -> None:
        """Announce a garment and put its picture where the answer says."""
        data = garment_pictures()[category]
        announced = {"name": GARMENT, "category": category, "content_type": "image/jpeg", "bytes": len(data)}
        self.call("POST", "/v1/garments", announced, lambda view: self.world.put(view["upload_url"], data))

    def keep_look(self) -> None:
        """Of every garment that is ready."""
        ready = self.world.rows("select id from garments where owner_id = %s and status = 'ready'", self.id)
        self.call("POST", "/v1/looks", {"name": GARMENT, "garment_ids": [str(it["id"]) for it in ready]})

    def put_away(self) -> None:
        """Remove every garment."""
        for it in self.world.rows("select id from garments where owner_id = %s", self.id):
            self.call("DELETE", f"/v1/garments/{it['id']}")

    def submit(self, then: Callable[[Any], object] = lambda _: None) -> None:
        self.call("POST", f"/v1/trainings/{self.job}/submit", BOX, then)

    def cancel(self) -> None:
        self.call("POST", f"/v1/trainings/{self.job}/cancel")

    def review(self, decision: str) -> None:
        self.call(
            "POST",
            f"/v1/trainings/{self.job}/review",
            {"decision": decision, **({"parameters": BOX} if decision == "retry" else {})},
        )

    def withdraw(self) -> None:
        """Take back the consent of the person in the photos."""
        self.call("DELETE", f"/v1/consents/{self._row('consent_id')}")

    def erase(self, *, account: bool = False) -> None:
        """The training, with its model where there is one; or all that is theirs."""
        self.call("DELETE", "/v1/account?confirm=erase" if account else f"/v1/trainings/{self.job}?confirm=erase")

    def erase_account(self) -> None:
        """And the sign-in with it, which there is from now on."""
        self.world.rows("insert into auth.users (id, email) values (%s, %s)", self.id, f"{self.number}@example.com")
        self.call("DELETE", "/v1/account?confirm=erase")

    def order(self, count: int, then: Callable[[], object] = lambda: None) -> None:
        found = self.world.rows("select id from ai_models where job_id = %s and status = 'active'", self.job)
        if found:
            wish = {"pose": PROMPTED, "count": count, "seed": 7}
            path = f"/v1/models/{found[0]['id']}/generations"
            self.call("POST", path, wish, lambda _: then())

    def repair(self) -> None:
        """The face of one of the pictures."""
        found = self.world.rows(
            "select id from images where job_id = %s and kind = 'generation' and status = 'saved' order by position",
            self.job,
        )
        for image in found[:1]:
            self.call("POST", f"/v1/images/{image['id']}/repairs", {"seed": 7})

    def take_home(self) -> None:
        """All pictures of the model, in a ZIP."""
        for it in self.world.rows("select id::text from ai_models where job_id = %s", self.job):
            self.call("POST", "/v1/downloads", {"model_id": it["id"]})

    def share_with_the_person(self) -> None:
        """A link that opens what is made of them, without an account."""
        path = f"/v1/consents/{self._row('consent_id')}/links"
        self.call("POST", path, {"days": 7})
        self.call("GET", path)

    def agree_to_try_ons(self) -> None:
        """The person in the photos does."""
        agreed = {**CONSENT, "consent_id": self._row("consent_id"), "uses": ["train", "generate", "try_on"]}
        self.call("POST", "/v1/consents", agreed)

    def try_on(self, category: str) -> None:
        """A garment on a preview, and once more where the checks find something."""
        found = self.world.rows(
            "select i.id as image, g.id as garment from images i join garments g on g.owner_id = i.owner_id"
            " where i.job_id = %s and i.kind = 'preview' and i.framing = 'full_body' and i.status = 'saved'"
            " and g.category::text = %s and g.status = 'ready' order by i.position",
            *(self.job, category),
        )
        for it in found[:1]:
            order = {"image_id": str(it["image"]), "garment_ids": [str(it["garment"])], "retry_once": True, "seed": 7}
            self.call("POST", "/v1/try-ons", order)

    def garment(self, category: str, number: int = 0) -> str:
        """One that is ready, whose picture all runs share."""
        name = f"{category}{number}"
        [found] = self.world.rows(
            "insert into garments (owner_id, name, category, status, content_type, announced_bytes, upload_path, width,"
            " height, bytes, sha256, clean_path, thumbnail_path, seen) values (%s, %s, %s, 'ready',"
            " 'image/jpeg', 9, %s, 600, 800, 9, %s, %s, %s, '{}') returning id::text",
            *(
                self.id,
                GARMENT,
                category,
                f"{self.id}/{name}",
                "0" * 64,
                f"faults/{name}.jpg",
                f"faults/{name}.small.jpg",
            ),
        )
        return str(found["id"])

    def order_look_book(self, garments: list[str], columns: int, budget: float) -> None:
        """Each garment is a look of its own."""
        found = self.world.rows("select id::text from ai_models where job_id = %s and status = 'active'", self.job)
        if found:
            grid = {
                "rows": [{"garment_ids": [it]} for it in garments],
                "columns": [{"pose": f"{PROMPTED}, number {it}"} for it in range(columns)],
            }
            self.call("POST", "/v1/look-books", {"model_id": found[0]["id"], "budget_usd": budget, "seed": 7, **grid})

    def cancel_look_book(self) -> None:
        for it in self.world.rows("select id::text from look_books where owner_id = %s", self.id):
            self.call("POST", f"/v1/look-books/{it['id']}/cancel")

    @property
    def status(self) -> str:
        return self._row("status")

    def _row(self, column: str) -> str:
        return str(self.world.rows("select * from lora_training_jobs where id = %s", self.job)[0][column])
