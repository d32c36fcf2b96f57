"""The rules of infra/alarms.yaml: nothing is given up in silence, and each alarm tells somebody what to do."""

from typing import Any

import pytest
from contracts.deployment import ROOT, resources, template

NESTED = "infra/alarms.yaml"
ALARMS = resources("AWS::CloudWatch::Alarm", NESTED)
EACH = pytest.mark.parametrize("name", sorted(ALARMS))


def given() -> dict[str, Any]:
    """What template.yaml hands to the alarms."""
    return resources("AWS::CloudFormation::Stack")["Alarms"]["Parameters"]


def watching(namespace: str, metric: str, dimension: str) -> dict[str, dict[str, Any]]:
    """The alarms over this metric, by the thing of template.yaml that they watch."""
    found: dict[str, dict[str, Any]] = {}
    for alarm in ALARMS.values():
        if (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric):
            (only,) = alarm["Dimensions"]
            assert only["Name"] == dimension
            found[str(given()[only["Value"]["Ref"]])] = alarm
    return found


def test_they_are_deployed_and_get_what_they_ask_for() -> None:
    """OP-09."""
    assert resources("AWS::CloudFormation::Stack")["Alarms"]["TemplateURL"] == NESTED
    assert set(given()) == set(template(NESTED)["Parameters"])


def test_every_dead_letter_queue_has_an_alarm_on_its_first_message() -> None:
    """OP-09, SF-17: a queue of dead letters is one that another queue's RedrivePolicy names."""
    policies = [queue["RedrivePolicy"] for queue in resources("AWS::SQS::Queue").values() if "RedrivePolicy" in queue]
    dead = {policy["deadLetterTargetArn"]["GetAtt"].removesuffix(".Arn") for policy in policies}
    watched = watching("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName")
    assert dead
    assert set(watched) == {str({"GetAtt": f"{queue}.QueueName"}) for queue in dead}
    assert {alarm["Statistic"] for alarm in watched.values()} == {"Maximum"}


def test_a_check_that_crashes_raises_an_alarm() -> None:
    """OP-09: a photo that ends the process comes again by itself, so nothing else would tell."""
    crashed = watching("AWS/Lambda", "Errors", "FunctionName")[str({"Ref": "CheckPhoto"})]
    assert crashed["Statistic"] == "Sum"


def test_a_sweep_that_could_not_do_all_or_was_not_there_raises_an_alarm() -> None:
    """OP-09: it ends with an error for that; and if it is not there, no error can tell."""
    sweep = str({"Ref": "Sweep"})
    assert watching("AWS/Lambda", "Errors", "FunctionName")[sweep]["Statistic"] == "Sum"
    silent = watching("AWS/Lambda", "Invocations", "FunctionName")[sweep]
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)
    assert (silent["Period"] * silent["EvaluationPeriods"], silent["TreatMissingData"]) == (900, "breaching")


@pytest.mark.parametrize("name", sorted(set(ALARMS) - {"SweepSilent"}))
def test_one_is_enough_within_five_minutes_and_silence_is_well(name: str) -> None:
    alarm = ALARMS[name]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= 300
    assert alarm["TreatMissingData"] == "notBreaching"


@EACH
def test_it_tells_the_topic(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "Topic"}]
    assert ALARMS[name].get("ActionsEnabled", True) is True


@EACH
def test_it_says_where_to_read_what_to_do(name: str) -> None:
    """style.md, habit 13: its row in the runbook bears its name."""
    assert ALARMS[name]["AlarmDescription"].endswith(f"docs/runbook.md, {name}.")
    assert f"`{name}`" in (ROOT / "docs/runbook.md").read_text()


def test_the_topic_can_be_used_by_alarms_and_tells_whoever_was_named() -> None:
    """An alarm cannot publish to a topic under the key alias/aws/sns."""
    assert "KmsMasterKeyId" not in resources("AWS::SNS::Topic", NESTED)["Topic"]
    subscription = template(NESTED)["Resources"]["EmailSubscription"]
    told = {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": {"Ref": "Email"}}
    assert (subscription["Properties"], subscription["Condition"]) == (told, "HasEmail")
    assert given()["Email"] == {"Ref": "AlarmEmail"}
    assert template()["Parameters"]["AlarmEmail"]["Default"] == ""
