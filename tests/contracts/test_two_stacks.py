"""Two stacks of one account and region: what has a name of its own there bears its stack's, after SAM's transform."""

from pathlib import Path
from typing import Any

import pytest
from contracts.deployment import ROOT, functions, resources, template

from sandbox.aws.stack import Stack

GIVEN = {"SupabaseUrl": "https://abcd.supabase.co", "SupabasePublishableKey": "none", "ReplicateDestination": "me/it"}
# what must bear the stack's name in each: no fewer, or this looks past them
NESTED = {"infra/alarms.yaml": {"Dashboard"}, "infra/page.yaml": {"AccessToFiles", "OneDocument", "Headers"}}
NAMED_BY_AWS = {"AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter"}  # or named within a log group of the stack's own
# properties that are the account's, or the region's, to hand out once
ONCE = {
    "Name", "FunctionName", "QueueName", "LogGroupName", "RoleName", "StateMachineName", "TopicName", "BucketName",
    "AlarmName", "DashboardName", "PolicyName", "LayerName", "AliasName", "TableName", "GroupName",
}  # fmt: skip
WITHIN_ITS_OWNER = {  # such as a policy within its role
    "AWS::IAM::Role", "AWS::ApiGatewayV2::Api", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission", "AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm", "AWS::Lambda::LayerVersion",
    "AWS::ApiGatewayV2::Stage", "AWS::SQS::QueuePolicy",
}  # fmt: skip


@pytest.fixture(scope="module")
def transformed() -> dict[str, Any]:
    return Stack(ROOT / "template.yaml", GIVEN).transformed["Resources"]


def names_in(value: Any) -> list[Any]:
    """What stands under a property that must be unique, at any depth."""
    if isinstance(value, list):
        return [found for each in value for found in names_in(each)]
    if not isinstance(value, dict):
        return []
    own = [each for key, each in value.items() if key in ONCE]
    return own + [found for key, each in value.items() if key not in ONCE for found in names_in(each)]


def test_every_name_that_an_account_gives_once_bears_the_stacks(transformed: dict[str, Any]) -> None:
    """A schedule, a parameter, a role or a queue of another stack would be taken over, or stand in the way."""
    named = {name: names_in(it.get("Properties", {})) for name, it in transformed.items()
             if it["Type"] not in WITHIN_ITS_OWNER}  # fmt: skip
    assert sum(map(len, named.values())) >= 5
    for name, found in named.items():
        assert all("${AWS::StackName}" in it.get("Fn::Sub", "") for it in found), (name, found)


def test_nothing_that_aws_can_name_is_named(transformed: dict[str, Any]) -> None:
    for name, it in transformed.items():
        forbidden = {"FunctionName", "QueueName", "RoleName", "StateMachineName", "LogGroupName", "LayerName"}
        own = {"AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::IAM::Role", "AWS::Logs::LogGroup",
               "AWS::StepFunctions::StateMachine"}  # fmt: skip
        assert it["Type"] not in own or not forbidden & set(it.get("Properties", {})), name


@pytest.mark.parametrize("path", NESTED)
def test_what_is_nested_takes_the_stacks_name_for_its_own(path: str) -> None:
    """Alarms are named by CloudFormation itself, dashboards and what CloudFront has by us."""
    found = template(path)["Resources"]
    assert [name for name, it in found.items() if "AlarmName" in it.get("Properties", {})] == []
    named = {name: names_in(it.get("Properties", {})) for name, it in found.items() if it["Type"] not in NAMED_BY_AWS}
    assert {name for name, names in named.items() if names} == NESTED[path]
    for name in (it for names in named.values() for it in names):
        assert name == {"Ref": "Service"} or str(name.get("Sub", "")).startswith("${Service}-"), name


def test_whoever_hands_its_stacks_name_down_hands_its_own() -> None:
    for name, it in resources("AWS::CloudFormation::Stack").items():
        assert it["Parameters"]["Service"] == {"Ref": "AWS::StackName"}, name


def test_no_environment_and_no_right_names_a_stack() -> None:
    """Neither by a name that is written out, which the second stack would share."""
    for name, function in functions().items():
        said = str(function.get("Environment", {})) + str(function.get("Policies", []))
        assert "croquis" not in said.lower(), name


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_each_stage_is_a_stack_of_its_own_name(stage: str) -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert settings[stage]["global"]["parameters"]["stack_name"] == f"croquis-{stage}"
    given = settings[stage]["deploy"]["parameters"]
    overrides = dict(it.split("=") for it in given["parameter_overrides"].split())
    assert set(overrides) <= set(template()["Parameters"])
    assert Path(ROOT / "template.yaml").is_file()
    allowed = {name: template()["Parameters"][name].get("AllowedValues") for name in overrides}
    assert all(values is None or overrides[name] in values for name, values in allowed.items())
    assert given["resolve_s3"] is True
    assert "CAPABILITY_IAM" in given["capabilities"]


def test_production_asks_before_it_changes_anything_and_reserves_its_doors() -> None:
    import tomllib

    given = tomllib.loads((ROOT / "samconfig.toml").read_text())["prod"]["deploy"]["parameters"]
    assert given["confirm_changeset"] is True
    assert "ReserveConcurrency=yes" in given["parameter_overrides"]
