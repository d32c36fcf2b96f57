"""The rules of template.yaml: least rights, bounded time, nothing unlimited, nothing literal."""

import json
import re
from importlib import import_module
from typing import Any

import no_such_route
import pytest
import sweep
from contracts.deployment import ROOT, functions, reserved, resources, statements, template, variables

from croquis.adapters.replicate.provider import TIMEOUT
from croquis.settings import NAMES, PATIENCE_SECONDS

FUNCTIONS = pytest.mark.parametrize("name", sorted(functions()))
MAY = {
    "states:SendTaskSuccess": {"SettleAttempt", "Sweep"},
    "states:SendTaskFailure": {"SettleAttempt", "Sweep"},
    "states:StartExecution": {"Trainings", "Images", "Tryons", "FillLookBook", "Sweep", "ExecutionDied"},
    "states:DescribeExecution": {"Sweep"},
    "ssm:GetParameter": {"StartTraining", "StartImage"},
}
PAID_ROUTES = {
    "POST /v1/trainings/{job_id}/submit",
    "POST /v1/trainings/{job_id}/review",
    "POST /v1/models/{model_id}/generations",
    "POST /v1/models/{model_id}/try-ons",
    "POST /v1/try-ons",
    "POST /v1/look-books",
}
LINK_ROUTES = {"GET /v1/shown", "POST /v1/shown/images/{image_id}", "POST /v1/shown/withdraw"}
MACHINE_ROUTES = {"POST /webhooks/replicate/{marker}", "POST /hooks/storage"}


def routes() -> set[str]:
    """`METHOD /path` of every route with a name; the door behind all others has none."""
    return {
        f"{it['Properties']['Method']} {it['Properties']['Path']}"
        for function in functions().values()
        for it in function.get("Events", {}).values()
        if it["Type"] == "HttpApi" and "Path" in it["Properties"]
    }


def test_every_clock_ticks_at_a_rate_that_aws_knows() -> None:
    """The laptop's engine knows seconds too, which AWS refuses."""
    clocks = [it["Properties"] for function in functions().values() for it in function.get("Events", {}).values()
              if it["Type"] == "ScheduleV2"]  # fmt: skip
    rates = [template()["Parameters"][it["ScheduleExpression"]["Ref"]]["Default"] for it in clocks]
    assert sorted(rates) == ["rate(1 day)", "rate(1 day)", "rate(1 minute)", "rate(5 minutes)"]


def test_each_look_of_the_sweep_has_a_clock_of_its_own() -> None:
    """MO-13: what no clock asks for is never done."""
    clocks = functions()["Sweep"]["Events"].values()
    events = [json.loads(it["Properties"].get("Input", "{}")) for it in clocks]
    assert sorted(event.get("only", "all") for event in events) == sorted(sweep.LOOKS)
    assert all(set(event) <= {"only"} for event in events)


def test_two_stacks_of_one_account_have_clocks_of_their_own() -> None:
    """A schedule's name is the account's, and SAM makes it of the logical id alone."""
    names = [it["Properties"]["Name"]["Sub"] for function in functions().values()
             for it in function.get("Events", {}).values() if it["Type"] == "ScheduleV2"]  # fmt: skip
    assert len(names) == len(set(names)) == 4
    assert all(name.startswith("${AWS::StackName}-") for name in names)


def test_what_a_clock_starts_is_not_repeated_by_aws_and_never_comes_late() -> None:
    """SF-16: the next tick finds what this one left."""
    for name, function in functions().items():
        clocks = [it["Properties"] for it in function.get("Events", {}).values() if it["Type"] == "ScheduleV2"]
        assert not clocks or function["EventInvokeConfig"] == {
            "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 240
        }, name  # fmt: skip
        assert all(it["RetryPolicy"] == {"MaximumRetryAttempts": 0} for it in clocks)


@FUNCTIONS
def test_every_function_says_what_it_is_and_how_much_it_may_use(name: str) -> None:
    """OP-07."""
    function = functions()[name]
    assert function["Description"]
    assert 1 <= function["Timeout"] <= 900
    assert function["MemorySize"] >= 256
    assert function["Layers"][0] in ({"Ref": "CoreLayer"}, {"Ref": "FacesLayer"})
    assert template()["Resources"][name]["Metadata"] == {"SkipBuild": True}
    assert function["CodeUri"] == "functions/"


