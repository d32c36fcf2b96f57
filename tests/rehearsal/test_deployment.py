"""`make rehearse`: the very template in MiniStack, its functions under AWS's own runtime client with built layers.

Not rehearsed, and left to cfn-lint and `sam validate`: what roles may do, alarms that ring, throttles, CORS and routes
by way of CloudFormation, logs. Time-outs, retries and refused callbacks are tests/workflow's, on moto.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from contracts.test_template import routes
from doors.replicate import body, signed
from rehearsal.deploying import STACK, Deployment, ministack
from route_checks import (
    PAGE,
    assert_a_page_may_call,
    assert_an_answer_without_a_body_arrives,
    assert_others_hear_nothing,
)
from studio import CONSENT, PHOTOS, Studio, User, create_destination, deployed, tell_of_hook
from waiting import until

from croquis_marks.certificates import new_identity
from sandbox import ROOT
from sandbox.aws.stack import Stack
from sandbox.laptop.serving import ServerThread, free_port, listen, url_of
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.settings import TwinSettings
from sandbox.supabase.kicks import Kicks

patiently = partial(until, seconds=150, pause=0.5)  # each look is a call of a deployed function


@dataclass
class Rehearsal:
    """The deployed stack and its user."""

    deployment: Deployment
    stack: Stack
    outputs: dict[str, str]
    twin: TwinSettings
    user: User

    def invoke(self, name: str, event: object) -> dict[str, Any]:
        formation = self.deployment.client("cloudformation")
        found = formation.describe_stack_resource(StackName=STACK, LogicalResourceId=name)["StackResourceDetail"]
        called = {"FunctionName": found["PhysicalResourceId"], "Payload": json.dumps(event)}
        answer = self.deployment.client("lambda").invoke(**called)
        return {"error": answer.get("FunctionError"), "answer": json.loads(answer["Payload"].read())}


@pytest.fixture(scope="module")
def rehearsal(gateway: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder, listener = tmp_path_factory.mktemp("rehearsal"), listen()
    twin = TwinSettings.generate(
        folder / "twin", public_url=url_of(listener), seconds_to_start=0.1, seconds_per_1000_steps=1.0,
        seconds_per_image=0.1,
    )  # fmt: skip
    stack = Stack(
        ROOT / "template.yaml",
        {
            "SupabaseUrl": gateway.url,
            "SupabasePublishableKey": gateway.settings.publishable_key,
            "ReplicateDestination": f"{twin.owner}/people",
            "PublicUrl": "http://127.0.0.1:9",  # its true address is known when the API is there
        },
    )
    python, runtime = Path(os.environ["REHEARSAL_MINISTACK"]), Path(os.environ["REHEARSAL_LAMBDA"])
    with ServerThread(create_twin(twin), listener=listener), ministack(python, free_port(), folder) as deployment:
        create_destination(twin)
        environ = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": str(twin.public_url), "AWS_ENDPOINT_URL": deployment.url}
        outputs = deployment.deploy(stack, Path(os.environ["REHEARSAL_BUILD"]), runtime, environ)
        hook_secret = "rehearsal-" + twin.api_token
        keep_secrets(deployment, outputs, gateway, twin, hook_secret)
        api = deployment.api(outputs)
        deployment.client("ssm").put_parameter(Name="/croquis/public-url", Value=api, Type="String", Overwrite=True)
        tell_of_hook(gateway.database.dsn(), api, hook_secret)
        headers = {"Authorization": f"Bearer {gateway.token('3b1b6f5e-8a55-4a52-9d3c-5a3f0f6f7a01')}", "Origin": PAGE}
        with (
            Kicks(gateway.database.dsn()),
            httpx.Client(base_url=api, headers=headers, timeout=60) as http,
        ):
            user = User(cast("Studio", None), "", http)
            yield Rehearsal(deployment, stack, outputs, twin, user)
    (ROOT / ".croquis/rehearsal/ministack.log").write_bytes((folder / "ministack.log").read_bytes())


def keep_secrets(
    deployment: Deployment, outputs: dict[str, str], gateway: Any, twin: TwinSettings, hook_secret: str
) -> None:
    held = {
        "SupabaseSecret": {"key": gateway.settings.secret_key},
        "ReplicateSecret": {"token": twin.api_token},
        "WebhookSecret": {"secrets": [twin.webhook_secret]},
        "StorageHookSecret": {"secrets": [hook_secret]},
        "MarksSecret": asdict(new_identity()),
    }
    for name, value in held.items():
        deployment.client("secretsmanager").put_secret_value(SecretId=outputs[name], SecretString=json.dumps(value))


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_page_may_ask_first_and_then_call(rehearsal: Rehearsal, route: str) -> None:
    assert_a_page_may_call(rehearsal.user.http, route)


def test_a_page_of_another_origin_hears_nothing(rehearsal: Rehearsal) -> None:
    assert_others_hear_nothing(rehearsal.user.http)


def test_an_answer_without_a_body_arrives(rehearsal: Rehearsal) -> None:
    assert_an_answer_without_a_body_arrives(rehearsal.user.http, CONSENT)


def test_a_binary_body_arrives_byte_for_byte(rehearsal: Rehearsal) -> None:
    """WH-01, WH-07: else its signature would not hold; the marker is nobody's."""
    data = body("starting") + "\u00e9\u2028".encode()
    found = signed(data, secret=rehearsal.twin.webhook_secret)
    proof = {name: value for name, value in found["headers"].items() if name.startswith("webhook-")}
    asked = {"content-type": "application/octet-stream", **proof}
    path = "/webhooks/replicate/nobodys-marker-000000000000000000000"
    assert rehearsal.user.http.post(path, content=data, headers=asked).status_code in (400, 404)
    assert rehearsal.user.http.post(path, content=data + b" ", headers=asked).status_code == 401


@pytest.mark.parametrize("name", sorted(deployed().functions))
def test_every_function_starts_with_the_layers_that_it_has(rehearsal: Rehearsal, name: str) -> None:
    """OP-10: whatever it then says of an empty event, its handler was found and what it imports is there."""
    said = rehearsal.invoke(name, {})
    assert not said["error"] or not said["answer"]["errorType"].startswith("Runtime."), said


def test_a_training_runs_from_photos_to_pictures(rehearsal: Rehearsal) -> None:
    """Storage trigger, both queues, both machines, callbacks by webhook, weights, previews, and a picture ordered."""
    user = rehearsal.user
    job = user.open()
    for slot, path in enumerate(PHOTOS[:8], 1):
        user.upload(job, slot, path.read_bytes())
    checked = patiently(lambda: over(user.read(job), "photos", ("awaiting_upload", "uploaded", "checking")))
    assert checked["accepted_photos"] == 8, checked["photos"]
    assert user.submit(job).status_code == 202
    view = patiently(lambda: (found := user.read(job))["status"] in ("in_review", "failed") and found)
    assert view["status"] == "in_review", view["runs"]
    assert [image["status"] for image in view["previews"]] == ["saved"] * 4

    approved = user.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()
    ordered = user.post(f"/v1/models/{approved['model']['id']}/generations", {"pose": "standing"}, key="rehearsal-1")
    assert ordered.status_code == 202, ordered.text
    path = f"/v1/image-orders/{ordered.json()['id']}"
    order = patiently(lambda: over(user.http.get(path).json(), "images", ("queued", "running")))
    assert [image["status"] for image in order["images"]] == ["saved"]


def over(view: dict[str, Any], what: str, waiting: tuple[str, ...]) -> dict[str, Any] | None:
    return None if any(it["status"] in waiting for it in view[what]) else view
