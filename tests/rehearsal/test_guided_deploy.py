"""`make deploy STAGE=…` as docs/deploy.md tells a newcomer: an empty project, an empty account, a terminal.

AWS is MiniStack, reached by the real `sam deploy`; the project is the gateway over a Postgres that has only what
Supabase itself makes; Replicate is the twin.
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rehearsal.deploying import NOBODY, SERVED, Deployment, ministack, nested

from sandbox import ROOT
from sandbox.aws.environ import REGION
from sandbox.aws.stack import Stack
from sandbox.laptop.serving import ServerThread, free_port, listen, url_of
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.settings import TwinSettings

PATHS = (".", "layers/core", "layers/pictures", "layers/vision", "layers/marks", "layers/faces", "functions", "cli")
PATIENCE = 240


@dataclass
class Newcomer:
    """Somebody with accounts and a checkout."""

    deployment: Deployment
    gateway: Any
    database: str
    twin: TwinSettings
    folder: Path
    template: Path
    stack: Stack

    @property
    def command(self) -> list[str]:
        sam = f"{os.environ['REHEARSAL_SAM']} -m samcli"
        return [
            sys.executable, "-m", "infra.deploy", "deploy", "dev", "--sam", sam, "--template", str(self.template),
            "--answers", str(self.folder / "dev.toml"), "--replicate", str(self.twin.public_url),
        ]  # fmt: skip

    @property
    def environ(self) -> dict[str, str]:
        own = {"PYTHONPATH": ":".join(PATHS), "AWS_ENDPOINT_URL": self.deployment.url, "HOME": str(self.folder)}
        region = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_EC2_METADATA_DISABLED": "true"}
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **NOBODY, **region, **own}

    def at_a_terminal(self, answers: Mapping[str, str]) -> tuple[int, str]:
        """The exit code and all that was shown; each answer is typed when its question stands there, once."""
        child, terminal = pty.fork()
        if not child:
            os.chdir(ROOT)
            os.execve(self.command[0], self.command, self.environ)
        shown, waiting, deadline = b"", dict(answers), time.monotonic() + PATIENCE
        while True:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                pytest.fail(f"It did not end in {PATIENCE} s, and waits for {[*waiting]}:\n{shown.decode()}")
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # it has ended
                break
            if (asked := next((it for it in waiting if it in shown.decode(errors="replace")), None)) is not None:
                os.write(terminal, f"{waiting.pop(asked)}\n".encode())
        assert [*waiting] == [], f"Never asked:\n{shown.decode(errors='replace')}"
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(errors="replace")

    def unattended(self, **secrets: str) -> "subprocess.CompletedProcess[str]":
        folder = self.folder / "secrets"
        folder.mkdir(exist_ok=True)
        for name, value in secrets.items():
            (folder / name.replace("_", "-")).write_text(value)
        return subprocess.run(
            [*self.command, "--secrets", str(folder)], cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def newcomer(plain_gateway: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    folder, listener = tmp_path_factory.mktemp("guided"), listen()
    twin = TwinSettings.generate(folder / "twin", public_url=url_of(listener))
    python, runtime = Path(os.environ["REHEARSAL_MINISTACK"]), Path(os.environ["REHEARSAL_LAMBDA"])
    with ServerThread(create_twin(twin), listener=listener), ministack(python, free_port(), folder) as deployment:
        stack = Stack(
            ROOT / "template.yaml",
            dict.fromkeys(("SupabaseUrl", "SupabasePublishableKey", "ReplicateDestination"), "unset"),
        )
        environ = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": str(twin.public_url), "AWS_ENDPOINT_URL": deployment.url}
        template = deployment.template(stack, Path(os.environ["REHEARSAL_BUILD"]), runtime, environ)
        # MiniStack serves the API at an address of its own
        at = {"Fn::Sub": f"{deployment.url}{SERVED}/${{{api_of(template)}}}/$default"}
        for name in ("Alarms", "Page"):
            (folder / f"{name}.json").write_bytes(nested(ROOT / f"infra/{name.lower()}.yaml"))
            template["Resources"][name]["Properties"]["TemplateURL"] = str(folder / f"{name}.json")
        template["Outputs"]["ApiUrl"]["Value"] = at
        template["Resources"]["PublicUrlParameter"]["Properties"]["Value"] = at
        (folder / "template.json").write_text(json.dumps(template))
        dsn = plain_gateway.database.dsn()
        yield Newcomer(deployment, plain_gateway, dsn, twin, folder, folder / "template.json", stack)


def api_of(template: dict[str, Any]) -> str:
    return next(name for name, it in template["Resources"].items() if it["Type"] == "AWS::ApiGatewayV2::Api")


def test_a_newcomer_is_asked_deploys_and_the_second_run_changes_nothing(newcomer: Newcomer) -> None:
    answers = {
        "AWS region: ": REGION,  # MiniStack keeps the code there, and lends it to no other region
        "Address of the Supabase project": newcomer.gateway.url,
        "Its publishable key": newcomer.gateway.settings.publishable_key,
        "Private model at Replicate": f"{newcomer.twin.owner}/people",
        "Origins of your dashboard": "",
        "Who gets the alarms": "ops@example.com",
        "there? [y/N]": "y",
        "the project's secret key": newcomer.gateway.settings.secret_key,
        "an API token of Replicate": newcomer.twin.api_token,
        "the connection string": newcomer.database,
    }
    code, shown = newcomer.at_a_terminal(answers)
    # MiniStack's CloudFormation reads CORS in other spelling than AWS: what it left out is found, and nothing else
    assert code == 1, shown
    assert "It is deployed, and something is wrong: pages." in shown
    newcomer.deployment.allow(newcomer.stack, "croquis-dev")
    for secret in (newcomer.twin.api_token, newcomer.gateway.settings.secret_key):
        assert secret not in shown
        assert secret not in (newcomer.folder / "dev.toml").read_text()

    again = newcomer.unattended()
    assert again.returncode == 0, again.stdout + again.stderr
    assert "It is deployed." in again.stdout
    changed = [
        line
        for line in again.stdout.splitlines()
        if line.startswith(("database:", "destination:", "secrets:", "storage hook:"))
    ]
    assert len(changed) == 4
    assert all(line.endswith("nothing changed") for line in changed), changed


def test_what_was_wrong_is_put_right_by_the_same_command(newcomer: Newcomer) -> None:
    with psycopg.connect(newcomer.database, autocommit=True) as connection:
        connection.execute("delete from vault.secrets where name = 'croquis_storage_hook_url'")
    asked = newcomer.unattended()
    assert asked.returncode == 1
    assert "the file database-url of a folder" in asked.stderr
    mended = newcomer.unattended(database_url=newcomer.database)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "storage hook: told the database where to call" in mended.stdout