@FUNCTIONS
def test_it_runs_on_the_processor_that_its_layers_are_built_for(name: str) -> None:
    """OP-10: what is compiled for another one does not even load."""
    everywhere = template()["Globals"]["Function"]["Architectures"]
    processors = functions()[name].get("Architectures", everywhere)
    for layer in functions()[name]["Layers"]:
        resource = template()["Resources"][layer["Ref"]]
        assert resource["Properties"]["CompatibleArchitectures"] == processors
        assert [resource["Metadata"]["BuildArchitecture"]] == processors


@FUNCTIONS
def test_its_handler_is_there(name: str) -> None:
    module, _, attribute = functions()[name]["Handler"].rpartition(".")
    assert attribute == "handler"
    assert callable(import_module(module).handler)


def test_one_file_is_one_function_of_the_same_name() -> None:
    files = {
        ".".join(path.relative_to(ROOT / "functions").with_suffix("").parts)
        for path in (ROOT / "functions").rglob("*.py")
        if path.name != "__init__.py"
    }
    handlers = {name: function["Handler"].removesuffix(".handler") for name, function in functions().items()}
    assert set(handlers.values()) == files
    for name, module in handlers.items():
        assert name == "".join(word.capitalize() for word in module.rpartition(".")[2].split("_"))


@FUNCTIONS
def test_its_neighbours_give_up_before_it_does(name: str) -> None:
    """OP-07, MO-03: so that it can still say, and write down, that they did not answer."""
    function = functions()[name]
    patience = float(variables(function).get("PATIENCE_SECONDS", PATIENCE_SECONDS))
    door = any(it["Type"] == "HttpApi" for it in function.get("Events", {}).values())
    assert patience <= function["Timeout"] - 5
    assert not door or patience <= function["Timeout"] / 2
    assert not door or function["Timeout"] < 30  # API Gateway waits no longer (OP-08)
    if "REPLICATE_SECRET" in variables(function):
        assert TIMEOUT.connect is not None
        assert TIMEOUT.read is not None
        assert TIMEOUT.connect + TIMEOUT.read < function["Timeout"] - 5


def allowed() -> list[tuple[str, str, Any]]:
    """(who, action, resource) of everything that is allowed."""
    of = functions() | resources("AWS::Serverless::StateMachine")
    return [
        (name, action, resource)
        for name, properties in of.items()
        for actions, over in statements(properties)
        for action in actions
        for resource in over
    ]


def test_no_right_has_a_star_but_log_delivery() -> None:
    """OP-03: log delivery has no resource form."""
    for who, action, resource in allowed():
        assert "*" not in action, who
        if resource == "*":
            assert action.startswith("logs:"), (who, action)
            assert who in resources("AWS::Serverless::StateMachine")


def test_rights_are_inline_and_never_a_managed_policy() -> None:
    """OP-03: one role per function, made by SAM."""
    for name, properties in functions().items():
        assert "Role" not in properties, name
        assert all(isinstance(policy, dict) for policy in properties.get("Policies", [])), name


def test_who_may_call_back_start_and_read_is_listed_here() -> None:
    """OP-03."""
    for who, action, _ in allowed():
        if action in MAY:
            assert who in MAY[action], action
    machines = {"TrainingMachine", "ImageMachine"}
    for who, action, resource in allowed():
        if action in ("states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure"):
            assert resource["Ref"] in machines, who


@FUNCTIONS
def test_it_reads_exactly_the_secrets_that_it_is_told_of(name: str) -> None:
    """OP-03, AS-10: by exact ARN, and no secret's value is in an environment."""
    told = {str(value) for key, value in variables(functions()[name]).items() if key.endswith("_SECRET")}
    may = {str(over) for who, action, over in allowed() if (who, action) == (name, "secretsmanager:GetSecretValue")}
    assert told == may
    assert all(re.fullmatch(r"\{'GetAtt': '\w+Secret\.Id'\}", secret) for secret in may)


@FUNCTIONS
def test_it_may_send_to_exactly_the_queues_that_it_is_told_of(name: str) -> None:
    told = {value["Ref"] for key, value in variables(functions()[name]).items() if key.endswith("_QUEUE")}
    may = {
        over["GetAtt"].removesuffix(".Arn")
        for who, action, over in allowed()
        if (who, action) == (name, "sqs:SendMessage")
    }
    assert told == may


@FUNCTIONS
def test_its_environment_holds_known_names_only(name: str) -> None:
    """DESIGN 8: a deployed function cannot be told that it is in a sandbox, whatever the parameters."""
    deployed = set(NAMES) - {"SANDBOX", "SANDBOX_REPLICATE_ORIGIN"}
    of_libraries = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "PYDANTIC_DISABLE_PLUGINS"}
    assert set(variables(functions()[name])) <= deployed | of_libraries


