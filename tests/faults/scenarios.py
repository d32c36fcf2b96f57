"""What owners do in a run of faults. An owner repeats a call that was not answered, with the same key, as pages do."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from faults.world import BEGIN, World
from scenes import small_photos
from studio import CONSENT

from sandbox.supabase.user_tokens import access_token

AGAIN_SECONDS = 20
NAMES = ("Wilhelmina Featherstone", "Ottoline Quackenbush")
PROMPTED = "leaning on a turquoise bicycle"
BOX = {"preset": "compact", "steps": 20, "lora_rank": 1, "resolution": "512"}


@dataclass
class Owner:
    """One signed-in person; `answers` are the statuses that each of their calls ended with."""

    world: World
    name: str
    number: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    job: str = ""
    model: str = ""
    orders: list[str] = field(default_factory=list[str])
    answers: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        settings = replace(self.world.project, access_token_seconds=10 * 86_400)
        self.token = access_token(settings, self.id, now=int(BEGIN))

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
            then(json.loads(answer.body or b"null"))

        self.world.later(0, ask)

    def draft(self) -> None:
        """Eight accepted photos, whose objects all runs share."""
        opened = {"model_name": self.name, "gender": "female", "consent": CONSENT}
        self.call("POST", "/v1/trainings", opened, lambda view: setattr(self, "job", view["id"]))
        self.world.run(self.world.now())
        for slot, data in enumerate(small_photos(), 1):
            path = f"faults/{slot}.jpg"
            self.world.rows(
                "insert into training_photos (job_id, owner_id, slot, status, content_type, announced_bytes,"
                " upload_path, width, height, bytes, sha256, clean_path, thumbnail_path, seen)"
                " values (%s, %s, %s, 'accepted', 'image/jpeg', %s, %s, 640, 960, %s, %s, %s, %s, '{}')",
                *(self.job, self.id, slot, len(data), f"{self.id}/{slot}"),
                *(len(data), sha256(data).hexdigest(), path, path),
            )

    def submit(self) -> None:
        self.call("POST", f"/v1/trainings/{self.job}/submit", BOX)

    def cancel(self) -> None:
        self.call("POST", f"/v1/trainings/{self.job}/cancel")

    def review(self, decision: str) -> None:
        self.call(
            "POST",
            f"/v1/trainings/{self.job}/review",
            {"decision": decision, **({"parameters": BOX} if decision == "retry" else {})},
        )

    def order(self, count: int) -> None:
        found = self.world.rows("select id from ai_models where job_id = %s and status = 'active'", self.job)
        if found:
            wish = {"pose": PROMPTED, "count": count, "seed": 7}
            path = f"/v1/models/{found[0]['id']}/generations"
            self.call("POST", path, wish, lambda view: self.orders.append(view["id"]))

    @property
    def status(self) -> str:
        return str(self.world.rows("select status from lora_training_jobs where id = %s", self.job)[0]["status"])


@dataclass(frozen=True)
class Scenario:
    """`begin` what the owners do at first; `next`, once all is quiet, what they do then, as long as there is some."""

    name: str
    owners: int
    begin: Callable[[World, list[Owner]], object]
    next: tuple[Callable[[World, list[Owner]], object], ...] = ()
    before: tuple[Callable[[World, list[Owner]], object], ...] = ()  # without faults
    ends: str = "in_review"  # how each owner's job stands after a clean run


def submitting(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        owner.submit()


def canceling_after(seconds: float) -> Callable[[World, list[Owner]], object]:
    def begin(world: World, owners: list[Owner]) -> None:
        submitting(world, owners)
        world.later(seconds, owners[0].cancel)

    return begin


def failing(world: World, owners: list[Owner]) -> None:
    world.faults(training_ends="failed")
    submitting(world, owners)


def trying_again(world: World, owners: list[Owner]) -> None:
    world.faults()
    if owners[0].status == "failed":
        owners[0].review("retry")


def approving(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        if owner.status == "in_review":
            owner.review("approve")


def ordering(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        owner.order(2)


SCENARIOS = {
    it.name: it
    for it in (
        Scenario("training", 1, submitting),
        Scenario("pictures", 1, ordering, before=(submitting, approving), ends="approved"),
        Scenario("cancel", 1, canceling_after(120), ends="canceled"),
        Scenario("cancel_at_once", 1, canceling_after(0), ends="canceled"),
        Scenario("retry", 1, failing, (trying_again,)),
        Scenario("two_owners", 2, submitting, (approving, ordering), ends="approved"),
    )
}


def play(world: World, scenario: Scenario) -> list[Owner]:
    """The owners, after all has come to its end."""
    owners = [Owner(world, NAMES[number], number) for number in range(scenario.owners)]
    world.recorder.on = False
    for owner in owners:
        owner.draft()
    for step in scenario.before:
        step(world, owners)
        world.to_the_end(lambda: settled(world))
    world.recorder.on = True
    for step in (scenario.begin, *scenario.next):
        step(world, owners)
        world.to_the_end(lambda: settled(world))
    return owners


def settled(world: World) -> bool:
    """Nothing is open: no job works, no picture is awaited, no attempt may still cost something."""
    [found] = world.rows(
        "select exists (select from training_runs r where croquis.is_working(r.status))"
        " or exists (select from images i where croquis.is_open(i.status))"
        " or exists (select from provider_attempts a where croquis.is_open(a.state))"
        " or exists (select from provider_runs p where not p.over)"
        " or exists (select from provider_attempts a where a.callback_due is not null and a.callback_sent_at is null"
        " and a.task_token is not null) as open"
    )
    return not found["open"]


def stock(world: World) -> None:
    """Put the photos that all runs share where the dataset finds them, once."""
    files = world.neighbours.files
    for slot, data in enumerate(small_photos(), 1):
        files.write("training-photos", f"faults/{slot}.jpg", data, content_type="image/jpeg")


__all__ = ["BEGIN", "SCENARIOS", "Owner", "Scenario", "play", "settled", "stock"]
