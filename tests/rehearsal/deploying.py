"""The template as MiniStack can take it: routes as resources of their own, functions as `provided` runtimes.

Every other resource goes in as SAM's transform made it. The layers are those that `sam build` built, and the functions
run under AWS's own runtime client in an environment that has nothing of ours.
"""

import io
import json
import os
import re
import shlex
import signal
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from waiting import until

from sandbox import ROOT
from sandbox.aws.environ import REGION
from sandbox.aws.stack import Stack

BUCKET, STACK = "deployment", "croquis"
SERVED = "/_aws/execute-api"
NOBODY = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


@dataclass(frozen=True)
class Deployment:
    """A running MiniStack."""

    url: str

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
        return boto3.client(service, endpoint_url=self.url, **keys)  # pyright: ignore[reportCallIssue, reportArgumentType]

    def deploy(self, stack: Stack, built: Path, python: Path, environ: Mapping[str, str]) -> dict[str, str]:
        """Bring the stack up and return its outputs; the functions see `environ` beside what the template says."""
        s3, formation = self.client("s3"), self.client("cloudformation")
        template = self.template(stack, built, python, environ)
        s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
        formation.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.url}/{BUCKET}/template.json",
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in stack.given.items()],
        )

        def settled() -> dict[str, Any] | None:
            (found,) = formation.describe_stacks(StackName=STACK)["Stacks"]
            return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

        found = until(settled, 60)
        assert found["StackStatus"] == "CREATE_COMPLETE", (found, formation.describe_stack_events(StackName=STACK))
        return self.allow(stack, STACK)

    def allow(self, stack: Stack, name: str) -> dict[str, str]:
        """The outputs of a stack whose pages may now call.

        MiniStack's CloudFormation reads CORS in other spelling than AWS: these are the same values through its API.
        """
        (found,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        outputs = {it["OutputKey"]: it["OutputValue"] for it in found["Outputs"]}
        cors = {key[0].upper() + key[1:]: value for key, value in stack.cors.items()}
        self.client("apigatewayv2").update_api(ApiId=outputs["ApiId"], CorsConfiguration=cors)
        return outputs

    def api(self, outputs: Mapping[str, str]) -> str:
        return f"{self.url}{SERVED}/{outputs['ApiId']}/$default"

    def template(self, stack: Stack, built: Path, python: Path, environ: Mapping[str, str]) -> dict[str, Any]:
        """As MiniStack takes it; what it refers to is uploaded."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        template = json.loads(json.dumps(stack.transformed))
        resources = template["Resources"]
        for name, it in list(resources.items()):
            properties = it.get("Properties", {})
            match it["Type"]:
                case "AWS::Lambda::Function":
                    layers = [re.sub(r"[0-9a-f]{10}$", "", each["Ref"]) for each in properties.pop("Layers")]
                    key = f"{'-'.join(layers)}.zip"
                    s3.put_object(Bucket=BUCKET, Key=key, Body=packed([built / it for it in layers], python, environ))
                    properties |= {"Runtime": "provided.al2023", "Code": {"S3Bucket": BUCKET, "S3Key": key}}
                case "AWS::Lambda::LayerVersion":
                    del resources[name]
                case "AWS::StepFunctions::StateMachine":
                    s3.put_object(Bucket=BUCKET, Key=f"{name}.json", Body=stack.definition(name).encode())
                    properties["DefinitionS3Location"] = {"Bucket": BUCKET, "Key": f"{name}.json"}
                case "AWS::CloudFormation::Stack":
                    s3.put_object(Bucket=BUCKET, Key=name, Body=nested(ROOT / properties["TemplateURL"]))
                    properties["TemplateURL"] = f"{self.url}/{BUCKET}/{name}"
                case "AWS::ApiGatewayV2::Api":
                    it["Properties"] = {"Name": STACK, "ProtocolType": "HTTP"}
                    resources |= routes(stack, name)
        return template


def nested(path: Path) -> bytes:
    """The nested template without alarms over several metrics: MiniStack's CloudFormation knows those of one."""
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(path.read_text())
    kept = {name: it for name, it in template["Resources"].items() if "Metrics" not in it.get("Properties", {})}
    return json.dumps({**template, "Resources": kept}).encode()


def routes(stack: Stack, api: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for place, route in enumerate(stack.routes):
        integration = {
            "ApiId": {"Ref": api},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": [route.function, "Arn"]},
            "PayloadFormatVersion": "2.0",
        }
        target = {"Fn::Join": ["/", ["integrations", {"Ref": f"Integration{place}"}]]}
        made[f"Integration{place}"] = {"Type": "AWS::ApiGatewayV2::Integration", "Properties": integration}
        made[f"Route{place}"] = {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": api}, "RouteKey": route.key, "Target": target},
        }
    return made


def packed(layers: list[Path], python: Path, environ: Mapping[str, str]) -> bytes:
    """The functions and a bootstrap: on Lambda the layers are laid over each other, so the last one comes first."""
    assert all((layer / "python").is_dir() for layer in layers), layers
    path = os.pathsep.join(str(layer / "python") for layer in reversed(layers))
    seen = {**environ, "PYTHONPATH": path}
    for layer in layers:
        if (layer / "models").is_dir():  # the weights of one layer beside the code of another
            seen["CROQUIS_MODELS"] = str(layer / "models")
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in seen.items())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted((ROOT / "functions").rglob("*.py")):
            archive.write(file, file.relative_to(ROOT / "functions"))
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, f'#!/bin/sh\n{exports}exec {shlex.quote(str(python))} -m awslambdaric "$_HANDLER"\n')
    return out.getvalue()


@contextmanager
def ministack(python: Path, port: int, folder: Path) -> Iterator[Deployment]:
    """MiniStack as its package ships it, on this machine only, with nothing of the user's environment."""
    deployment = Deployment(f"http://127.0.0.1:{port}")
    environ = {
        **NOBODY, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": deployment.url, "GATEWAY_PORT": str(port), "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0",
    }  # fmt: skip
    command = [str(python), "-m", "hypercorn", "ministack.app:app", "--bind", f"127.0.0.1:{port}", "--keep-alive", "75"]
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        until(lambda: _answers(f"{deployment.url}/_ministack/health"), 60)
        yield deployment
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with whatever functions it left
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False