def test_nothing_that_is_deployed_knows_the_sandbox() -> None:
    """DESIGN 8."""
    for path in ("template.yaml", "samconfig.toml"):
        assert "sandbox" not in (ROOT / path).read_text().lower(), path


def test_every_log_is_kept_for_a_month_and_no_longer() -> None:
    """PR-03, OP-01."""
    groups = resources("AWS::Logs::LogGroup")
    assert groups
    assert all(1 <= group["RetentionInDays"] <= 30 for group in groups.values())
    assert template()["Globals"]["Function"]["LoggingConfig"]["LogFormat"] == "JSON"
    for machine in resources("AWS::Serverless::StateMachine").values():
        assert machine["Logging"]["IncludeExecutionData"] is False  # it holds task tokens (SF-11)


def test_every_queue_of_work_gives_up_on_poison() -> None:
    """SF-17."""
    queues = resources("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    for name, function in functions().items():
        for it in (event["Properties"] for event in function.get("Events", {}).values() if event["Type"] == "SQS"):
            queue = queues[it["Queue"]["GetAtt"].removesuffix(".Arn")]
            assert it["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
            assert queue["VisibilityTimeout"] >= 6 * function["Timeout"], name
            assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5, name
            dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"].removesuffix(".Arn")
            assert queues[dead]["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_no_route_stands_twice() -> None:
    """Read as text: of two keys of one name YAML keeps the last, and nobody is told."""
    found = re.findall(r"Method: (\w+), Path: '([^']+)'", (ROOT / "template.yaml").read_text())
    assert len(found) == len(set(found)) == len(routes())


def test_paid_and_machine_routes_and_all_that_is_no_route_have_throttles_of_their_own() -> None:
    """OP-08, WH-22."""
    api = resources("AWS::Serverless::HttpApi")["Api"]
    assert api["DefaultRouteSettings"]["ThrottlingRateLimit"]
    assert api["AccessLogSettings"]["DestinationArn"]
    assert set(api["RouteSettings"]) == PAID_ROUTES | LINK_ROUTES | MACHINE_ROUTES | {"$default"}
    assert set(api["RouteSettings"]) <= routes() | {"$default"}
    for route in PAID_ROUTES | LINK_ROUTES | {"$default"}:
        assert api["RouteSettings"][route]["ThrottlingRateLimit"] < api["DefaultRouteSettings"]["ThrottlingRateLimit"]


def test_the_access_log_holds_no_path_and_no_query() -> None:
    """AS-17: a webhook's path holds its marker."""
    form = resources("AWS::Serverless::HttpApi")["Api"]["AccessLogSettings"]["Format"]["Sub"]
    assert not re.search(r"\$context\.(path|identity|authorizer)", form)


def test_browsers_of_named_origins_only_may_call() -> None:
    """AS-13."""
    cors = resources("AWS::Serverless::HttpApi")["Api"]["CorsConfiguration"]
    assert cors["AllowOrigins"] == {"Ref": "AllowedOrigins"}
    assert "*" not in template()["Parameters"]["AllowedOrigins"]["Default"]
    assert "AllowCredentials" not in cors


def test_doors_of_machines_keep_room_for_themselves() -> None:
    """WH-22."""
    assert reserved(functions()["ReplicateWebhook"]) >= 1
    assert reserved(functions()["StorageHook"]) >= 1


def test_the_guide_says_how_much_concurrency_an_account_must_have() -> None:
    """AWS refuses to reserve what would leave fewer than 100 for everybody else."""
    kept = sum(reserved(it) for it in functions().values())
    told = (ROOT / "docs/deploy.md").read_text()
    assert f"{100 + kept} concurrent executions" in told
    assert f"reserve {kept}," in told
    assert f"two such stages need {100 + 2 * kept}" in told
    described = template()["Parameters"]["ReserveConcurrency"]["Description"]
    assert f"reserve {kept} executions" in described
    assert f"fewer than {100 + kept}" in described


def test_whoever_tries_paths_takes_no_room_from_others() -> None:
    """Anyone may call the door behind $default, without a token."""
    assert 1 <= reserved(functions()["NoSuchRoute"]) <= 5
    assert not functions()["NoSuchRoute"].get("Policies")


def test_what_is_no_route_is_told_by_the_routes_that_there_are() -> None:
    told = {f"{method} {path}" for path, methods in no_such_route.PATHS.items() for method in methods}
    assert told == routes()
