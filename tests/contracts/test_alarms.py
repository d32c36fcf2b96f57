"""The rules of infra/alarms.yaml: nothing is given up in silence, and each alarm tells somebody what to do."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from contracts.deployment import ROOT, functions, resources, template

NESTED = "infra/alarms.yaml"
ALARMS = resources("AWS::CloudWatch::Alarm", NESTED)
FILTERS = resources("AWS::Logs::MetricFilter", NESTED)
SILENT = {"SweepSilent": 15 * 60, "BillSilent": 30 * 3600, "EnginesSilent": 30 * 3600}
PATIENT = {
    **dict.fromkeys(("SweepBehind", "RunDoesNotStop", "Throttled", "DoorsFail"), (300, 3)),
    **dict.fromkeys(("ResultWaits", "LookBookStands"), (600, 1)),
}
# those with a bound of their own, and for how long it must be passed
BOUNDED = {
    **dict.fromkeys(("WorkersSlow", "TrainingStatesSlow", "ImageStatesSlow", "DoorsSlow"), (300, 3)),
    "QueueWaits": (300, 1), "PaidUsd": (86400, 1),
}  # fmt: skip
SHOWN_ONLY = {"RunsReviewed", "RunsFailed", "ImagesSaved", "ImagesFailed", "WebhookAnswers"}
EACH = pytest.mark.parametrize("name", sorted(ALARMS))


def given() -> dict[str, Any]:
    """What template.yaml hands to the alarms."""
    return resources("AWS::CloudFormation::Stack")["Alarms"]["Parameters"]


def watching(namespace: str, metric: str, dimension: str) -> dict[str, dict[str, Any]]:
    """The alarms over this metric, by the thing of template.yaml that they watch."""
    found: dict[str, dict[str, Any]] = {}
    for watched in (it for alarm in ALARMS.values() for it in metrics_of(alarm)):
        if (watched["Namespace"], watched["MetricName"]) == (namespace, metric):
            (only,) = watched["Dimensions"]
            assert only["Name"] == dimension
            found[str(given()[only["Value"]["Ref"]])] = watched
    return found


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Its one metric, or those that its expression is made of, each with its statistic and period."""
    if "Metrics" not in alarm:
        return [alarm]
    parts = [it["MetricStat"] for it in alarm["Metrics"] if "MetricStat" in it]
    return [{**part["Metric"], "Statistic": part["Stat"], "Period": part["Period"]} for part in parts]


def test_they_are_deployed_and_get_what_they_ask_for() -> None:
    """OP-09."""
    assert resources("AWS::CloudFormation::Stack")["Alarms"]["TemplateURL"] == NESTED
    assert set(given()) == set(template(NESTED)["Parameters"])


def test_every_dead_letter_queue_has_an_alarm_on_its_first_message() -> None:
    """OP-09, SF-17: a queue of dead letters is one that another queue's RedrivePolicy names."""
    policies = [queue["RedrivePolicy"] for queue in resources("AWS::SQS::Queue").values() if "RedrivePolicy" in queue]
    last_resorts = [policy["deadLetterTargetArn"] for policy in policies]
    invoked = [it["EventInvokeConfig"] for it in functions().values() if "EventInvokeConfig" in it]
    last_resorts += [it["DestinationConfig"]["OnFailure"]["Destination"] for it in invoked if "DestinationConfig" in it]
    dead = {arn["GetAtt"].removesuffix(".Arn") for arn in last_resorts}
    watched = watching("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName")
    assert dead
    assert set(watched) == {str({"GetAtt": f"{queue}.QueueName"}) for queue in dead}
    assert {alarm["Statistic"] for alarm in watched.values()} == {"Maximum"}


def test_a_check_that_crashes_raises_an_alarm() -> None:
    """OP-09: a photo that ends the process comes again by itself, so nothing else would tell."""
    crashed = watching("AWS/Lambda", "Errors", "FunctionName")[str({"Ref": "CheckPhoto"})]
    assert crashed["Statistic"] == "Sum"


def test_a_sweep_that_could_not_do_all_raises_an_alarm() -> None:
    """OP-09, SF-16: it ends with an error for that, and nobody repeats it."""
    assert watching("AWS/Lambda", "Errors", "FunctionName")[str({"Ref": "Sweep"})]["Statistic"] == "Sum"


