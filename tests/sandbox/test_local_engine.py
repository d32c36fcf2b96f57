"""The local AWS engine keeps what Croquis relies on: these go red when an upgrade of an engine breaks an adapter.

One engine and one deployment of the sample stack serve them all; the last test kills that engine and starts it again.
"""

import hashlib
import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from engine_stand import Stand, until

from sandbox.aws.deploy import deploy, put_secret
from sandbox.aws.engine import AwsEngine

SAMPLE = Path(__file__).parent / "sample_stack"
PAGE = "http://127.0.0.1:5173"
GIVEN = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": "http://127.0.0.1:9"}
PARAMETERS = {"Word": "a word, and = more"}
WEBSOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "x" * 24,
    "Sec-WebSocket-Protocol": "mqtt",
    "Host": "a.iot.us-east-1.amazonaws.com",  # MiniStack would let it in
}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("aws")
    with AwsEngine.start(folder / "state", function_environment=GIVEN, log_dir=folder / "log") as engine:
        yield Stand(engine, deploy(engine, SAMPLE, PARAMETERS, "sample"))


def seen(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_routes_of_the_openapi_body_exist_and_no_others(stand: Stand) -> None:
    assert seen(httpx.get(f"{stand.engine.api_url}/v1/seen"))["route"] == "GET /v1/seen"
    assert httpx.post(f"{stand.engine.api_url}/v1/seen").status_code == 404
    assert httpx.get(f"{stand.engine.api_url}/v1/other").status_code == 404


def test_the_stable_address_gives_the_function_the_path_and_the_query_as_they_were_sent(stand: Stand) -> None:
    long = f"{stand.engine.url}/_aws/execute-api/{stand.outputs['ApiId']}/$default"
    for address in (stand.engine.api_url, long):
        there = seen(httpx.get(f"{address}/v1/echo/a%20b?x=1&y=%2F&x=2"))
        assert (there["raw_path"], there["query"]) == ("/v1/echo/a b", "x=1&y=%2F&x=2")
        assert there["parameters"] == {"id": "a b"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '\ufeff{"a" : 1,\r\n "ä": "\\u00e9"}\r\n'.encode()),
        ("application/json; charset=utf-8", b'{"log": "' + "é\u2028".encode() * 40_000 + b'"}'),
        ("application/octet-stream", bytes(range(256)) * 100),
        ("application/x-www-form-urlencoded", b"a=%20b+c&d"),
    ],
)
def test_a_function_gets_the_body_byte_for_byte(stand: Stand, content_type: str, body: bytes) -> None:
    """A signature over the raw body depends on it."""
    answer = httpx.post(f"{stand.engine.api_url}/v1/echo/1", content=body, headers={"content-type": content_type})
    assert seen(answer)["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_function_sees_what_the_engine_gives_it_and_nothing_of_the_engines_own(stand: Stand) -> None:
    environ = seen(httpx.get(f"{stand.engine.api_url}/v1/seen"))["environ"]
    assert {**environ, **GIVEN, "WORD": PARAMETERS["Word"]} == environ  # SANDBOX is "0" in the template
    assert environ["AWS_ENDPOINT_URL"] == stand.engine.url
    assert environ["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert not {name for name in environ if name.startswith(("ENGINE", "STATE", "S3_", "MINISTACK", "GATEWAY"))}


def test_a_function_runs_on_the_interpreter_that_is_here_with_its_layer_built_for_it(stand: Stand) -> None:
    there = seen(httpx.get(f"{stand.engine.api_url}/v1/seen"))
    assert there["greeting"] == "good morning"
    assert there["python"] == [*sys.version_info[:2]]
    assert there["layer_python"] == "{}.{}".format(*sys.version_info)


def test_a_layer_finds_what_lies_beside_its_code_and_the_code_of_another_layer(stand: Stand) -> None:
    """So the networks' weights and numpy are found as they are under /opt."""
    assert seen(httpx.get(f"{stand.engine.api_url}/v1/seen"))["words"] == ["good morning", "good night"]


def test_what_a_function_prints_is_in_cloudwatch_and_in_one_file(stand: Stand) -> None:
    mark = seen(httpx.get(f"{stand.engine.api_url}/v1/seen"))["mark"]
    assert mark in (stand.engine.log_dir / "functions.log").read_text()
    group = f"/aws/lambda/{stand.outputs['Door']}"
    logs = stand.engine.client("logs")
    assert until(lambda: logs.filter_log_events(logGroupName=group, filterPattern=f'"{mark}"')["events"])


def test_a_state_catches_an_error_by_its_class_name(stand: Stand) -> None:
    ended = json.loads(stand.end(stand.start("refuse"))["output"])
    assert (ended["failure"]["Error"], ended["end"]) == ("Refused", "refused")


def test_an_answer_ends_the_wait_once_and_a_second_one_is_refused(stand: Stand) -> None:
    machines, execution = stand.engine.client("stepfunctions"), stand.start("wait")
    token = stand.token(execution)
    machines.send_task_heartbeat(taskToken=token)
    machines.send_task_success(taskToken=token, output='{"first": true}')
    with pytest.raises(ClientError, match="TaskTimedOut"):
        machines.send_task_success(taskToken=token, output='{"first": false}')
    assert json.loads(stand.end(execution)["output"])["answer"] == {"first": True}


def test_a_failure_arrives_with_its_name_and_its_cause(stand: Stand) -> None:
    execution = stand.start("wait")
    failure = {"taskToken": stand.token(execution), "error": "Broken", "cause": "the provider says so"}
    stand.engine.client("stepfunctions").send_task_failure(**failure)
    ended = stand.end(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Broken", "the provider says so")


@pytest.mark.parametrize("early", ["answer early", "beat early"])
def test_a_token_works_while_its_function_still_runs(stand: Stand, early: str) -> None:
    execution = stand.start(early)
    if early == "beat early":  # the function would fail if it were refused
        stand.engine.client("stepfunctions").send_task_success(taskToken=stand.token(execution), output="{}")
    ended = stand.end(execution)
    assert (ended["status"], "end" in json.loads(ended["output"])) == ("SUCCEEDED", False)


def test_silence_ends_the_task_at_its_heartbeat_and_its_token_is_refused_then(stand: Stand) -> None:
    execution = stand.start("wait")
    token = stand.token(execution)
    until(lambda: "WaitStateEntered" in [event["type"] for event in stand.history(execution)])
    with pytest.raises(ClientError, match="TaskTimedOut"):
        stand.engine.client("stepfunctions").send_task_success(taskToken=token, output="{}")
    assert json.loads(stand.end(execution)["output"])["end"] == "silent"


def test_a_name_starts_one_execution(stand: Stand) -> None:
    first = stand.start("wait", name="job-1")
    assert stand.start("wait", name="job-1") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        stand.start("answer early", name="job-1")
    stand.engine.client("stepfunctions").send_task_success(taskToken=stand.token(first), output="{}")
    stand.end(first)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        stand.start("wait", name="job-1")


def test_of_a_batch_only_the_failed_message_comes_again_and_ends_in_the_dead_letter_queue(stand: Stand) -> None:
    sqs, queues = stand.engine.client("sqs"), stand.outputs
    entries = [{"Id": str(place), "MessageBody": text} for place, text in enumerate(["one", "bad", "two"])]
    sqs.send_message_batch(QueueUrl=queues["WorkQueue"], Entries=entries)

    def received(queue: str) -> list[str]:
        answer = sqs.receive_message(QueueUrl=queues[queue], MaxNumberOfMessages=10, WaitTimeSeconds=1)
        return [message["Body"] for message in answer.get("Messages", [])]

    assert until(lambda: received("DeadQueue")) == ["bad"]
    assert sorted(received("DoneQueue")) == ["one", "two"]


def test_a_nested_stack_is_deployed_with_what_its_parent_hands_it(stand: Stand) -> None:
    (alarm,) = stand.engine.client("cloudwatch").describe_alarms()["MetricAlarms"]
    queue = stand.outputs["DeadQueue"].rpartition("/")[2]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue}]
    assert alarm["AlarmActions"] == [stand.outputs["AlarmTopic"]]
    assert stand.engine.client("sns").list_subscriptions()["Subscriptions"] == []  # nobody was named


def test_schedules_secrets_and_parameters_are_there(stand: Stand) -> None:
    (schedule,) = stand.engine.client("scheduler").list_schedules()["Schedules"]
    assert (schedule["State"], schedule["Target"]["Arn"].split(":")[2]) == ("ENABLED", "lambda")
    keeper, value = stand.engine.client("secretsmanager"), secrets.token_hex(16)
    assert len(keeper.get_secret_value(SecretId=stand.outputs["Secret"])["SecretString"]) == 40
    put_secret(stand.engine, stand.outputs["Secret"], value)
    assert keeper.get_secret_value(SecretId=stand.outputs["Secret"])["SecretString"] == value
    parameter = stand.engine.client("ssm").get_parameter(Name="/sample/word")["Parameter"]
    assert parameter["Value"] == PARAMETERS["Word"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": PAGE},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "rebound.example:80"},
        {"Host": "a.execute-api.evil.example"},
        WEBSOCKET,
    ],
)
def test_no_web_page_reaches_the_engines(stand: Stand, headers: dict[str, str]) -> None:
    assert httpx.get(f"{stand.engine.url}/_ministack/health", headers=headers).status_code == 403
    if headers is not WEBSOCKET:  # the other engine speaks no WebSocket
        assert httpx.get(stand.engine.executions_url, headers=headers).status_code == 403


