"""Each alarm over a metric of our own: what it is about happens, and its metric is emitted, under its dimensions."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, cast

import pytest
from contracts.deployment import resources
from sql.alarming import HAPPENS, Stage, Stand, day_of_a_run
from sql.story import Story

from croquis import wiring
from croquis.observability import keys_of_task

NESTED = "infra/alarms.yaml"
ALARMS = {
    name: it for name, it in resources("AWS::CloudWatch::Alarm", NESTED).items() if it.get("Namespace") == "Croquis"
}
FILTERS = list(resources("AWS::Logs::MetricFilter", NESTED).values())
CONDITION = r'\$\.(\w+) = "([^"]*)"'
Metric = tuple[str, str, tuple[tuple[str, str], ...]]
Ears = Callable[[], set[Metric]]


@pytest.fixture
def stand(story: Story, played: Callable[..., None]) -> Iterator[Stand]:
    stage = Stage(story)
    wiring.hand_in(cast(Any, stage))
    yield Stand(story, stage, played)
    wiring.hand_in(None)


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
        value = it["MetricValue"]
        assert value == "1" or line[value.removeprefix("$.")] > 0
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
