"""The part of the Amazon States Language that our two machines use. What it does not know, it refuses."""

from typing import Any

Json = Any

COMMON = {"Comment", "Type", "Next", "End"}
CARE = {"Retry", "Catch"}
FIELDS = {
    "Task": COMMON | CARE | {"Resource", "Parameters", "InputPath", "ResultSelector", "ResultPath", "TimeoutSeconds"},
    "Map": COMMON | CARE | {"ItemsPath", "ItemSelector", "ItemProcessor", "MaxConcurrency", "ResultPath"},
    "Choice": {"Comment", "Type", "Choices", "Default"},
    "Wait": COMMON | {"Seconds"},
    "Succeed": {"Comment", "Type"},
    "Fail": {"Comment", "Type", "Error", "Cause"},
}
PARTS = {
    "machine": {"Comment", "StartAt", "States", "ProcessorConfig"},
    "retrier": {
        "ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy",
    },
    "catcher": {"ErrorEquals", "ResultPath", "Next"},
    "choice": {"Variable", "StringEquals", "Next"},
}  # fmt: skip
INVOKE, CALLBACK = "arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke.waitForTaskToken"
UNCATCHABLE = {"States.DataLimitExceeded", "States.Runtime"}
REPEATED = 3  # tries of a retrier that names no number


class NotKnownError(Exception):
    """A machine says something that the stepper does not play."""


def check(machine: Json) -> Json:
    """The machine itself, if every word of it is known."""
    _only(machine, PARTS["machine"], "a machine")
    for name, state in machine["States"].items():
        if state.get("Type") not in FIELDS:
            raise NotKnownError(f"{name}: a state of type {state.get('Type')}")
        _only(state, FIELDS[state["Type"]], name)
        for kind, parts in (("retrier", "Retry"), ("catcher", "Catch"), ("choice", "Choices")):
            for part in state.get(parts, []):
                _only(part, PARTS[kind], f"{name}, {parts}")
        if state["Type"] == "Task" and state["Resource"] not in (INVOKE, CALLBACK):
            raise NotKnownError(f"{name}: the resource {state['Resource']}")
        if state["Type"] == "Map":
            if state["ItemProcessor"].get("ProcessorConfig", {}).get("Mode") != "INLINE":
                raise NotKnownError(f"{name}: a Map that is not inline")
            check(state["ItemProcessor"])
    return machine


def _only(part: Json, known: set[str], where: str) -> None:
    if unknown := set(part) - known:
        raise NotKnownError(f"{where}: {', '.join(sorted(unknown))}")


def at(path: str, data: Json, context: Json) -> Json:
    """The value at a path of names: `$`, `$.a.b`, and of the context `$$.a.b`."""
    names = path.split(".")
    found = {"$": data, "$$": context}[names[0]]
    for name in names[1:]:
        found = found[name]
    return found


def filled(template: Json, data: Json, context: Json) -> Json:
    """Parameters, a selector: keys that end with `.$` hold paths."""
    if not isinstance(template, dict):
        return template
    return {
        key.removesuffix(".$"): at(value, data, context) if key.endswith(".$") else filled(value, data, context)
        for key, value in template.items()
    }


def with_result(data: Json, result: Json, path: str | None) -> Json:
    """The data after a state whose ResultPath this is."""
    if path is None:
        return data
    if path == "$":
        return result
    name = path.removeprefix("$.")
    if "." in name:
        raise NotKnownError(f"a ResultPath of two names: {path}")
    return {**data, name: result}


def names_it(error: str, names: list[str]) -> bool:
    """Whether a Retry or Catch that lists these names is meant."""
    return error in names or ("States.ALL" in names and error not in UNCATCHABLE)


def delay(retrier: Json, tries: int, share: float) -> float | None:
    """Seconds until the next try, after so many; None when there is none. `share` is the jitter's part of 0 to 1."""
    if tries >= retrier.get("MaxAttempts", REPEATED):
        return None
    seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** tries
    seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
    return seconds * share if retrier.get("JitterStrategy") == "FULL" else seconds


def chosen(state: Json, data: Json) -> str:
    """Where a Choice leads."""
    for choice in state["Choices"]:
        if at(choice["Variable"], data, None) == choice["StringEquals"]:
            return choice["Next"]
    return state["Default"]
