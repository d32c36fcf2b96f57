"""A look-book, played by calling the functions that the doors and workers call, in their order."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sql.seats import Connection
from sql.story import CONSENT, Story, key
from sql.wardrobe import Wardrobe

SAVED = {"path": "p.png", "sha256": "0" * 64, "bytes": 9, "content_type": "image/png", "width": 8, "height": 8}
GOOD = {"one_person": "passes", "head_to_toe": "passes", "face": None, "not_copied": None}
CONSENT_USES = ["train", "generate", "try_on"]
WHOLE = {"prompt": "a person", "framing": "full_body", "width": 832, "height": 1216}
ENGINE = "prunaai/p-image-try-on"


@dataclass
class Book:
    """One owner's look-book; `rows` are garments, one for each row."""

    connection: Connection
    story: Story = field(init=False)
    garments: list[str] = field(default_factory=list[str])
    id: str = ""

    def __post_init__(self) -> None:
        self.story = Story(self.connection)

    def approved(self) -> "Book":
        """A model of which pictures may be ordered, and tried on."""
        self.story.to("approved")
        consent = self.story.seen()["job"]["consent_id"]
        self.story.owner.call("renew_consent", consent_id=consent, consent={**CONSENT, "uses": CONSENT_USES})
        return self

    @property
    def model(self) -> str:
        return self.story.seen()["model"]["id"]

    @property
    def wardrobe(self) -> Wardrobe:
        return Wardrobe(self.connection, self.story.user)

    def request(self, rows: int = 1, columns: int = 2, **changed: Any) -> dict[str, Any]:
        """What its owner sends: so many looks of one garment each, on so many pictures that are to be made."""
        self.garments += [self.wardrobe.ready() for _ in range(rows - len(self.garments))]
        return {
            "model": self.model,
            "rows": [{"garment_ids": [it]} for it in self.garments[:rows]],
            "columns": [{"wish": WHOLE | {"prompt": f"a person {it}"}, "title": f"Pose {it}"} for it in range(columns)],
            "engine": ENGINE,
            "budget_usd": 10,
        } | changed

    def ordered(self, rows: int = 1, columns: int = 2, **changed: Any) -> "Book":
        return self.asked(self.request(rows, columns, **changed))

    def asked(self, request: dict[str, Any], idempotency_key: str | None = None) -> "Book":
        """Exactly that is ordered."""
        ordered = self.story.owner.call("order_look_book", idempotency_key=idempotency_key or key(), **request)
        self.id = ordered["id"]
        return self

    def picture(self) -> str:
        """One that was made before."""
        order = self.story.ordered(wishes=[WHOLE])["id"]
        image = self.story.owner.call("read_image_order", image_order=order)["images"][0]["id"]
        self.saved(image)
        return image

    def filled(self) -> dict[str, Any]:
        return self.story.worker.call("fill_look_book", look_book=self.id)

    def seen(self) -> dict[str, Any]:
        return self.story.owner.call("read_look_book", look_book=self.id)

    def status(self) -> str:
        return self.seen()["look_book"]["status"]

    def cells(self) -> dict[tuple[int, int], str]:
        """The status of each, by its row and column."""
        return {(it["row_no"], it["column_no"]): it["status"] for it in self.seen()["cells"]}

    def cell(self, row: int, column: int) -> dict[str, Any]:
        return next(it for it in self.seen()["cells"] if (it["row_no"], it["column_no"]) == (row, column))

    def working(self) -> Iterator[str]:
        """The images of the cells that are at work."""
        return (it["image_id"] for it in self.seen()["cells"] if it["status"] == "working")

    def posted(self, image: str) -> str:
        """The one paid call of an image, until the provider named its run; answers the attempt."""
        attempt = self.story.opened_image(image)["attempt"]["id"]
        self.story.started(attempt, secrets.token_hex(8))
        return attempt

    def saved(self, image: str, *, seconds: float = 12, checks: dict[str, Any] | None = None) -> None:
        """It goes all the way, and was looked at."""
        self.story.ended(self.posted(image), seconds=seconds)  # type: ignore[arg-type]
        path = {"path": f"{self.story.user}/{image}.png", "signed": False}
        self.story.worker.call("save_image", image=image, saved=SAVED | path)
        self.story.worker.call("record_checks", image=image, checks=GOOD | (checks or {}), repair=None)

    def lost(self, image: str) -> None:
        """The provider makes nothing of it."""
        self.story.ended(self.posted(image), "failed")
        self.failed(image)

    def failed(self, image: str, code: str = "provider_failed") -> None:
        self.story.worker.call("fail_image", image=image, code=code, sentence="It failed.", hint="Again.")

    def through(self, most: int = 1000) -> dict[str, Any]:
        """Filled, and all that is at work saved, until nothing is left; answers what the last filling did."""
        for _ in range(most):
            found = self.filled()
            images = list(self.working())
            if not images:
                return found
            for image in images:
                self.saved(image)
        raise AssertionError("it never ends")

    def money(self) -> tuple[Decimal, Decimal]:
        """What is reserved and what is spent of it."""
        found = self.seen()
        return Decimal(str(found["reserved_usd"])), Decimal(str(found["spent_usd"]))


@contextmanager
def limited(connection: Connection, **columns: Any) -> Iterator[None]:
    """While open, the deployment allows only that much."""
    for name, value in columns.items():
        connection.execute(f"update croquis.limits set {name} = %s", (value,))  # pyright: ignore[reportArgumentType, reportCallIssue]
    yield
    for name in columns:
        connection.execute(f"update croquis.limits set {name} = default")  # pyright: ignore[reportArgumentType, reportCallIssue]
