"""template.yaml, what is nested in it and the state machines as plain data, for the tests of the house's rules."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MACHINES = {"TrainingMachine": "training", "ImageMachine": "image"}


class _Loader(yaml.SafeLoader):
    """CloudFormation's short tags become its long form: !GetAtt A.B is {"GetAtt": "A.B"}."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    raise TypeError(f"A mapping behind !{tag} is not expected.")


_Loader.add_multi_constructor("!", _tagged)


@cache
def template(path: str = "template.yaml") -> dict[str, Any]:
    return yaml.load((ROOT / path).read_text(), _Loader)


def resources(kind: str, path: str = "template.yaml") -> dict[str, dict[str, Any]]:
    """The properties of all resources of this type, by logical id."""
    found = {name: it for name, it in template(path)["Resources"].items() if it["Type"] == kind}
    return {name: it.get("Properties", {}) for name, it in found.items()}


def functions() -> dict[str, dict[str, Any]]:
    return resources("AWS::Serverless::Function")


def variables(function: dict[str, Any]) -> dict[str, Any]:
    """What the function's environment says, the globals included."""
    everywhere = template()["Globals"]["Function"]["Environment"]["Variables"]
    return everywhere | function.get("Environment", {}).get("Variables", {})


def reserved(function: dict[str, Any]) -> int:
    """How many executions the function keeps for itself, where any are reserved."""
    value = function.get("ReservedConcurrentExecutions")
    if value is None:
        return 0
    assert value["If"][0] == "ReservesConcurrency"
    return value["If"][1]


def statements(properties: dict[str, Any]) -> Iterator[tuple[list[str], list[Any]]]:
    """(actions, resources) of each statement that a function or machine is allowed."""
    for policy in properties.get("Policies", []):
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            yield _listed(statement["Action"]), _listed(statement["Resource"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def machine(name: str) -> dict[str, Any]:
    return json.loads((ROOT / f"infra/{name}.asl.json").read_text())


def states(name: str) -> dict[str, dict[str, Any]]:
    """All states of a machine, those inside its Map too."""
    outer = machine(name)["States"]
    inner = [state["ItemProcessor"]["States"] for state in outer.values() if state["Type"] == "Map"]
    return outer | {key: state for more in inner for key, state in more.items()}


def tasks(name: str) -> dict[str, dict[str, Any]]:
    return {key: state for key, state in states(name).items() if state["Type"] == "Task"}


def function_of(task: dict[str, Any]) -> str:
    """The logical id behind ${StartTraining}."""
    return task["Parameters"]["FunctionName"].removeprefix("${").removesuffix("}")
