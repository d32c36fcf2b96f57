"""template.yaml as this machine runs it: SAM's own transform, then CloudFormation's functions resolved to plain data.

Not stood in for are roles, log groups, alarms and layers: functions see the sources, and `make rehearse` the rest.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

from sandbox.aws.environ import REGION, local_aws

ACCOUNT, NAME = "123456789012", "croquis"
PSEUDO = {
    "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::StackName": NAME,
    "AWS::URLSuffix": "amazonaws.com",
}  # fmt: skip
ARNS = {
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/",
}
DEFAULT = "$default"
NO_VALUE = object()  # what AWS::NoValue gives: the property is not there
REFERRED_TO_BY_ARN = {"AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret"}
# AWS knows no seconds, and a laptop no patience
UNIT_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}

Properties = dict[str, Any]


class TemplateError(ValueError):
    """The template says something that the local engine does not stand in for; the text names it."""


@dataclass(frozen=True)
class Function:
    """A Lambda function, by its logical id."""

    name: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    reserved: int | None = None


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API; its method may be ANY, and $default takes what no other route takes."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        return DEFAULT if self.path == DEFAULT else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Schedule:
    """A function that is called with the same event every so many seconds."""

    function: str
    seconds: float
    event: Properties


class Stack:
    """What a template and its parameters' values come to; `transformed` is the whole CloudFormation template."""

    def __init__(self, template: Path, parameters: Mapping[str, str]) -> None:
        text = template.read_text()
        document, self._definitions = _without_code(template, text)
        self.given = dict(parameters)
        self._values = PSEUDO | dict(_values(document.get("Parameters", {}), parameters))
        lists = {name: value for name, value in self._values.items() if isinstance(value, list)}
        self.transformed = _transformed(template, text, json.dumps(lists))
        self._api = next(iter(self._of_type("AWS::ApiGatewayV2::Api").values()), {}).get("Body", {})

    @cached_property
    def functions(self) -> dict[str, Function]:
        def made(name: str, it: Properties) -> Function:
            # a number in a template is text in the environment
            environment = {key: str(value) for key, value in it.get("Environment", {}).get("Variables", {}).items()}
            reserved = it.get("ReservedConcurrentExecutions")
            return Function(name, it["Handler"], it["Timeout"], it["MemorySize"], environment, reserved)

        return {name: made(name, it) for name, it in self._of_type("AWS::Lambda::Function").items()}

    @cached_property
    def routes(self) -> list[Route]:
        def made(method: str, path: str, operation: Properties) -> Route:
            verb = "ANY" if "any-method" in method else method.upper()
            return Route(verb, path, _function_in(operation["x-amazon-apigateway-integration"]["uri"]))

        return [
            made(method, path, it) for path, all_ in self._api.get("paths", {}).items() for method, it in all_.items()
        ]

    @property
    def cors(self) -> Properties:
        """allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge; empty if pages may not call."""
        return self._api.get("x-amazon-apigateway-cors", {})

    @property
    def throttles(self) -> dict[str, tuple[float, int]]:
        """Requests a second, and burst, by route; the name "" is for all routes together that have none."""
        settings: Properties = {}
        for stage in self._of_type("AWS::ApiGatewayV2::Stage").values():
            settings |= {"": stage.get("DefaultRouteSettings"), **stage.get("RouteSettings", {})}
        return {route: (it["ThrottlingRateLimit"], it["ThrottlingBurstLimit"]) for route, it in settings.items() if it}

    @property
    def queues(self) -> dict[str, dict[str, str]]:
        """The attributes of each queue as SQS takes them."""
        kept = ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy")
        found = self._of_type("AWS::SQS::Queue")
        return {name: {key: json.dumps(it[key]) for key in kept if key in it} for name, it in found.items()}

    @property
    def consumers(self) -> dict[str, tuple[str, int]]:
        """Which function gets the messages of a queue, and how many at once."""
        sources = self._of_type("AWS::Lambda::EventSourceMapping").values()
        return {it["EventSourceArn"].rpartition(":")[2]: (it["FunctionName"], it["BatchSize"]) for it in sources}

    @property
    def schedules(self) -> list[Schedule]:
        def made(target: Properties, expression: str) -> Schedule:
            event = json.loads(target["Input"]) if "Input" in target else {"source": "aws.scheduler"}
            return Schedule(_function_in(target["Arn"]), _seconds(expression), event)

        found = self._of_type("AWS::Scheduler::Schedule").values()
        return [made(it["Target"], it["ScheduleExpression"]) for it in found]

    @property
    def rules(self) -> list[tuple[Properties, str]]:
        """Event patterns of the default bus, and the function that each calls."""
        found = self._of_type("AWS::Events::Rule").values()
        return [(it["EventPattern"], _function_in(target["Arn"])) for it in found for target in it["Targets"]]

    @property
    def machines(self) -> dict[str, str]:
        """Each state machine's definition with its substitutions made."""
        found = self._of_type("AWS::StepFunctions::StateMachine")
        given = {name: it.get("DefinitionSubstitutions", {}) for name, it in found.items()}
        return {
            name: re.sub(r"\$\{(\w+)\}", lambda hit, it=it: it[hit[1]], self.definition(name))
            for name, it in given.items()
        }

    def definition(self, machine: str) -> str:
        """The text of a state machine as it lies beside the template."""
        return self._definitions[machine].read_text()

    @property
    def parameters(self) -> dict[str, str]:
        """Values of the parameter store by name."""
        return {it["Name"]: it["Value"] for it in self._of_type("AWS::SSM::Parameter").values()}

    @property
    def secrets(self) -> list[str]:
        return list(self._of_type("AWS::SecretsManager::Secret"))

    def reference(self, name: str) -> Any:
        """What `Ref` gives of a parameter or resource: the address of a queue, the ARN of a machine or secret."""
        if name in self._values:
            return self._values[name]
        kind = self._kind(name)
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
        return self.attribute(name, "Arn") if kind in REFERRED_TO_BY_ARN else name

    def attribute(self, name: str, attribute: str) -> str:
        """What `Fn::GetAtt` gives."""
        kind = self._kind(name)
        if attribute in ("Name", "QueueName"):
            return name
        if attribute in ("Arn", "Id") and kind in ARNS:
            return ARNS[kind] + name
        raise TemplateError(f"The local engine has no {attribute} of {name} ({kind}).")

    def _resolved(self, value: Any) -> Any:
        """The value with CloudFormation's functions in it replaced by what they give."""
        match value:
            case list():
                found = [self._resolved(each) for each in cast("list[Any]", value)]
                return [each for each in found if each is not NO_VALUE]
            case {"Ref": "AWS::NoValue"}:
                return NO_VALUE
            case {"Ref": name}:
                return self.reference(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self.attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._substituted(found[1])), text)
            case {"Fn::If": [condition, so, otherwise]}:
                return self._resolved(so if self._resolved(self.transformed["Conditions"][condition]) else otherwise)
            case {"Fn::Equals": [one, other]}:
                return self._resolved(one) == self._resolved(other)
            case {"Fn::Not": [condition]}:
                return not self._resolved(condition)
            case dict():
                if unknown := [key for key in cast("Properties", value) if key.startswith("Fn::")]:
                    raise TemplateError(
                        f"The local engine does not know {unknown[0]}: teach it in sandbox/aws/stack.py."
                    )
                members = {key: self._resolved(each) for key, each in cast("Properties", value).items()}
                return {key: each for key, each in members.items() if each is not NO_VALUE}
            case _:
                return value

    def _substituted(self, name: str) -> Any:
        return self.attribute(*name.split(".", 1)) if "." in name else self.reference(name)

    def _kind(self, name: str) -> str:
        if name not in self.transformed["Resources"]:
            raise TemplateError(f"The template has no parameter or resource {name}.")
        return self.transformed["Resources"][name]["Type"]

    def _of_type(self, kind: str) -> dict[str, Properties]:
        found = {name: it for name, it in self.transformed["Resources"].items() if it["Type"] == kind}
        return {name: self._resolved(it.get("Properties", {})) for name, it in found.items()}


