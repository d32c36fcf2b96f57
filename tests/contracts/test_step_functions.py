"""What we ask of Step Functions: a door only starts, since only the sweep has the right to look (OP-03)."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.stub import Stubber

from croquis.adapters.aws.workflow import StepFunctions
from croquis.domain.ids import ImageId, JobId
from croquis.domain.runs.job import MOST_EXECUTIONS
from croquis.errors import Unavailable
from croquis.ports import Execution
from croquis.usecases import images, trainings

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


def test_executions_of_one_job_have_names_of_their_own_that_aws_takes() -> None:
    """SF-02: a name is free again only 90 days after its execution closed, so none is used twice."""
    job, image = JobId(str(uuid4())), ImageId(str(uuid4()))
    revivals = range(1, MOST_EXECUTIONS + 1)
    names = [trainings.execution_name(job, run, execution) for run in range(1, 30) for execution in revivals]
    names += [images.execution_name(image, execution) for execution in revivals]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9-]{1,80}", name) for name in names)


SUCCESS = {"taskToken": "token", "output": "{}"}
FAILURE = {"taskToken": "token", "error": "ProviderEnded", "cause": "See the provider attempt."}


def test_a_callback_wakes_its_task(aws: Stubber, workflow: StepFunctions) -> None:
    aws.add_response("send_task_success", {}, SUCCESS)
    aws.add_response("send_task_failure", {}, FAILURE)
    assert workflow.succeed("token")
    assert workflow.fail("token", "ProviderEnded")


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_on_which_nobody_waits_is_told_and_no_error(aws: Stubber, workflow: StepFunctions, code: str) -> None:
    """SF-09."""
    aws.add_client_error("send_task_success", code, expected_params=SUCCESS)
    aws.add_client_error("send_task_failure", code, expected_params=FAILURE)
    assert not workflow.succeed("token")
    assert not workflow.fail("token", "ProviderEnded")


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500), ("X", 503)])
def test_a_callback_that_may_not_have_arrived_is_sent_again(
    aws: Stubber, workflow: StepFunctions, code: str, status: int
) -> None:
    """SF-08, SF-09: it is not marked as sent, and the sweep finds it."""
    aws.add_client_error("send_task_success", code, http_status_code=status, expected_params=SUCCESS)
    with pytest.raises(Unavailable):
        workflow.succeed("token")
