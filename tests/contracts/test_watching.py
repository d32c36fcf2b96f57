"""What infra/alarms.yaml watches of AWS's own metrics: workers, queues and time-outs; and what the dashboard shows."""

import json
import re

from contracts.deployment import functions, resources, template
from contracts.test_alarms import ALARMS, FILTERS, NESTED, SHOWN_ONLY, given, watching

WORDLESS = {"GradePreviews", "CheckImage"}  # states that are left out when they fail
INVOKED = {"MeasureFaces"}


def called_by(*kinds: str) -> set[str]:
    """The functions that something of these kinds calls."""
    return {name for name, it in functions().items() if set(kinds) & {e["Type"] for e in it.get("Events", {}).values()}}


def watched_by(alarm: str) -> dict[str, dict[str, str]]:
    """Namespace, metric and statistic of each part of an alarm's expression, by what it is about."""
    parts = [(it["Id"], it["MetricStat"]) for it in ALARMS[alarm]["Metrics"] if "MetricStat" in it]
    return {
        it["Metric"]["Dimensions"][0]["Value"]["Ref"]: {"id": key, "of": it["Metric"]["MetricName"], "as": it["Stat"]}
        for key, it in parts
    }


def test_every_worker_that_crashes_raises_an_alarm() -> None:
    """OP-09. The errors of states are words between them and their machine, whose end is watched instead."""
    workers = called_by("SQS", "ScheduleV2", "EventBridgeRule")
    watched = watching("AWS/Lambda", "Errors", "FunctionName")
    assert set(watched) == {str({"Ref": name}) for name in workers | INVOKED | WORDLESS}
    assert {it["Statistic"] for it in watched.values()} == {"Sum"}


def test_whatever_is_no_door_rings_before_it_runs_out_of_time() -> None:
    """OP-09: its p99 over 80 % of its own time-out. A time-out that is changed in one place only is found here."""
    seconds: dict[str, float] = {}
    for alarm in ("WorkersSlow", "TrainingStatesSlow", "ImageStatesSlow"):
        watched = watched_by(alarm)
        expression = ALARMS[alarm]["Metrics"][0]["Expression"]
        divided = dict(re.findall(r"(m\d+)/(\d+)", expression))
        assert expression == f"MAX([{', '.join(f'{it}/{by}' for it, by in divided.items())}])"
        assert {(it["of"], it["as"]) for it in watched.values()} == {("Duration", "p99")}
        assert (ALARMS[alarm]["Threshold"], ALARMS[alarm]["EvaluationPeriods"]) == (80, 3)
        seconds |= {name: int(divided.pop(it["id"])) / 10 for name, it in watched.items()}
        assert divided == {}
    doors = called_by("HttpApi")
    assert seconds == {name: it["Timeout"] for name, it in functions().items() if name not in doors}


def test_slow_doors_ring_before_the_shortest_of_their_time_outs() -> None:
    """OP-09."""
    shortest = min(functions()[name]["Timeout"] for name in called_by("HttpApi"))
    assert (ALARMS["DoorsSlow"]["ExtendedStatistic"], ALARMS["DoorsSlow"]["Threshold"]) == ("p99", shortest * 800)
    assert {ALARMS[name]["MetricName"] for name in ("DoorsSlow", "DoorsFail")} == {"Latency", "5xx"}
    assert given()["Api"] == {"Ref": "Api"}


def test_every_queue_whose_oldest_message_waits_rings() -> None:
    """OP-09: nothing fails while a worker is throttled or gone."""
    work = {name for name, queue in resources("AWS::SQS::Queue").items() if "RedrivePolicy" in queue}
    watched = watching("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName")
    assert set(watched) == {str({"GetAtt": f"{name}.QueueName"}) for name in work}
    assert (
        ALARMS["QueueWaits"]["Metrics"][0]["Expression"] == f"MAX([{', '.join(f'm{n + 1}' for n in range(len(work)))}])"
    )
    assert ALARMS["QueueWaits"]["Threshold"] == 900


def test_throttles_of_what_must_not_wait_ring() -> None:
    """OP-09, WH-22."""
    watched = set(watching("AWS/Lambda", "Throttles", "FunctionName"))
    assert watched >= {str({"Ref": name}) for name in ("ReplicateWebhook", "StorageHook", "Sweep", "StartTraining")}


def test_sums_are_over_all_their_parts() -> None:
    """Of an alarm that is none of AWS's metrics alone."""
    added = ("WorkerCrashed", "Throttled", "TrainingExecutionFailed", "ImageExecutionFailed")
    assert {ALARMS[name]["Metrics"][0]["Expression"] for name in added} == {"SUM(METRICS())"}
    for name in (name for name, alarm in ALARMS.items() if "Metrics" in alarm):
        first, *parts = ALARMS[name]["Metrics"]
        assert (first["ReturnData"], {part["ReturnData"] for part in parts}) == (True, {False}), name
        assert len(parts) <= 10, f"{name}: CloudWatch takes no more"


def test_a_day_that_costs_more_than_was_said_rings() -> None:
    """OP-09: the metric is the sum of what each order was expected to cost."""
    alarm, (made,) = ALARMS["PaidUsd"], FILTERS["PaidUsdLines"]["MetricTransformations"]
    assert (alarm["Period"], alarm["Statistic"], alarm["Threshold"]) == (86400, "Sum", {"Ref": "UsdPerDay"})
    assert made["MetricValue"] == "$.expected_usd"
    assert given()["UsdPerDay"] == {"Ref": "AlarmUsdPerDay"}


def test_the_dashboard_shows_stages_costs_webhooks_queues_and_the_sweep() -> None:
    """OP-09: of this stack alone, and whatever is counted and wakes nobody."""
    dashboard = resources("AWS::CloudWatch::Dashboard", NESTED)["Dashboard"]
    body = dashboard["DashboardBody"]["Sub"]
    assert dashboard["DashboardName"] == {"Ref": "Service"}
    assert set(re.findall(r"\$\{(\w+)\}", body)) <= set(template(NESTED)["Parameters"])
    widgets = json.loads(re.sub(r"\$\{[\w:]+\}", "x", body))["widgets"]
    shown = json.dumps([it["properties"]["metrics"] for it in widgets])
    wanted = {*SHOWN_ONLY, "PaidUsd", "Duration", "ApproximateAgeOfOldestMessage", "SweepEndedAll", "ExecutionsAborted"}
    assert {name for name in wanted if f'"{name}' not in shown} == set()
