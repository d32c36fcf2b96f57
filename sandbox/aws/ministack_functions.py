"""Python functions run under AWS's own runtime client (awslambdaric), in a virtual environment of their own.

MiniStack's Python worker loses the class name of an error, by which state machines retry and catch, and lets functions
see the engine's packages and variables. Its `provided` runtime speaks the real Runtime API; so every python3.x function
becomes one of those, with a bootstrap that starts the interpreter that is here, whatever version the template names.
"""

# pyright: reportMissingImports=false
import hashlib
import io
import os
import shlex
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ministack.core.lambda_runtime import ProvidedWorker
from ministack.services import lambda_svc

from sandbox.aws.adapting import replace

KEPT_LAYERS = 8  # unpacked they are some 100 MB each; the ones not used for longest go
PASSED_ON = {"PATH", "LANG"}  # of the engine's own environment
TEMPLATES_RUNTIME = "RuntimeOfTheTemplate"
AS_ON_LAMBDA = {
    "TZ": ":UTC",
    "HOME": "/tmp",  # noqa: S108 - the one folder a function may write to
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    # the user's own AWS profile is not for them
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Functions:
    """What every function gets here: an interpreter, variables beside the template's, its layers, one log for all."""

    python: str
    environment: Mapping[str, str]
    layers: Path
    log: Path
    _bundles: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    _unpacking: threading.Lock = field(default_factory=threading.Lock)

    def install(self) -> None:
        self._forget_old_layers()
        replace(lambda_svc, "_execute_function_warm", self._under_awslambdaric)
        replace(lambda_svc, "_provided_worker_env", self._environ)
        replace(ProvidedWorker, "_pump_output", self._also_to_the_log)
        replace(ProvidedWorker, "_build_handler_class", _without_delay)

    def _under_awslambdaric(self, upstream: Callable[..., Any]) -> Callable[..., Any]:
        def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
            config = func.get("config") or func
            if not str(config.get("Runtime")).startswith("python3") or not func.get("code_zip"):
                return upstream(func, event, request_id)
            custom = {**config, "Runtime": "provided.al2023", "Layers": [], TEMPLATES_RUNTIME: config["Runtime"]}
            bundled = {**func, "config": custom, "code_zip": self._bundle(config, func["code_zip"])}
            return lambda_svc._execute_function_provided_warm(bundled, event, request_id)

        return execute

    def _bundle(self, config: dict[str, Any], code: bytes) -> bytes:
        attached = config.get("Layers") or []
        key = (config["CodeSha256"], *(layer if isinstance(layer, str) else layer["Arn"] for layer in attached))
        with self._unpacking:
            if key not in self._bundles:
                self._bundles[key] = _with_bootstrap(code, self._bootstrap([self._unpacked(each) for each in attached]))
            return self._bundles[key]

    def _bootstrap(self, layers: list[Path]) -> str:
        # on Lambda the layers are laid over each other, so the last one wins; here it comes first
        path = os.pathsep.join(str(layer / "python") for layer in reversed(layers))
        return (
            f"#!/bin/sh\nexport PYTHONPATH={shlex.quote(path)}\n"
            f'exec {shlex.quote(self.python)} -m awslambdaric "$_HANDLER"\n'
        )

    def _unpacked(self, attachment: Any) -> Path:
        archive = lambda_svc._resolve_layer_zip(attachment)
        home = self.layers / hashlib.sha256(archive).hexdigest()[:32]
        if not home.is_dir():
            self.layers.mkdir(parents=True, exist_ok=True)
            scratch = Path(mkdtemp(dir=self.layers))
            with zipfile.ZipFile(io.BytesIO(archive)) as files:
                files.extractall(scratch)
            scratch.rename(home)
        os.utime(home)
        return home

    def _forget_old_layers(self) -> None:
        for old in sorted(self.layers.glob("*"), key=lambda layer: layer.stat().st_mtime)[:-KEPT_LAYERS]:
            shutil.rmtree(old, ignore_errors=True)

    def _environ(self, upstream: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
        def environ(config: dict[str, Any], code_dir: str, port: int) -> dict[str, str]:
            given = upstream(config, code_dir, port)  # starts from the engine's own, which no function may see
            own = {name for name, value in os.environ.items() if given.get(name) == value} - PASSED_ON
            return {
                # a number in a template is text in the environment
                **{name: str(value) for name, value in given.items() if name not in own},
                **AS_ON_LAMBDA,
                "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config['FunctionName']}",
                "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get(TEMPLATES_RUNTIME, config['Runtime'])}",
                **self.environment,
            }

        return environ

    def _also_to_the_log(self, upstream: Callable[..., None]) -> Callable[..., None]:
        def pump(worker: Any, stream: Any, lines: Any) -> None:
            with self.log.open("ab", buffering=0) as log:
                upstream(worker, _Tee(stream, log, worker.func_name), lines)

        return pump


class _Tee:
    """A stream of output whose lines are also appended to a log, each with its time and function."""

    def __init__(self, stream: Any, log: Any, name: str) -> None:
        self._stream = stream
        self._log = log
        self._name = name
        self.close = stream.close

    def readline(self) -> bytes:
        line: bytes = self._stream.readline()
        if line.strip():
            moment = time.strftime("%H:%M:%S")
            self._log.write(f"{moment} {self._name}  ".encode() + line.rstrip() + b"\n")
        return line


def _without_delay(upstream: Callable[..., Any]) -> Callable[..., Any]:
    """The Runtime API writes headers and body apart, which costs each invocation the 40 ms of a delayed ACK."""

    def build(*arguments: Any) -> Any:
        handler = upstream(*arguments)
        handler.disable_nagle_algorithm = True
        return handler

    return build


def _with_bootstrap(code: bytes, script: str) -> bytes:
    archive = io.BytesIO(code)
    with zipfile.ZipFile(archive, "a") as files:
        entry = zipfile.ZipInfo("bootstrap")  # with its fixed date: the same code and layers give the same bytes
        entry.external_attr = 0o755 << 16
        files.writestr(entry, script)
    return archive.getvalue()
