"""Each alarm over a metric of our own: what it is about happens, and its metric is emitted, under its dimensions."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, cast

import pytest
import replicate_webhook
import sweep
from contracts.deployment import resources
from doors.replicate import SECRET, body, signed
from sql.story import Story
from sql.test_second_looks import RUNNING, Studio
from studio import deployed

from croquis import wiring
from croquis.adapters.replicate.events import read_event
from croquis.domain.runs.attempt import Outcome, ProviderStatus
from croquis.errors import Paused, Throttled
from croquis.observability import keys_of_task
from croquis.ports import Croquis, ProviderRun, Started
from croquis.ports.engines import KnownEngine, SeenEngine
from croquis.usecases import provider_attempts, provider_runs
from sandbox.aws.runners import Context

NESTED = "infra/alarms.yaml"
ALARMS = {name: it for name, it in resources("AWS::CloudWatch::Alarm", NESTED).items() if it["Namespace"] == "Croquis"}
FILTERS = list(resources("AWS::Logs::MetricFilter", NESTED).values())
CONDITION = r'\$\.(\w+) = "([^"]*)"'
SUCCEEDED = ProviderRun("p", "succeeded", over=True, end=ProviderStatus.SUCCEEDED, seconds=1000)
Metric = tuple[str, str, tuple[tuple[str, str], ...]]
Ears = Callable[[], set[Metric]]


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


@pytest.fixture
def stand(story: Story, played: Callable[..., None]) -> Iterator[Stand]:
    stage = Stage(story)
    wiring.hand_in(cast(Any, stage))
    yield Stand(story, stage, played)
    wiring.hand_in(None)


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


def a_closed_switch(it: Stand) -> None:
    it.story.to("preparing")
    it.story.connection.execute("update croquis.limits set accept_jobs = false")
    it.posted()


def an_engine_that_goes(it: Stand) -> None:
    it.stage.engines_gone = True
    it.swept(only="engines")


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
    "NoCredit": no_credit,
    "PaidWorkWaits": a_closed_switch,
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


def heard(printed: pytest.CaptureFixture[str]) -> set[Metric]:
    """The metrics in what was printed: embedded ones, and those that the filters make of lines."""
    lines = [json.loads(line) for line in printed.readouterr().out.splitlines() if line.startswith('{"')]
    embedded = {metric for line in lines if "_aws" in line for metric in _embedded(line)}
    return embedded | {metric for line in lines for it in FILTERS if _matches(it, line) for metric in _made(it, line)}


def _embedded(line: dict[str, Any]) -> Iterator[Metric]:
    for about in line["_aws"]["CloudWatchMetrics"]:
        for metric in about["Metrics"]:
            for names in about["Dimensions"]:
                yield about["Namespace"], metric["Name"], tuple((name, line[name]) for name in names)


def _matches(metric_filter: dict[str, Any], line: dict[str, Any]) -> bool:
    """CloudWatch's filter language, as far as ours use it: equalities, where * stands for anything, joined by &&."""
    pattern = metric_filter["FilterPattern"]
    assert re.fullmatch(rf"\{{ {CONDITION}( && {CONDITION})* \}}", pattern), pattern
    return all(fnmatchcase(str(line.get(key)), value) for key, value in re.findall(CONDITION, pattern))


def _made(metric_filter: dict[str, Any], line: dict[str, Any]) -> Iterator[Metric]:
    for it in metric_filter["MetricTransformations"]:
        assert it["MetricValue"] == "1"
        dimensions = tuple((each["Key"], line[each["Value"].removeprefix("$.")]) for each in it["Dimensions"])
        yield it["MetricNamespace"], it["MetricName"], dimensions


def _watched(alarm: dict[str, Any]) -> Metric:
    given = resources("AWS::CloudFormation::Stack")["Alarms"]["Parameters"]
    dimensions = []
    for it in alarm["Dimensions"]:
        assert given[it["Value"]["Ref"]] == {"Ref": "AWS::StackName"}
        dimensions.append((it["Name"], "croquis"))  # what the functions call themselves here
    return alarm["Namespace"], alarm["MetricName"], tuple(dimensions)


class WhereverItGoesNow:
    """pytest gives each phase of a test a stdout of its own."""

    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None: ...


@pytest.fixture
def ears(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ears:
    keys_of_task({}, None)
    for handler in logging.getLogger("croquis").handlers:
        monkeypatch.setattr(handler, "stream", WhereverItGoesNow())
    return lambda: heard(capsys)


def test_each_of_them_is_played_here() -> None:
    assert set(HAPPENS) == set(ALARMS)


@pytest.mark.parametrize("name", sorted(HAPPENS))
def test_what_it_is_about_emits_its_metric(stand: Stand, ears: Ears, name: str) -> None:
    """OP-09, WH-06, WH-16, MO-05, MO-08, MO-12, MO-13, JB-03."""
    HAPPENS[name](stand)
    assert _watched(ALARMS[name]) in ears()


def test_a_run_without_trouble_rings_none_of_them(stand: Stand, ears: Ears) -> None:
    """And what has ended a moment ago is no difference between the bill and the ledger."""
    day_of_a_run(stand)
    found = ears()
    assert {name for name, alarm in ALARMS.items() if _watched(alarm) in found} == {
        "SweepSilent",
        "BillSilent",
        "EnginesSilent",
    }


def test_the_look_for_uploads_does_not_pass_for_a_sweep(stand: Stand, ears: Ears) -> None:
    """It comes each minute, and would hide that the other clock stands still."""
    stand.swept(only="uploads")
    assert ears() == set()
