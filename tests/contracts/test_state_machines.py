"""The rules of both state machines: time-outs, what may be retried, where a failure leads, and what a name means."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from contracts.deployment import MACHINES, ROOT, function_of, functions, machine, resources, states, tasks
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from statelint.linter import Linter

NAMES = list(MACHINES.values())
BOTH = pytest.mark.parametrize("name", NAMES)
# a paid run is ordered by a function of another verb than the state; two functions serve a run and a picture
CALLED_OTHERWISE = {"Train": "StartTraining", "Ask about image": "AskProvider", "Record missing image": "RecordFailure"}
PAID = {"StartTraining": 7200, "StartImage": 2400}
NEVER_ON_PAID = {"States.ALL", "States.Timeout", "States.TaskFailed", "Lambda.Unknown", "Unavailable", "Unclear"}
OF_RUN, OF_IMAGE = {"job_id", "run"}, {"image_id"}
SENT_SINCE_THE_BEGINNING = {  # never longer: an execution that runs sends no more
    "BuildDataset": OF_RUN,
    "StartTraining": OF_RUN | {"task_token"},
    "AskProvider": OF_RUN | OF_IMAGE,
    "IngestWeights": OF_RUN,
    "RegisterModel": OF_RUN | {"weights"},
    "StartImage": OF_IMAGE | {"task_token"},
    "SaveImage": OF_IMAGE,
    "CutOutFace": OF_IMAGE,
    "CheckImage": OF_IMAGE,
    "GradePreviews": OF_RUN,
    "OpenReview": OF_RUN,
    "RecordFailure": OF_RUN | OF_IMAGE,
}
RESULT_WAITS = ("Ingest weights", "Register model")
LAMBDA_FAULTS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
}


def resolved(name: str) -> str:
    text = (ROOT / f"infra/{name}.asl.json").read_text()
    return re.sub(r"\$\{(\w+)\}", r"arn:aws:lambda:eu-central-1:123456789012:function:\1", text)


@BOTH
def test_the_linter_finds_nothing(name: str) -> None:
    """OP-05."""
    assert Linter.validate(json.loads(resolved(name))) == []


@BOTH
def test_the_interpreter_can_read_it(name: str) -> None:
    """OP-05: the one that runs it on a laptop."""
    program, _ = AmazonStateLanguageParser.parse(resolved(name))
    assert program


@BOTH
def test_every_state_is_reached(name: str) -> None:
    """OP-05."""
    for scope in scopes(name):
        reached, todo = set[str](), [scope["StartAt"]]
        while todo:
            state = todo.pop()
            if state not in reached:
                reached.add(state)
                todo += list(followers(scope["States"][state]))
        assert reached == set(scope["States"])


@BOTH
def test_every_task_has_a_time_out_that_outlasts_its_function(name: str) -> None:
    """SF-03: without one a lost callback would wait for a year."""
    for key, task in tasks(name).items():
        assert task["TimeoutSeconds"] > functions()[function_of(task)]["Timeout"], key
        assert "HeartbeatSeconds" not in task, f"{key}: nobody sends heartbeats"


@BOTH
def test_only_paid_calls_wait_for_a_token_and_not_too_long(name: str) -> None:
    """SF-03: 120 minutes for a training, 40 for a picture."""
    waiting = {key: task for key, task in tasks(name).items() if task["Resource"].endswith(".waitForTaskToken")}
    assert {function_of(task) for task in waiting.values()} <= set(PAID)
    for key, task in waiting.items():
        assert task["TimeoutSeconds"] <= PAID[function_of(task)], key
        assert task["Parameters"]["Payload"]["task_token.$"] == "$$.Task.Token"


def paid_tasks(name: str) -> dict[str, dict[str, Any]]:
    return {key: task for key, task in tasks(name).items() if function_of(task) in PAID}


@BOTH
def test_what_is_unclear_about_a_paid_run_is_asked_and_never_repeated(name: str) -> None:
    """SF-04, SF-05, MO-01."""
    for key, task in paid_tasks(name).items():
        retried = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
        assert not retried & NEVER_ON_PAID, key
        assert retried <= {"Lambda.TooManyRequestsException", "Throttled", "Paused"}, key
        leads = {error: catch["Next"] for catch in task["Catch"] for error in catch["ErrorEquals"]}
        for unclear in ("States.Timeout", "States.HeartbeatTimeout", "States.ALL"):
            assert leads[unclear].startswith("Ask "), key
        clear = {error for error, following in leads.items() if following.startswith("Record ")}
        assert clear <= {"NotStarted", "Canceled", "Throttled", "Paused"}, key


@BOTH
def test_only_asking_decides_that_a_paid_run_failed(name: str) -> None:
    """SF-04: the answer give_up, or nothing."""
    asking = {key: task for key, task in tasks(name).items() if function_of(task) == "AskProvider"}
    for key, task in asking.items():
        assert {catch["Next"].partition(" ")[0] for catch in task["Catch"]} == {"Wait"}, key
        choice = states(name)[task["Next"]]
        answers = {it["StringEquals"]: it["Next"] for it in choice["Choices"]}
        assert set(answers) == {"go_on", "give_up"}
        assert answers["give_up"].startswith("Record ")
        assert choice["Default"].startswith("Wait ")
        assert function_of(states(name)[states(name)[choice["Default"]]["Next"]]) in PAID  # which orders nothing twice


@BOTH
def test_idempotent_states_are_retried_with_jitter_and_a_bound(name: str) -> None:
    """SF-05."""
    for key, task in tasks(name).items():
        assert task["Retry"], key
        for retry in task["Retry"]:
            if retry["MaxAttempts"] == 0:
                continue
            assert retry["JitterStrategy"] == "FULL", key
            assert retry["BackoffRate"] >= 2, key
            if retry["ErrorEquals"] == ["Paused"] or (key in RESULT_WAITS and retry["ErrorEquals"] == ["States.ALL"]):
                assert a_day_at_least(retry), key
                assert retry["MaxAttempts"] <= 500, key  # SF-12
            else:
                assert 1 <= retry["MaxAttempts"] <= 10, key
        if function_of(task) not in PAID:
            retried = {error for retry in task["Retry"] if retry["MaxAttempts"] for error in retry["ErrorEquals"]}
            assert "States.ALL" in retried or retried >= LAMBDA_FAULTS, key
            assert all("MaxDelaySeconds" in retry for retry in task["Retry"] if retry["MaxAttempts"]), key


def a_day_at_least(retry: dict[str, Any]) -> bool:
    """Full jitter waits half of its longest delay in the mean."""
    return retry["MaxAttempts"] * retry["MaxDelaySeconds"] / 2 >= 86_400


@pytest.mark.parametrize("key", RESULT_WAITS)
def test_a_result_that_was_paid_waits_a_day_for_everything_but_a_verdict_about_it(key: str) -> None:
    """An outage of the storage, the database or Lambda fails no training that succeeded."""
    *verdicts, outages = machine("training")["States"][key]["Retry"]
    tries = {error: verdict["MaxAttempts"] for verdict in verdicts for error in verdict["ErrorEquals"]}
    # what was fetched badly is fetched again before that is the verdict
    assert tries.pop("WeightsRefused") == (2 if key == "Ingest weights" else 0)
    assert tries == {"DatasetIncomplete": 0, "StepFailed": 0, "Canceled": 0}
    assert outages["ErrorEquals"] == ["States.ALL"]


def test_a_failure_leads_to_the_record_until_the_model_is_registered_and_never_after() -> None:
    """DESIGN 3.6: a paid result is never thrown away."""
    registered = False
    scope = machine("training")["States"]
    for key in main_road(machine("training")):
        leads = {catch["Next"] for catch in scope[key].get("Catch", [])}
        if registered:
            assert leads <= {"Grade previews", "Open review"}, key
        else:
            assert leads <= {"Record failure", "Ask provider"}, key
            assert leads & {"Record failure"}, key
        registered = registered or key == "Register model"
    assert registered
    inside = scope["Make previews"]["ItemProcessor"]["States"]
    assert "Record failure" not in {following for state in inside.values() for following in followers(state)}


@BOTH
def test_the_state_holds_ids_and_paths_only(name: str) -> None:
    """SF-06: each answer is dropped, or cut down to named fields; and no input is carried on but by name."""
    for key, task in tasks(name).items():
        assert task["ResultPath"] is None or task["ResultSelector"], key
        payload = task["Parameters"].get("Payload", {})
        assert set(payload) <= {"job_id.$", "run.$", "image_id.$", "task_token.$", "weights.$"}, key


@BOTH
def test_every_substitution_is_a_function_and_every_function_is_substituted(name: str) -> None:
    logical_id = next(key for key, value in MACHINES.items() if value == name)
    properties = resources("AWS::Serverless::StateMachine")[logical_id]
    used = {function_of(task) for task in tasks(name).values()}
    assert properties["DefinitionUri"] == f"infra/{name}.asl.json"
    assert properties["DefinitionSubstitutions"] == {it: {"GetAtt": f"{it}.Arn"} for it in used}
    assert used <= set(functions())
    assert set(re.findall(r"\$\{(\w+)\}", (ROOT / f"infra/{name}.asl.json").read_text())) == used


@BOTH
def test_a_state_a_function_and_a_file_share_one_name(name: str) -> None:
    """style.md: nothing to look up."""
    for key, task in tasks(name).items():
        expected = CALLED_OTHERWISE.get(key) or "".join(word.capitalize() for word in key.split())
        assert function_of(task) == expected
        module = re.sub(r"(?<!^)(?=[A-Z])", "_", expected).lower()
        assert functions()[expected]["Handler"] == f"workflow.{module}.handler"
        assert (ROOT / f"functions/workflow/{module}.py").exists()


@pytest.mark.parametrize("function", SENT_SINCE_THE_BEGINNING)
def test_a_function_demands_only_what_running_executions_send(function: str) -> None:
    """SF-14: after a deployment, machines of before call the new functions. What is added is read with get()."""
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()
    code = (ROOT / f"functions/workflow/{module}.py").read_text()
    assert set(re.findall(r'event\["(\w+)"\]', code)) <= SENT_SINCE_THE_BEGINNING[function]


def test_every_function_of_a_state_has_sworn_that() -> None:
    assert set(SENT_SINCE_THE_BEGINNING) == {function_of(task) for name in NAMES for task in tasks(name).values()}


def test_every_file_of_a_state_is_used() -> None:
    used = {function_of(task) for name in NAMES for task in tasks(name).values()}
    workers = {
        name for name, it in functions().items() if any(e["Type"] == "SQS" for e in it.get("Events", {}).values())
    }
    invoked = {"MeasureFaces"}  # by whoever grades pictures
    files = {path.stem for path in (ROOT / "functions/workflow").glob("*.py")} - {"__init__"}
    assert {"".join(word.capitalize() for word in stem.split("_")) for stem in files} == used | workers | invoked


def scopes(name: str) -> Iterator[dict[str, Any]]:
    yield machine(name)
    yield from (state["ItemProcessor"] for state in machine(name)["States"].values() if state["Type"] == "Map")


def followers(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    yield from (choice["Next"] for choice in state.get("Choices", []))
    yield from (catch["Next"] for catch in state.get("Catch", []))


def main_road(of: dict[str, Any]) -> Iterator[str]:
    """The states of a run in which nothing goes wrong."""
    key: str | None = of["StartAt"]
    while key:
        yield key
        key = of["States"][key].get("Next")
