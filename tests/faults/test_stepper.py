"""The stepper takes the states that moto's interpreter takes, on every path of our machines; it refuses what is new."""

import copy
import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from faults.asl import NotKnownError, check
from faults.aws import calling
from faults.scripted import PATHS, Bench, Script
from faults.stepper import Execution, Stepper, Waiting
from studio import PLACES, deployed, hastened
from waiting import PATIENCE, until

from sandbox import ROOT
from sandbox.aws.engine import ROLE, Engine
from sandbox.aws.stack import Function, Stack

IMPATIENT = {"Train": 1, "Start_image": 1}
MACHINES = {"training": "TrainingMachine", "image": "ImageMachine"}
Taken = tuple[list[str], str]


class Told:
    """A runner whose functions find their script by the id in their event."""

    def __init__(self, scripts: dict[str, Script]) -> None:
        self._scripts = scripts
        self.client: Any = None  # one for all threads: making one is not safe in several
        self.all_run = threading.Event()  # moto stumbles over an execution that begins while a callback comes

    def invoke(self, function: Function, event: Any) -> Any:
        if "detail" in event:
            return None  # that an execution died is told beside the machine, and is no state of it
        assert self.all_run.wait(PATIENCE), "not all executions have begun"
        client = self.client

        def send(token: str, error: str | None) -> None:
            if error:
                client.send_task_failure(taskToken=token, error=error, cause="")
            else:
                client.send_task_success(taskToken=token, output="{}")

        return self._scripts[event.get("job_id") or event["image_id"]].play(function.name, event, send)


def given(machine: str, place: int) -> dict[str, object]:
    if machine == "training":
        return {"job_id": f"path-{place}", "run": 1}
    kind = "repair" if "repair" in list(PATHS)[place][1] else "generation"
    return {"image_id": f"path-{place}", "kind": kind}


@pytest.fixture(scope="module")
def taken_by_moto() -> Iterator[dict[tuple[str, str], Taken]]:
    """The states of all paths, which run at once: most of their time they wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        scripts = {f"path-{place}": Script(copy.deepcopy(told)) for place, told in enumerate(PATHS.values())}
        stack = Stack(ROOT / "template.yaml", PLACES)
        told = Told(scripts)
        with Engine(stack, told, throttled=False, definition=lambda _, text: hastened(text, {})):
            client = told.client = boto3.client("stepfunctions")
            arns = {}
            for place, (machine, name) in enumerate(PATHS):
                arn, order = stack.reference(MACHINES[machine]), json.dumps(given(machine, place))
                if "silent" in str(PATHS[machine, name]):  # the others must not time out, however slow moto is
                    arn = impatient(client, stack, machine)
                started = client.start_execution(stateMachineArn=arn, name=f"path-{place}", input=order)
                arns[machine, name] = started["executionArn"]

            for arn in arns.values():
                until(lambda arn=arn: entered_by(client, arn))
            told.all_run.set()

            def ended(arn: str) -> str | None:
                status = client.describe_execution(executionArn=arn)["status"]
                return None if status == "RUNNING" else str(status)

            found: dict[tuple[str, str], Taken] = {}
            for path, arn in arns.items():
                status = until(lambda arn=arn: ended(arn))
                found[path] = entered_by(client, arn), status
            yield found


@pytest.mark.parametrize("path", PATHS, ids=" - ".join)
def test_the_stepper_takes_the_same_states_as_moto(path: Any, taken_by_moto: dict[tuple[str, str], Taken]) -> None:
    place = list(PATHS).index(path)
    assert stepped(path[0], place, Script(copy.deepcopy(PATHS[path]))) == taken_by_moto[path]


def entered_by(client: Any, arn: str) -> list[str]:
    events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return [it["stateEnteredEventDetails"]["name"] for it in events if "stateEnteredEventDetails" in it]


def impatient(client: Any, stack: Stack, machine: str) -> str:
    """A twin of the machine, which waits a second for its callbacks."""
    text = hastened(stack.machines[MACHINES[machine]], IMPATIENT)
    made = client.create_state_machine(name=f"impatient-{machine}", roleArn=ROLE, definition=text)
    return str(made["stateMachineArn"])


def stepped(machine: str, place: int, script: Script) -> Taken:
    bench, tokens = Bench(script), dict[str, Waiting]()
    text = hastened(deployed().machines[MACHINES[machine]], IMPATIENT)
    stepper = Stepper(calling(deployed(), text), bench, tokens)

    def send(token: str, error: str | None) -> None:
        tokens[token].outcome = (error, "")
        if wake := tokens[token].wake:
            wake()

    bench.send = send
    execution = Execution("path", given(machine, place))
    stepper.start(execution)
    bench.run()
    return execution.passed, execution.status


def test_every_state_of_both_machines_lies_on_a_path() -> None:
    for machine, name in MACHINES.items():
        definition = json.loads(deployed().machines[name])
        inner = definition["States"].get("Make previews", {}).get("ItemProcessor", {}).get("States", {})
        passed = {
            state
            for place, (kind, _) in enumerate(PATHS)
            if kind == machine
            for state in stepped(machine, place, Script(copy.deepcopy(list(PATHS.values())[place])))[0]
        }
        # how an image goes on waiting is the image's own machine's to show
        assert passed >= set(definition["States"]) | (set(inner) & {"Start image", "Save image"})


@pytest.mark.parametrize(
    "change",
    [
        {"HeartbeatSeconds": 60},
        {"OutputPath": "$.x"},
        {"Type": "Parallel"},
        {"Resource": "arn:aws:states:::states:startExecution"},
        {"Retry": [{"ErrorEquals": ["X"], "Backoff": 1}]},
        {"Catch": [{"ErrorEquals": ["X"], "Next": "Train", "Assign": {}}]},
    ],
    ids=str,
)
def test_what_the_stepper_does_not_know_is_refused(change: dict[str, Any]) -> None:
    machine = json.loads(deployed().machines["TrainingMachine"])
    machine["States"]["Train"].update(change)
    with pytest.raises(NotKnownError, match="Train"):
        check(machine)
