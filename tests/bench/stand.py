"""A running Croquis to be measured, as the flow tests have it: a real Postgres, the stand-ins, the real handlers."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from sysconfig import get_path

from conftest import Database, gateway_over
from studio import Studio, running

from sandbox import ROOT
from sandbox.aws.endpoint import endpoint
from sandbox.aws.environ import LOCAL_AWS, REGION
from sandbox.aws.stack import Stack
from sandbox.laptop.postgres import postgres
from sandbox.laptop.serving import free_port
from sandbox.supabase.migrate import bootstrap, migrate

RUNTIME = {"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"}  # of Lambda's own Python
LAYERS = ("core", "pictures", "vision", "marks", "faces")


@contextmanager
def stand() -> Iterator[Studio]:
    """Everything in this process, but for Postgres; what the functions log is not shown."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="croquis-bench-")))
        folder.chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        server = opened.enter_context(postgres(folder / "postgres", durable=False))
        dsn = server.create_database("bench")
        bootstrap(dsn)
        migrate(dsn)
        (folder / "objects").mkdir()
        gateway = opened.enter_context(gateway_over(Database(server, "bench"), folder / "objects"))
        opened.enter_context(redirect_stdout(opened.enter_context(Path(os.devnull).open("w"))))
        yield opened.enter_context(running(gateway, folder))


@dataclass(frozen=True)
class Functions:
    """The functions as they are deployed: layers compiled, each with its own environment, AWS at a local address."""

    folder: Path
    stack: Stack
    environment: dict[str, str]

    def run(self, function: str, arguments: list[str], given: str = "") -> str:
        """What `bench.cold` prints, in a fresh process that has this function's environment."""
        own = {**self.environment, **self.stack.functions[function].environment}
        return fresh(arguments, own, given)


@contextmanager
def functions(studio: Studio) -> Iterator[Functions]:
    """For fresh processes, beside a running studio."""
    parameters = {
        "SupabaseUrl": studio.gateway.url,
        "SupabasePublishableKey": studio.gateway.settings.publishable_key,
        "ReplicateDestination": f"{studio.twin.settings.owner}/people",
        "PublicUrl": studio.api_url,
    }
    port = free_port()
    sandbox = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": str(studio.twin.settings.public_url)}
    with compiled() as folder, endpoint(port):
        environment = {
            **paths(folder),
            **LOCAL_AWS,
            "BENCH_ABSENT": " ".join(installed(on_lambda=False)),
            **sandbox,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        }
        yield Functions(folder, Stack(ROOT / "template.yaml", parameters), environment)


@contextmanager
def compiled() -> Iterator[Path]:
    """A copy of functions and layers; the layers and all that they hold are compiled as `make build` does it."""
    with tempfile.TemporaryDirectory(prefix="croquis-bench-") as name:
        folder, ignored = Path(name), shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "functions", folder / "functions", ignore=ignored)
        for layer in LAYERS:
            shutil.copytree(ROOT / "layers" / layer, folder / layer, ignore=ignored)
        _compile(*(folder / it for it in LAYERS), how=["--invalidation-mode", "unchecked-hash"])
        site = Path(get_path("purelib"))
        _compile(*(site / it for it in installed(on_lambda=True) if (site / it).is_dir()), how=["-j", "0"])
        yield folder


def _compile(*folders: Path, how: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", *how, *folders], check=True)


def installed(*, on_lambda: bool) -> list[str]:
    """Modules that are installed here: those that a door finds in a layer or the runtime there, or all others."""
    locks = "".join((ROOT / f"requirements/{it}.txt").read_text() for it in ("core", "marks"))
    held = RUNTIME | set(re.findall(r"^([\w.-]+)==", locks, re.MULTILINE))
    found = {module: {_normal(it) for it in names} for module, names in packages_distributions().items()}
    return sorted(module for module, names in found.items() if bool(names & held) == on_lambda)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def paths(folder: Path) -> dict[str, str]:
    """The environment in which a fresh process finds the copy first."""
    sources = [folder / "functions", *(folder / it for it in LAYERS), ROOT / "tests", ROOT]
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(map(str, sources)),
        "PYTHONDONTWRITEBYTECODE": "1",  # nothing can be written under /opt
    }


def fresh(arguments: list[str], environment: dict[str, str], given: str = "") -> str:
    """What a process with exactly this environment prints."""
    command = [sys.executable, *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment, input=given)
    if outcome.returncode:
        raise RuntimeError(f"{arguments} ended with {outcome.returncode}: {outcome.stderr[-1000:]}")
    return outcome.stdout