def test_a_page_reaches_the_api_from_the_origins_that_the_template_allows(stand: Stand) -> None:
    address = f"{stand.engine.api_url}/v1/seen"
    asked = httpx.options(address, headers={"Origin": PAGE, "Access-Control-Request-Method": "GET"})
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert httpx.get(address, headers={"Origin": PAGE}).headers["access-control-allow-origin"] == PAGE
    assert httpx.get(address, headers={"Host": "rebound.example"}).status_code == 403


def test_deploying_what_is_deployed_does_nothing(stand: Stand) -> None:
    log = stand.engine.log_dir / "deploy.log"
    before = log.stat().st_size
    assert deploy(stand.engine, SAMPLE, PARAMETERS, "sample") == stand.outputs
    assert log.stat().st_size == before


def test_what_was_deployed_survives_a_crash_of_the_engine(stand: Stand) -> None:
    saved = stand.engine.state_dir / "state" / "lambda.json"
    until(lambda: saved.is_file() and stand.outputs["Clock"] in saved.read_text())
    for pid in stand.engine.pids:
        os.kill(pid, signal.SIGKILL)
    stand.engine.stop()
    with AwsEngine.start(stand.engine.state_dir, log_dir=stand.engine.log_dir) as again:
        assert again.url == stand.engine.url
        assert deploy(again, SAMPLE, PARAMETERS, "sample") == stand.outputs
        assert seen(httpx.get(f"{again.api_url}/v1/seen"))["greeting"] == "good morning"