@cache
def _without_code(template: Path, text: str) -> tuple[Properties, dict[str, Path]]:
    """The template with addresses where SAM wants uploads, and where the machines' definitions lie."""
    from samtranslator.yaml_helper import yaml_parse

    document = yaml_parse(text)
    definitions: dict[str, Path] = {}
    for name, it in document["Resources"].items():
        properties = it.get("Properties", {})
        if it["Type"] == "AWS::Serverless::StateMachine":
            definitions[name] = template.parent / properties["DefinitionUri"]
        for key in {"CodeUri", "ContentUri", "DefinitionUri"} & set(properties):
            properties[key] = "s3://none/none"
    return document, definitions


@cache
def _transformed(template: Path, text: str, lists: str) -> Properties:
    """Once for all values of single parameters, which stay references; SAM itself must know the lists."""
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
    from samtranslator.translator.transform import transform

    class NoManagedPolicies(ManagedPolicyLoader):
        def __init__(self) -> None:
            pass

        def load(self) -> dict[str, str]:
            return {}

    document = deepcopy(_without_code(template, text)[0])
    declared = document.pop("Parameters", {})
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # else it asks to publish its metrics
    with local_aws():  # the transform asks boto3 for its region
        return {**transform(document, {**PSEUDO, **json.loads(lists)}, NoManagedPolicies()), "Parameters": declared}


def _values(declared: Properties, given: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    if unknown := set(given) - set(declared):
        raise TemplateError(f"The template has no parameters {sorted(unknown)}.")
    for name, it in declared.items():
        value = given.get(name, it.get("Default"))
        if value is None:
            raise TemplateError(f"The parameter {name} needs a value.")
        is_list = it["Type"] == "CommaDelimitedList"  # arrives as text, and is a list wherever it is referred to
        yield name, [each.strip() for each in value.split(",")] if is_list else value


def _function_in(arn: str) -> str:
    """The logical id in an integration's address or an ARN."""
    found = re.search(r":function:(\w+)", arn)
    if found is None:
        raise TemplateError(f"{arn} is no function: the local engine calls only functions.")
    return found[1]


def _seconds(expression: str) -> float:
    found = re.fullmatch(r"rate\((\d+) (second|minute|hour|day)s?\)", expression)
    if found is None:
        raise TemplateError(f"The local engine knows rate(…) and not {expression}.")
    return int(found[1]) * UNIT_SECONDS[found[2]]
