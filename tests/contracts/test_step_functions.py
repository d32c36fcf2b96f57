"""What we ask of Step Functions: a door only starts, since only the sweep has the right to look (OP-03)."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from croquis.adapters.aws.workflow import StepFunctions
from croquis.errors import Unavailable
from croquis.ports import Execution

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:Training"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Training:job-1"
TOLD = {"stateMachineArn": MACHINE, "name": "job-1", "input": json.dumps({"job_id": "job", "run": 1})}


@pytest.fixture
def aws() -> Iterator[Stubber]:
    """An AWS that answers exactly the calls that a test names, in this order, and refuses every other one."""
    client: Any = boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def workflow(aws: Stubber) -> StepFunctions:
    return StepFunctions(aws.client, training_machine=lambda: MACHINE, image_machine=lambda: MACHINE)


def test_the_first_to_ask_starts_it(aws: Stubber, workflow: StepFunctions) -> None:
    aws.add_response("start_execution", {"executionArn": EXECUTION, "startDate": 0}, TOLD)
    assert workflow.start_training("job", 1, name="job-1")


def test_a_name_that_is_taken_is_told_and_not_looked_at(aws: Stubber, workflow: StepFunctions) -> None:
    """SF-01: a repeated submit must not be a 503 because a door may not call DescribeExecution."""
    aws.add_client_error("start_execution", "ExecutionAlreadyExists", expected_params=TOLD)
    assert not workflow.start_training("job", 1, name="job-1")


def test_what_is_not_allowed_is_no_name_that_is_taken(aws: Stubber, workflow: StepFunctions) -> None:
    aws.add_client_error("start_execution", "AccessDeniedException", expected_params=TOLD)
    with pytest.raises(Unavailable):
        workflow.start_training("job", 1, name="job-1")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("RUNNING", Execution.RUNNING), ("PENDING_REDRIVE", Execution.RUNNING), ("FAILED", Execution.CLOSED),
        ("SUCCEEDED", Execution.CLOSED), ("TIMED_OUT", Execution.CLOSED), ("ABORTED", Execution.CLOSED),
    ],
)  # fmt: skip
def test_the_sweep_looks_by_name(aws: Stubber, workflow: StepFunctions, status: str, expected: Execution) -> None:
    answer = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "startDate": 0}
    aws.add_response("describe_execution", answer, {"executionArn": EXECUTION})
    assert workflow.look_at_training("job-1") is expected
