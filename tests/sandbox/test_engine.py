"""The local engine keeps what Croquis relies on: callbacks, queues, schedules and events. Red when moto changes."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from sample_stand import SAMPLE, WORD, Stand, running_sample
from waiting import until

from sandbox.aws.stack import Schedule, Stack, TemplateError


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with running_sample(tmp_path_factory.mktemp("aws")) as stand:
        yield stand


def test_a_state_catches_an_error_by_its_class_name(stand: Stand) -> None:
    ended = json.loads(stand.end(stand.start("refuse"))["output"])
    assert (ended["failure"]["Error"], ended["end"]) == ("Refused", "refused")


def test_an_answer_ends_the_wait_once_and_a_second_one_is_refused(stand: Stand) -> None:
    machines, execution = stand.client("stepfunctions"), stand.start("wait")
    token = stand.token(execution)
    machines.send_task_success(taskToken=token, output='{"first": true}')
    with pytest.raises(ClientError, match="TaskTimedOut"):
        machines.send_task_success(taskToken=token, output='{"first": false}')
    assert json.loads(stand.end(execution)["output"])["answer"] == {"first": True}


def test_a_failure_arrives_with_its_name_and_its_cause_and_is_an_event(stand: Stand) -> None:
    execution = stand.start("wait")
    failure = {"taskToken": stand.token(execution), "error": "Broken", "cause": "the provider says so"}
    stand.client("stepfunctions").send_task_failure(**failure)
    ended = stand.end(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Broken", "the provider says so")
    (heard,) = [json.loads(it) for it in until(lambda: stand.received("HeardQueue"))]
    assert heard["detail-type"] == "Step Functions Execution Status Change"
    assert heard["detail"].items() >= {"executionArn": execution, "status": "FAILED", "error": "Broken"}.items()


def test_a_token_works_while_its_function_still_runs(stand: Stand) -> None:
    ended = stand.end(stand.start("answer early"))
    assert (ended["status"], "end" in json.loads(ended["output"])) == ("SUCCEEDED", False)
    assert stand.received("HeardQueue") == []  # the rule asks for failures


def test_silence_ends_the_task_at_its_time_out_and_its_token_is_refused_then(stand: Stand) -> None:
    execution = stand.start("wait")
    token = stand.token(execution)
    until(lambda: "WaitStateEntered" in [event["type"] for event in stand.history(execution)])
    with pytest.raises(ClientError, match="TaskTimedOut"):
        stand.client("stepfunctions").send_task_success(taskToken=token, output="{}")
    assert json.loads(stand.end(execution)["output"])["end"] == "silent"


def test_a_function_may_invoke_another_and_hears_how_it_ended(stand: Stand) -> None:
    function, order = stand.engine.stack.attribute("Step", "Arn"), {"task_token": "none"}
    invoke = boto3.client("lambda", "us-east-1", endpoint_url=stand.aws).invoke  # as other processes reach it
    well = invoke(FunctionName=function, Payload=json.dumps({**order, "do": "nothing"}))
    assert (well.get("FunctionError"), json.loads(well["Payload"].read())) == (None, None)
    badly = invoke(FunctionName=function, Payload=json.dumps({**order, "do": "refuse"}))
    said = json.loads(badly["Payload"].read())
    assert (badly["FunctionError"], said["errorType"], said["errorMessage"]) == ("Unhandled", "Refused", "not today")


def test_a_name_starts_one_execution(stand: Stand) -> None:
    first = stand.start("wait", name="job-1")
    assert stand.start("wait", name="job-1") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        stand.start("answer early", name="job-1")
    stand.client("stepfunctions").send_task_success(taskToken=stand.token(first), output="{}")
    stand.end(first)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        stand.start("wait", name="job-1")


def test_of_a_batch_only_the_failed_message_comes_again_and_ends_in_the_dead_letter_queue(stand: Stand) -> None:
    entries = [{"Id": str(place), "MessageBody": text} for place, text in enumerate(["one", "bad", "two"])]
    stand.client("sqs").send_message_batch(QueueUrl=stand.engine.stack.reference("WorkQueue"), Entries=entries)

    assert until(lambda: stand.received("DeadQueue")) == ["bad"]
    assert sorted(stand.received("DoneQueue")) == ["one", "two"]


def test_a_schedule_has_the_templates_rate_and_input_and_calls_its_function_at_once(stand: Stand) -> None:
    hourly = Schedule("Listener", 3_600, {"source": "aws.scheduler"})
    often = Schedule("Listener", 30, {"source": "often"})
    assert sorted(stand.engine.stack.schedules, key=lambda it: -it.seconds) == [hourly, often]
    heard: list[str] = []
    stand.engine.start_clock()
    until(lambda: heard.extend(json.loads(it)["source"] for it in stand.received("HeardQueue")) or len(heard) == 2)
    assert sorted(heard) == ["aws.scheduler", "often"]


def test_secrets_and_parameters_are_there(stand: Stand) -> None:
    value = {"key": secrets.token_hex(16)}
    stand.engine.put_secret("Secret", value)
    kept = stand.client("secretsmanager").get_secret_value(SecretId=stand.engine.stack.reference("Secret"))
    assert json.loads(kept["SecretString"]) == value
    assert stand.client("ssm").get_parameter(Name="/croquis/word")["Parameter"]["Value"] == WORD


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://127.0.0.1:5173"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "rebound.example:80"}]
)
def test_no_web_page_reaches_the_engine(stand: Stand, headers: dict[str, str]) -> None:
    asked = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Content-Type": "application/x-amz-json-1.0"}
    assert httpx.post(stand.aws, content=b"{}", headers=asked).status_code == 200
    assert httpx.post(stand.aws, content=b"{}", headers={**asked, **headers}).status_code == 403


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("!Ref DoneQueue", "!Select [0, [a]]"), "Fn::Select"),
        (("rate(1 hour)", "'cron(0 0 * * ? *)'"), "cron"),
        (("!Ref DoneQueue", "!Ref Nothing"), "Nothing"),
        (("!Ref DoneQueue", "!GetAtt HttpApi.ApiEndpoint"), "ApiEndpoint"),
    ],
)
def test_what_the_engine_does_not_stand_in_for_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    template = (SAMPLE / "template.yaml").read_text()
    assert change[0] in template
    (tmp_path / "template.yaml").write_text(template.replace(*change))
    stack = Stack(tmp_path / "template.yaml", {"Word": WORD})
    with pytest.raises(TemplateError, match=named):
        _ = stack.functions, stack.schedules


def test_parameters_must_be_known_and_have_values() -> None:
    with pytest.raises(TemplateError, match="Word"):
        Stack(SAMPLE / "template.yaml", {})
    with pytest.raises(TemplateError, match="Wrod"):
        Stack(SAMPLE / "template.yaml", {"Word": WORD, "Wrod": "x"})
