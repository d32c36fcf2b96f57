"""What each alarm over a metric of our own is about, played; and a day without any of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast

import replicate_webhook
import sweep
from doors.replicate import SECRET, body, signed
from sql.story import Story, seen
from sql.test_second_looks import RUNNING, Studio
from studio import deployed

from croquis.adapters.replicate.events import read_event
from croquis.domain.images.image import LabelledImage
from croquis.domain.images.provenance import SigningIdentity
from croquis.domain.runs.attempt import Outcome, ProviderStatus
from croquis.errors import Paused, Throttled, Unavailable
from croquis.ports import Croquis, ProviderRun, Started
from croquis.ports.engines import KnownEngine, SeenEngine
from croquis.usecases import images, provider_attempts, provider_runs
from sandbox.aws.runners import Context

SUCCEEDED = ProviderRun("p", "succeeded", over=True, end=ProviderStatus.SUCCEEDED, seconds=1000)


@dataclass
class Stage(Studio):
    """All that the handlers reach, over the story's rows."""

    secrets: Sequence[str] | Exception = (SECRET,)
    answer: Started | None = None
    trainer_name, trainer_version = "ostris/flux-dev-lora-trainer", "pinned"
    engines_gone: bool = False
    read_event = staticmethod(read_event)

    @property
    def queue(self) -> "Stage":
        return self

    provider = files = workflow = queue

    def fetch(self, *_: object, **__: object) -> BytesIO:
        return BytesIO(b"a picture")

    def write(self, *_: object, **__: object) -> None: ...

    def signing_identity(self) -> SigningIdentity:
        raise Unavailable("The secret cannot be read.")

    def settle_attempt(self, *_: object) -> None: ...

    def succeed(self, *_: object) -> None: ...

    fail = cancel = succeed

    def link(self, *_: object, **__: object) -> str:
        return "https://storage.example/a.zip"

    def start_training(self, *_: object, **__: object) -> Started:
        assert self.answer, "the order was not to be made"
        return self.answer

    def look_at_engine(self, known: KnownEngine) -> SeenEngine:
        return SeenEngine(is_there=not self.engines_gone, version=known.version)

    def webhook_secrets(self, *, fresh: bool = False) -> Sequence[str]:
        if isinstance(self.secrets, Exception):
            raise self.secrets
        return self.secrets

    def now(self) -> int:
        return int(datetime.now(UTC).timestamp())


@dataclass
class Stand:
    """A story, its neighbours, and what happens."""

    story: Story
    stage: Stage
    played: Callable[..., None]

    @property
    def croquis(self) -> Croquis:
        return cast(Croquis, self.stage)

    def attempt(self) -> dict[str, Any]:
        return self.story.attempt()

    def seen(self, run: ProviderRun, **changed: Any) -> ProviderRun:
        attempt = self.attempt()
        return replace(run, **{"id": attempt["provider_id"], "markers": (attempt["listed_as"],), **changed})

    def looked_at(self, run: ProviderRun, **changed: Any) -> None:
        self.stage.answers = [self.seen(run, **changed)]
        provider_runs.settle(self.croquis, self.attempt()["id"])

    def swept(self, seconds_left: float | None = None, **event: str) -> None:
        context = Context.of(deployed().functions["Sweep"])
        sweep.handler(event, replace(context, ends_at=0) if seconds_left == 0 else context)

    def hooked(self, data: bytes) -> None:
        found = signed(data, marker=self.attempt()["marker"])
        replicate_webhook.handler(found, Context.of(deployed().functions["ReplicateWebhook"]))

    def posted(self) -> None:
        with suppress(Paused, Throttled):
            provider_attempts.start_training(self.croquis, cast(Any, self.story.job), 1, "token")


def a_webhook_of_another_run(it: Stand) -> None:
    it.story.to("training")
    it.hooked(body("succeeded", "nobody-knows-it"))


def webhooks_without_a_secret(it: Stand) -> None:
    it.story.to("training")
    it.stage.secrets = ("short",)
    it.hooked(body("succeeded"))


def what_nobody_foresaw(it: Stand) -> None:
    it.story.to("training")
    it.stage.secrets = LookupError()
    it.hooked(body("succeeded"))


def another_trainer(it: Stand) -> None:
    it.story.to("training")
    it.looked_at(RUNNING, version="another")


def an_end_in_a_new_word(it: Stand) -> None:
    it.story.to("training")
    it.looked_at(SUCCEEDED, status="evicted", end=ProviderStatus.FAILED)


def a_second_run(it: Stand) -> None:
    it.story.to("training")
    second = it.seen(RUNNING, id="second")
    it.stage.listed, it.stage.answers = [second], [second, second] * 2
    it.swept()


def a_run_that_goes_on(it: Stand) -> None:
    it.story.to("training")
    it.story.owner.call("cancel_training", job=it.story.job)
    running = it.seen(RUNNING)
    it.stage.listed, it.stage.answers = [running], [running] * 4
    it.swept()


