"""What is said of AWS before anything is asked of it: whose account, whose rights, which parameters."""

import json
from fnmatch import fnmatch
from typing import Any

import boto3
import pytest
from studio import deployed

from infra.deploy.answers import ROOT, Answers
from infra.deploy.cloud import POLICY, Cloud, profile_region
from infra.deploy.errors import Stopped
from infra.deploy.stack import Planned, parameters, stack_name

ANSWERED = Answers(
    "eu-central-1", "https://abcd.supabase.co", "sb_publishable_x", "maya/people", "https://a.example, https://b.example",
    parameters={"SweepRate": "rate(10 minutes)"},
)  # fmt: skip
# how IAM calls what makes a resource of these services
MAKES = {
    "AWS::ApiGatewayV2": "apigateway:POST", "AWS::CloudFormation": "cloudformation:CreateStack",
    "AWS::CloudFront": "cloudfront:CreateDistribution",
    "AWS::CloudWatch": "cloudwatch:PutMetricAlarm", "AWS::Events": "events:PutRule", "AWS::IAM": "iam:CreateRole",
    "AWS::KMS": "kms:CreateKey", "AWS::S3": "s3:CreateBucket",
    "AWS::Lambda": "lambda:CreateFunction", "AWS::Logs": "logs:CreateLogGroup", "AWS::SNS": "sns:CreateTopic",
    "AWS::SQS": "sqs:CreateQueue", "AWS::SSM": "ssm:PutParameter", "AWS::Scheduler": "scheduler:CreateSchedule",
    "AWS::SecretsManager": "secretsmanager:CreateSecret", "AWS::StepFunctions": "states:CreateStateMachine",
}  # fmt: skip


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A machine on which AWS was never set up."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/none")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.mark.usefixtures("nobody")
def test_without_credentials_it_is_said_how_to_get_some() -> None:
    with pytest.raises(Stopped, match="AWS_PROFILE"):
        _ = Cloud("eu-central-1", "croquis-dev").account_id


@pytest.mark.usefixtures("nobody")
def test_a_machine_without_a_region_has_none() -> None:
    assert profile_region() == ""


def test_the_parameters_are_what_was_answered_and_the_template_takes_them() -> None:
    given = parameters("prod", ANSWERED)
    assert given["AllowedOrigins"] == "https://a.example,https://b.example"
    assert given["SweepRate"] == "rate(10 minutes)"
    planned = Planned.of(given)
    assert planned.reserved == sum(it.reserved or 0 for it in deployed().functions.values())
    assert planned.trainer.startswith("ostris/flux-dev-lora-trainer:")


def test_stages_are_stacks_of_their_own() -> None:
    assert len({stack_name(it) for it in ("dev", "staging", "prod")}) == 3


def test_a_deployer_may_make_all_that_the_template_has() -> None:
    statements = json.loads((ROOT / POLICY).read_text())["Statement"]
    actions = [action for it in statements for action in listed(it["Action"])]
    kinds = {it["Type"].rpartition("::")[0] for it in deployed().transformed["Resources"].values()}
    kinds |= {"AWS::CloudFront", "AWS::CloudWatch", "AWS::S3", "AWS::SNS"}  # of the stacks in it
    assert kinds <= set(MAKES)
    assert [kind for kind in kinds if not any(fnmatch(MAKES[kind], action) for action in actions)] == []


def test_a_deployer_gets_no_right_over_everything() -> None:
    statements = json.loads((ROOT / POLICY).read_text())["Statement"]
    assert too_much(statements) == []


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "*", "Resource": "arn:aws:s3:::croquis-*"},
        {"Action": ["s3:GetObject", "*"], "Resource": "arn:aws:s3:::croquis-*"},
        {"Action": "s3:*", "Resource": "*"},
        {"Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::croquis-*", "*"]},
        {"Action": "iam:PassRole", "Resource": "*"},
        {"Action": ["IAM:CreateRole"], "Resource": "arn:aws:iam::*:role/*"},
        {"NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::croquis-*"},
        {"Action": "s3:GetObject", "NotResource": "arn:aws:s3:::croquis-*"},
    ],
    ids=str,
)
def test_a_right_over_everything_is_seen_however_it_is_written(statement: dict[str, Any]) -> None:
    """IAM takes one action or resource as a text, and any as a list; it does not mind capitals in actions."""
    assert too_much([{"Sid": "Planted", "Effect": "Allow", **statement}]) != []


def too_much(statements: list[dict[str, Any]]) -> list[str]:
    """The statements that allow everything, or whole services or roles everywhere."""
    return [it["Sid"] for it in statements if "Action" not in it or "Resource" not in it or is_wide(it)]


def is_wide(statement: dict[str, Any]) -> bool:
    actions, resources = [it.lower() for it in listed(statement["Action"])], listed(statement["Resource"])
    everywhere = any(it == "*" or it.endswith(":role/*") for it in resources)
    return "*" in actions or (everywhere and any(it.endswith("*") or it.startswith("iam:") for it in actions))


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
