"""The stack by way of `sam deploy`: its name, its parameters, what it reserves."""

import os
import shlex
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from infra.deploy.answers import ROOT, Answers
from infra.deploy.errors import Stopped
from sandbox.aws.stack import Stack

SAMCONFIG = ROOT / "samconfig.toml"
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


@dataclass(frozen=True)
class Sam:
    """How SAM's command line is started, and what it deploys."""

    command: Sequence[str]
    template: Path

    def deploy(self, stage: str, region: str, stack: str, parameters: Mapping[str, str]) -> None:
        """Create the stack or update it; nothing to change is no failure. Stopped where SAM says no."""
        overrides = [f'{name}="{value}"' for name, value in parameters.items()]
        answered = subprocess.run(
            [
                *self.command, "deploy", "--template-file", str(self.template), "--config-file", str(SAMCONFIG),
                "--config-env", stage, "--stack-name", stack, "--region", region, "--resolve-s3",
                "--capabilities", *CAPABILITIES, "--no-confirm-changeset", "--no-fail-on-empty-changeset",
                "--parameter-overrides", *overrides,
            ],
            cwd=ROOT, env={**os.environ, "SAM_CLI_TELEMETRY": "0"}, check=False,
        )  # fmt: skip
        if answered.returncode:
            raise Stopped("SAM did not deploy; its reason stands above. The stack is as it was.")


def stack_name(stage: str) -> str:
    """As samconfig.toml calls it, else croquis-<stage>: stages may share an account."""
    configured = _configured(stage)
    places = (configured.get("global", {}), configured.get("deploy", {}))
    return next(
        (it["parameters"]["stack_name"] for it in places if "stack_name" in it.get("parameters", {})),
        f"croquis-{stage}",
    )


def parameters(stage: str, answers: Answers) -> dict[str, str]:
    """Of the template: what samconfig.toml says of the stage, then what was answered."""
    held: Any = _configured(stage).get("deploy", {}).get("parameters", {}).get("parameter_overrides", [])
    words = shlex.split(held) if isinstance(held, str) else cast("list[str]", held)
    configured = {name: value.strip('"') for name, _, value in (it.partition("=") for it in words)}
    return configured | dict(answers.parameters) | {
        "SupabaseUrl": answers.supabase_url,
        "SupabasePublishableKey": answers.supabase_publishable_key,
        "ReplicateDestination": answers.replicate_destination,
        "AllowedOrigins": ",".join(answers.origins),
        "AlarmEmail": answers.alarm_email,
        "PublicUrl": answers.public_url,
    }  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """What template.yaml comes to with these parameters."""

    reserved: int
    trainer: str

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Planned":
        stack = Stack(ROOT / "template.yaml", given)
        return cls(sum(it.reserved or 0 for it in stack.functions.values()), str(stack.reference("ReplicateTrainer")))


def _configured(stage: str) -> dict[str, Any]:
    return tomllib.loads(SAMCONFIG.read_text()).get(stage, {})
