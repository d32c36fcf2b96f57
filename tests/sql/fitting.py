"""Try-ons at the database: an owner with an active model, a picture of it and garments, and what they order."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from sql.story import CONSENT, Story, key
from sql.test_withdrawal import consent
from sql.wardrobe import Wardrobe

PRUNA, BANANA, IDM = "prunaai/p-image-try-on", "google/nano-banana-pro", "cuuupid/idm-vton"
USES = ("train", "generate", "try_on")
SAVED = (
    "update public.images set status = 'saved', path = id::text, sha256 = 'x', bytes = 1, content_type = 'image/png',"
    " width = 896, height = 1120, signed = true, ended_at = now() where id = %s"
)
PASSES = {"one_person": "passes", "head_to_toe": "passes", "face": None, "not_copied": None, "codes": []}


@dataclass
class FittingRoom:
    """One owner's."""

    story: Story
    wardrobe: Wardrobe = field(init=False)

    def __post_init__(self) -> None:
        self.story.to("approved")
        self.wardrobe = Wardrobe(self.story.connection, self.story.user)
        self.agrees_to(*USES)

    def agrees_to(self, *uses: str) -> None:
        agreed = CONSENT | {"uses": list(uses)}
        self.story.owner.call("renew_consent", consent_id=consent(self.story), consent=agreed)

    @property
    def model(self) -> str:
        return self.story.seen()["model"]["id"]

    def picture(self, framing: str = "full_body", checks: dict[str, Any] | None = PASSES) -> str:
        """A saved one of the model, with these checks."""
        wish = {"prompt": "a person", "framing": framing, "width": 832, "height": 1216}
        order = self.story.ordered(wishes=[wish])
        [image] = self.images(order["id"])
        self.sql(SAVED, image["id"])
        self.sql("update public.images set checks = %s where id = %s", checks and Jsonb(checks), image["id"])
        return image["id"]

    def garments(self, *categories: str) -> list[str]:
        return [self.wardrobe.ready(category) for category in categories]

    def order(self, idempotency_key: str | None = None, **wish: Any) -> dict[str, Any]:
        return self.story.owner.call("try_on", wish=wish, idempotency_key=idempotency_key or key(), request={})

    def dry_run(self, **wish: Any) -> dict[str, Any]:
        return self.story.owner.call("dry_run_try_on", wish=wish)

    def refusals(self, **asked: Any) -> list[str]:
        """The codes of all that stands against it."""
        return [it["code"] for it in self.dry_run(**asked)["refusals"]]

    def images(self, order: str) -> list[dict[str, Any]]:
        query = "select to_jsonb(i) from public.images i where order_id = %s order by position"
        return [it for (it,) in self.sql(query, order)]

    def money(self) -> tuple[Decimal, Decimal]:
        return self.story.money()

    def made(self, image: str) -> None:
        """Ordered at the provider, done there, and saved."""
        opened = self.story.opened_image(image)
        self.story.started(opened["attempt"]["id"])
        self.story.ended(opened["attempt"]["id"], seconds=3)
        saved = {"path": image, "sha256": "x", "bytes": 1, "content_type": "image/png", "width": 8, "height": 8}
        self.story.worker.call("save_image", image=image, saved=saved | {"signed": True})

    def checked(self, image: str, *, again: bool) -> str | None:
        return self.story.worker.call("record_try_on_checks", image=image, checks=PASSES, again=again)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        done = self.story.connection.execute(query, values)  # pyright: ignore[reportArgumentType]
        return done.fetchall() if done.description else []