@pytest.mark.parametrize("end", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
def test_an_execution_that_ends_badly_raises_an_alarm(end: str) -> None:
    """OP-09."""
    machines = {str({"Ref": machine}) for machine in resources("AWS::Serverless::StateMachine")}
    watched = watching("AWS/States", end, "StateMachineArn")
    assert set(watched) == machines
    assert {it["Statistic"] for it in watched.values()} == {"Sum"}


@pytest.mark.parametrize(("name", "seconds"), SILENT.items())
def test_a_clock_that_stands_still_raises_an_alarm(name: str, seconds: int) -> None:
    """OP-09: if it is not there, no error can tell."""
    alarm = ALARMS[name]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Period"] * alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (seconds, "breaching")
    assert alarm["Period"] < 3600 or alarm["Period"] * alarm["EvaluationPeriods"] <= 7 * 86400


@pytest.mark.parametrize("name", sorted(set(ALARMS) - set(SILENT)))
def test_one_is_enough_at_once_or_in_three_sweeps_and_silence_is_well(name: str) -> None:
    """What the sweep counts is there again five minutes later, until it is put right."""
    alarm = ALARMS[name]
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == ("GreaterThanThreshold", "notBreaching")
    assert (alarm["Threshold"] == 0) is (name not in BOUNDED)
    (period,) = {it["Period"] for it in metrics_of(alarm)}
    assert (period, alarm["EvaluationPeriods"]) == (PATIENT | BOUNDED).get(name, (300, 1))
    assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_what_is_made_of_lines_is_read_where_they_are_written(name: str) -> None:
    """And has an alarm of the same name, or is on the dashboard."""
    functions_write, api_writes = {"Ref": "FunctionLogs"}, {"GetAtt": "ApiLogs.Arn"}
    assert template()["Globals"]["Function"]["LoggingConfig"]["LogGroup"] == functions_write == given()["FunctionLogs"]
    assert resources("AWS::Serverless::HttpApi")["Api"]["AccessLogSettings"]["DestinationArn"] == api_writes
    assert given()["ApiLogs"] == {"Ref": "ApiLogs"}
    read = "ApiLogs" if "$.route" in FILTERS[name]["FilterPattern"] else "FunctionLogs"
    assert FILTERS[name]["LogGroupName"] == {"Ref": read}
    (made,) = FILTERS[name]["MetricTransformations"]
    assert f"{made['MetricName']}Lines" == name
    assert (made["MetricName"] in ALARMS) is (made["MetricName"] not in SHOWN_ONLY)


def test_two_stacks_of_one_account_do_not_ring_each_others_alarms() -> None:
    """Each names itself in its lines and metrics, and its alarms listen to that name."""
    named = template()["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    assert named == given()["Service"] == {"Ref": "AWS::StackName"}
    says = (
        "import logging; from croquis.observability import keys_of_task, measured; keys_of_task({}, None);"
        "logging.getLogger('croquis.usecases').error('odd'); measured({'swept_runs': 1})"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "layers/core"), "POWERTOOLS_SERVICE_NAME": "another-stack"}
    printed = subprocess.run([sys.executable, "-c", says], env=environment, capture_output=True, text=True, check=True)
    assert [json.loads(line)["service"] for line in printed.stdout.splitlines()] == ["another-stack"] * 2


@EACH
def test_it_tells_the_topic(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "Topic"}]
    assert ALARMS[name].get("ActionsEnabled", True) is True


@EACH
def test_it_says_where_to_read_what_to_do(name: str) -> None:
    """style.md, habit 13: its section of the runbook bears its name."""
    assert ALARMS[name]["AlarmDescription"].endswith(f". docs/runbook.md#{name.lower()}")


def test_the_topic_can_be_used_by_alarms_and_tells_whoever_was_named() -> None:
    """An alarm cannot publish to a topic under the key alias/aws/sns."""
    key = resources("AWS::SNS::Topic", NESTED)["Topic"]["KmsMasterKeyId"]
    assert key == {"If": ["HasKey", {"Ref": "Key"}, {"Ref": "AWS::NoValue"}]}
    assert given()["Key"]["If"][1] == {"GetAtt": "Key.Arn"}
    may = {str(it["Principal"]) for it in resources("AWS::KMS::Key")["Key"]["KeyPolicy"]["Statement"]}
    assert any("cloudwatch.amazonaws.com" in principal for principal in may)
    subscription = template(NESTED)["Resources"]["EmailSubscription"]
    told = {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": {"Ref": "Email"}}
    assert (subscription["Properties"], subscription["Condition"]) == (told, "HasEmail")
    assert given()["Email"] == {"Ref": "AlarmEmail"}
    assert template()["Parameters"]["AlarmEmail"]["Default"] == ""