def a_bill_with_more(it: Stand) -> None:
    it.story.to("training")
    over = it.seen(SUCCEEDED, created_at=datetime.now(UTC) - timedelta(hours=5))
    it.stage.listed, it.stage.answers = [over], [over] * 2
    it.swept(only="bill")


def a_result_that_cannot_be_kept(it: Stand) -> None:
    it.story.to("ingesting")
    late = "update public.provider_attempts set ended_at = now() - interval '31 minutes' where id = %s"
    it.played(late, it.attempt()["id"])
    it.swept()


def no_credit(it: Stand) -> None:
    it.story.to("preparing")
    it.played("update public.training_runs set dataset_path = 'a.zip' where job_id = %s", it.story.job)
    it.stage.answer = Started(Outcome.THROTTLED, reason="no_credit: 402 no credit")
    it.posted()


def an_order(it: Stand) -> None:
    it.story.to("preparing")
    it.played("update public.training_runs set dataset_path = 'a.zip' where job_id = %s", it.story.job)
    it.stage.answer = Started(Outcome.STARTED, id="a-run")
    it.posted()


def a_run_whose_time_is_over(it: Stand) -> None:
    it.story.to("training")
    it.played(
        "update public.training_runs set deadline_at = now() - interval '1 minute' where job_id = %s", it.story.job
    )
    it.stage.answers = [it.seen(RUNNING)] * 4
    it.swept()


def a_closed_switch(it: Stand) -> None:
    it.story.to("preparing")
    it.story.connection.execute("update croquis.limits set accept_jobs = false")
    it.posted()


def a_key_that_cannot_be_read(it: Stand) -> None:
    order = it.story.to("approved").ordered()
    ((image,),) = it.story.connection.execute("select id::text from public.images where order_id = %s", (order["id"],))
    attempt = it.story.opened_image(image)["attempt"]
    made = seen(it.story.started(attempt["id"]), output={"images": ["https://provider.example/1.png"]})
    it.story.saw(made, "image")
    images.save(it.croquis, image, labelled, never_reached, never_reached)


def labelled(data: bytes, *, composite: bool) -> LabelledImage:
    return LabelledImage(data, "image/png", 1, 1)


def never_reached(*_: object, **__: object) -> bytes:
    raise AssertionError("nothing is signed without a key, and nothing is put back into another picture")


def an_engine_that_goes(it: Stand) -> None:
    it.stage.engines_gone = True
    it.swept(only="engines")


def a_look_book_without_news(it: Stand) -> None:
    it.story.to("approved")
    it.story.connection.execute(
        "insert into public.look_books (owner_id, model_id, rows, columns, engine, budget_usd, moved_at)"
        " select owner_id, id, '[]', '[]', 'x', 1, now() - interval '61 minutes' from public.ai_models"
        " where job_id = %s",
        (it.story.job,),
    )
    it.swept()


HAPPENS: dict[str, Callable[[Stand], None]] = {
    "WebhookUnmatched": a_webhook_of_another_run,
    "WebhooksRefused": webhooks_without_a_secret,
    "UnexpectedError": what_nobody_foresaw,
    "TrainerChanged": another_trainer,
    "UnknownEnd": an_end_in_a_new_word,
    "RunWithoutOrder": a_second_run,
    "RunDoesNotStop": a_run_that_goes_on,
    "BillDiffers": a_bill_with_more,
    "ResultWaits": a_result_that_cannot_be_kept,
    "LookBookStands": a_look_book_without_news,
    "NoCredit": no_credit,
    "ImageUnsigned": a_key_that_cannot_be_read,
    "PaidWorkWaits": a_closed_switch,
    "PaidUsd": an_order,
    "RunPastDeadline": a_run_whose_time_is_over,
    "SweepBehind": lambda it: it.swept(seconds_left=0),
    "SweepSilent": lambda it: it.swept(),
    "BillSilent": lambda it: it.swept(only="bill"),
    "EnginesSilent": lambda it: it.swept(only="engines"),
    "EngineChanged": an_engine_that_goes,
}


def day_of_a_run(it: Stand) -> None:
    """Nothing odd: trained, told of, kept, swept."""
    it.story.to("training")
    it.stage.listed = [it.seen(RUNNING, version="pinned")]
    it.swept(only="uploads")
    it.looked_at(RUNNING, version="pinned")
    it.hooked(body("succeeded", it.attempt()["provider_id"]))
    it.looked_at(SUCCEEDED, version="pinned")
    it.story.entered("ingesting")
    just_over = it.seen(SUCCEEDED, seconds=1001, created_at=datetime.now(UTC) - timedelta(minutes=20))
    it.stage.listed, it.stage.answers = [just_over], [just_over] * 2
    it.swept(only="bill")
    it.swept(only="engines")
    it.swept()
