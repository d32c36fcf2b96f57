"""Each function may do what its code calls, and nothing more: calls are read from code, rights from roles."""

import re

import pytest
from contracts.calls import calls_of, takes_an_owner
from contracts.deployment import ROOT, functions
from contracts.test_template import allowed

from sandbox.aws.stack import Stack

SECRET, SEND = "secretsmanager:GetSecretValue", "sqs:SendMessage"
START, CALL_BACK = "states:StartExecution", ("states:SendTaskSuccess", "states:SendTaskFailure")
MACHINES = {"training": "TrainingMachine", "image": "ImageMachine"}
QUEUES = {
    "check_upload": "UploadQueue",
    "settle_attempt": "AttemptQueue",
    "pack_download": "DownloadQueue",
    "fill_look_book": "LookBookQueue",
    "bind_look_book": "BindingQueue",
}
WITHOUT_A_TOKEN = {"fetch", "trainer_version", "trainer_name"}  # a signed link needs none, and names are settings
OF_FILES_WITHOUT_A_KEY = {"as_download"}  # words about a link that is there
ORDERS = {"start_training", "start_image"}  # they tell the provider our own address
FUNCTIONS = pytest.mark.parametrize("name", sorted(functions()))
Right = tuple[str, str]


def needed(call: str) -> set[Right]:
    """The rights that one call of a neighbour takes."""
    neighbour, _, method = call.partition(".")
    method = method.rpartition(".")[2]
    match neighbour:
        case "store" | "files" if method and method not in takes_an_owner() | OF_FILES_WITHOUT_A_KEY:
            return {(SECRET, "SupabaseSecret")} if neighbour == "files" or call.count(".") == 2 else set()
        case "sign_ins" if method:
            return {(SECRET, "SupabaseSecret")}
        case "provider" if method and method not in WITHOUT_A_TOKEN:
            address = {("ssm:GetParameter", "public-url")} if method in ORDERS else set[Right]()
            return {(SECRET, "ReplicateSecret"), *address}
        case "queue" if method:
            return {(SEND, QUEUES[method])}
        case "workflow" if method in ("succeed", "fail"):
            return {(action, machine) for action in CALL_BACK for machine in MACHINES.values()}
        case "workflow" if method:
            action = START if method.startswith("start_") else "states:DescribeExecution"
            return {(action, MACHINES[method.rpartition("_")[2]])}
        case "faces" if method:
            return {("lambda:InvokeFunction", "MeasureFaces")}
        case "webhook_secrets":
            return {(SECRET, "WebhookSecret")}
        case "storage_hook_secrets":
            return {(SECRET, "StorageHookSecret")}
        case "signing_identity":
            return {(SECRET, "MarksSecret")}
        case _:
            return set()


def given(name: str) -> set[Right]:
    """The rights that the template gives, each over the logical id of what it is over."""
    return {(action, _about(over)) for who, action, over in allowed() if who == name}


def _about(over: object) -> str:
    text = str(over)
    found = re.search(r"public-url|\b(\w+(?:Secret|Queue|Machine|MeasureFaces))\b|MeasureFaces", text)
    assert found, text
    return found[0]


@FUNCTIONS
def test_it_may_do_what_its_code_calls_and_nothing_more(name: str) -> None:
    """OP-03."""
    code = set[Right]().union(*(needed(call) for call in calls_of(functions()[name]["Handler"])))
    assert given(name) == code


def test_the_code_of_every_function_is_read() -> None:
    """Else nothing called would be nothing to allow."""
    silent = {name for name in functions() if not calls_of(functions()[name]["Handler"])}
    assert silent == {"NoSuchRoute"}


def test_every_role_is_one_functions_own_and_no_other_policy_hangs_on_it() -> None:
    """OP-03: in what SAM makes: logs and traces by AWS's own policies, the rest inline."""
    parameters = {
        "SupabaseUrl": "https://x.co",
        "SupabasePublishableKey": "x",
        "ReplicateDestination": "me/it",
    }
    made = Stack(ROOT / "template.yaml", parameters).transformed["Resources"]
    roles = [it["Properties"]["Role"]["Fn::GetAtt"][0] for it in made.values() if it["Type"] == "AWS::Lambda::Function"]
    assert len(roles) == len(set(roles)) == len(functions())
    for name in roles:
        assert {arn.rpartition("/")[2] for arn in made[name]["Properties"]["ManagedPolicyArns"]} <= {
            "AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess", "AWSLambdaSQSQueueExecutionRole",
        }, name  # fmt: skip
