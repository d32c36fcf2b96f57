"""The AWS side of a stage: its account, its stack, its secrets. Region and profile are named, never assumed."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from croquis_cli.doctor.account import HELD
from croquis_cli.doctor.patient import Account
from infra.deploy.errors import Stopped

POLICY = "infra/deployer-policy.json"


def profile_region() -> str:
    """Where the profile, or AWS_REGION, says that things are; empty if they say nothing."""
    return boto3.Session().region_name or ""


class Cloud:
    """One stack in one region."""

    def __init__(self, region: str, stack: str) -> None:
        self.region = region
        self.stack = stack

    @cached_property
    def account_id(self) -> str:
        with _told():
            return str(self._client("sts").get_caller_identity()["Account"])

    def outputs(self) -> dict[str, str]:
        """Of the stack; none if it is not there."""
        with _told():
            try:
                (found,) = self._client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationError":
                    return {}
                raise
        if found["StackStatus"] == "ROLLBACK_COMPLETE":
            remove = f"aws cloudformation delete-stack --stack-name {self.stack} --region {self.region}"
            raise Stopped(f"The first deployment of {self.stack} failed. Remove what is left of it ({remove}), "
                          "and deploy again.")  # fmt: skip
        return {it["OutputKey"]: it["OutputValue"] for it in found.get("Outputs", [])}

    def secrets(self, outputs: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Their values by logical id; empty where none is put yet."""
        return {name: self._secret(outputs[name]) for name in HELD if name in outputs}

    def keep_secret(self, arn: str, value: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
        """Whether it was another."""
        if value == before:
            return False
        with _told():
            self._client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps(value))
        return True

    def account(self, outputs: Mapping[str, str], reserved: int) -> Account:
        """What the doctor wants to know."""
        with _told():
            found = self._client("lambda").get_account_settings()["AccountLimit"]
            own = self._reserved() if outputs else 0
        limit = int(found["ConcurrentExecutions"])
        elsewhere = limit - int(found["UnreservedConcurrentExecutions"]) - own
        subscriptions = self._subscriptions(outputs["AlarmTopic"]) if "AlarmTopic" in outputs else []
        return Account(limit, reserved, elsewhere, bool(outputs), subscriptions, self.secrets(outputs))

    def _reserved(self) -> int:
        """Executions that functions of the stack reserve now, which may be fewer or more than it is about to."""
        client = self._client("lambda")
        pages = self._client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        found = (it for page in pages for it in page["StackResourceSummaries"])
        functions = [it["PhysicalResourceId"] for it in found if it["ResourceType"] == "AWS::Lambda::Function"]
        held = (client.get_function_concurrency(FunctionName=it) for it in functions)
        return sum(it.get("ReservedConcurrentExecutions", 0) for it in held)

    def _subscriptions(self, topic: str) -> list[dict[str, str]]:
        with _told():
            return list(self._client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])

    def _secret(self, arn: str) -> dict[str, Any]:
        client = self._client("secretsmanager")
        with _told():
            try:
                held = client.get_secret_value(SecretId=arn)
            except client.exceptions.ResourceNotFoundException:  # made by the stack, and nothing put yet
                return {}
        text = held.get("SecretString") or ""
        try:
            return dict(json.loads(text)) if text or held.get("SecretBinary") else {}
        except (TypeError, ValueError):  # somebody's certificate, perhaps: it is not replaced
            raise Stopped(f"What the secret {arn} holds is not readable as JSON: put it right first.") from None

    def _client(self, service: str) -> Any:
        return boto3.client(service, region_name=self.region)  # pyright: ignore[reportCallIssue, reportArgumentType]


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except (NoCredentialsError, NoRegionError):
        raise Stopped("There are no AWS credentials here: name a profile (AWS_PROFILE=…), and sign in to it.") from None
    except ClientError as error:
        code, call = error.response["Error"]["Code"], error.operation_name
        hint = f"{POLICY} lists all rights that a deployer needs." if "Denied" in code or "Unauth" in code else ""
        raise Stopped(f"AWS refused {call}: {code}. {hint}".strip()) from None
    except BotoCoreError as error:
        raise Stopped(f"AWS cannot be asked: {error}") from None
