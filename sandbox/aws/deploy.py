"""Deploys a SAM folder into the local engine with sam itself, its layers built for the interpreter that is here.

Nothing is done when nothing that counts has changed, so a second start takes seconds.
"""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from botocore.exceptions import ClientError

from sandbox import ROOT
from sandbox.aws.engine import AwsEngine, EngineError
from sandbox.laptop.environments import environment, find_uv

BUCKET = "croquis-deployments"
SOURCES = ("template.yaml", "*.asl.json", "functions/**/*", "layers/**/*", "infra/*.asl.json", "infra/*.yaml")
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def deploy(
    engine: AwsEngine, template_dir: Path, parameters: Mapping[str, str], stack: str = "croquis"
) -> dict[str, str]:
    """Bring the stack to what the folder's template.yaml and these parameters say, and return its outputs."""
    wanted = _fingerprint(template_dir, parameters)
    stamp = engine.state_dir / f"{stack}.deployed"
    if stamp.is_file() and stamp.read_text() == wanted and (outputs := _outputs(engine, stack)) is not None:
        return outputs
    stamp.unlink(missing_ok=True)
    built = _build(engine, template_dir)
    _upload_layers(engine, built)
    _bring(engine, built, parameters, stack)
    outputs = _outputs(engine, stack)
    if outputs is None:
        raise EngineError(f"The stack {stack} is not complete. Look into {engine.log_dir}.")
    stamp.write_text(wanted)
    return outputs


def put_secret(engine: AwsEngine, secret_id: str, value: str) -> None:
    """Give the secret this value; it is made if the template did not."""
    secrets = engine.client("secretsmanager")
    try:
        secrets.put_secret_value(SecretId=secret_id, SecretString=value)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=secret_id, SecretString=value)


def _fingerprint(template_dir: Path, parameters: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps([sys.version, sorted(parameters.items())]).encode())
    for path in sorted({*_sources(template_dir), *Path(__file__).parent.glob("*.py")}):
        digest.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(template_dir: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from (path for path in template_dir.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)


def _build(engine: AwsEngine, template_dir: Path) -> Path:
    scratch = _scratch(engine)
    _sam(
        engine,
        "build",
        *("--cached", "--template-file", str(template_dir.resolve() / "template.yaml")),
        *("--build-dir", str(scratch / "build"), "--cache-dir", str(scratch / "cache")),
    )
    return scratch / "build" / "template.yaml"


def _upload_layers(engine: AwsEngine, built: Path) -> None:
    """Layers that the bucket has already are not packed again, which is most of what sam would spend its time on."""
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=BUCKET)  # a bucket of our own saves sam the stack that makes one
    template = built.read_text()
    for layer in sorted(built.parent.glob("*/python")):
        name, key = layer.parent.name, f"{layer.parent.name}-{_digest(layer)}.zip"
        if not s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("KeyCount"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=_packed(layer.parent))
        template = re.sub(rf"^(\s+ContentUri: ){name}$", rf"\1s3://{BUCKET}/{key}", template, flags=re.MULTILINE)
    built.write_text(template)


def _packed(folder: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as files:
        for path in _files(folder):
            files.write(path, path.relative_to(folder))
    return archive.getvalue()


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bring(engine: AwsEngine, template: Path, parameters: Mapping[str, str], stack: str) -> None:
    overrides = [f'{name}="{value}"' for name, value in parameters.items()]
    _sam(
        engine,
        "deploy",
        *("--template-file", str(template), "--stack-name", stack, "--s3-bucket", BUCKET),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *(["--parameter-overrides", *overrides] if overrides else []),
    )


def _sam(engine: AwsEngine, command: str, *options: str) -> None:
    scratch = _scratch(engine)
    nothing = scratch / "samconfig.toml"  # the project's own names the real account's settings
    nothing.write_text("version = 0.1\n")
    outcome = subprocess.run(
        [str(_sam_python()), "-m", "samcli", command, *options, "--config-file", str(nothing)],
        cwd=scratch,  # where it also leaves a folder of its own
        env=_sam_environ(engine),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with (engine.log_dir / "deploy.log").open("a") as log:
        log.write(outcome.stdout)
    if outcome.returncode:
        raise EngineError(f"`sam {command}` failed.\n{outcome.stdout[-3000:]}")


def _scratch(engine: AwsEngine) -> Path:
    scratch = engine.state_dir / "sam"
    scratch.mkdir(exist_ok=True)
    return scratch


def _sam_python() -> Path:
    return environment("sam", ROOT / "requirements" / "sam.txt").python


def _sam_environ(engine: AwsEngine) -> dict[str, str]:
    """The user's own environment, for proxies and certificates, without anything of the user's own AWS."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "PYTHON"))}
    return {
        **own,
        **engine.environ(),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",  # else it looks every five seconds
        "__SAM_CLI_APP_DIR": str(_scratch(engine) / "home"),
        "UV": find_uv(),
        "CROQUIS_LAYER_PLATFORM": "",  # this machine's
        "CROQUIS_LAYER_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def _outputs(engine: AwsEngine, stack: str) -> dict[str, str] | None:
    """None if the stack is not there or not whole, such as after a crash before its state was saved."""
    try:
        (found,) = engine.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return None
    if found["StackStatus"] not in SETTLED:
        return None
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
