"""Starts and stops the two engines that stand for AWS on this machine, in their own environments, on 127.0.0.1 only."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import boto3
import httpx

from sandbox import ROOT
from sandbox.laptop.environments import environment

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"
NO_KEY = "test"  # the engines ask for a signature and do not check it
LOG_FOLDER = ROOT / ".croquis" / "log"
START_SECONDS = 60
STOP_SECONDS = 20
SAVE_SECONDS = 10.0
LOOK_SECONDS = 0.05


class EngineError(RuntimeError):
    """An engine did not start, or what was to be deployed into it was refused; the message ends with what it said."""


class AwsEngine:
    """The running pair. `url` answers for all of AWS, `api_url` for the one HTTP API that is deployed."""

    def __init__(self, state_dir: Path, port: int, sfn_port: int, log_dir: Path) -> None:
        self.state_dir = state_dir
        self.log_dir = log_dir
        self.url = f"http://{HOST}:{port}"
        self.api_url = f"{self.url}/api"
        self.executions_url = f"http://{HOST}:{sfn_port}"  # only MiniStack need know it
        self._port = port
        self._sfn_port = sfn_port
        self._processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    def start(
        cls,
        state_dir: Path,
        port: int = 0,
        sfn_port: int = 0,
        function_environment: Mapping[str, str] | None = None,
        *,
        log_dir: Path = LOG_FOLDER,
        public_hosts: Iterable[str] = (),
    ) -> Self:
        """Start both engines on the state in this folder and wait until they answer.

        Port 0 takes a free one, or the one that the state was made on: addresses of queues are part of the state.
        Every function sees `function_environment` on top of, and stronger than, what its template gives it. A tunnel's
        host name must be in `public_hosts`, and reaches the HTTP API only.
        """
        state_dir.mkdir(parents=True, exist_ok=True)
        log_dir.mkdir(parents=True, exist_ok=True)
        engine = cls(state_dir.resolve(), _settled_port(state_dir, port), sfn_port or free_port(), log_dir.resolve())
        try:
            engine._start_stepfunctions()
            engine._start_ministack(function_environment or {}, public_hosts)
            engine._wait_until_ready("stepfunctions", engine._stepfunctions_answers)
            engine._wait_until_ready("aws", engine._ministack_answers)
        except BaseException:
            engine.stop()
            raise
        return engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def environ(self) -> dict[str, str]:
        """What makes boto3 and sam in another process talk to this engine, and to nothing of the user's own."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": NO_KEY,
            "AWS_SECRET_ACCESS_KEY": NO_KEY,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A boto3 client of this engine, whatever the environment of this process says."""
        session = boto3.Session(aws_access_key_id=NO_KEY, aws_secret_access_key=NO_KEY, region_name=REGION)
        return session.client(service, endpoint_url=self.url)  # pyright: ignore[reportCallIssue, reportArgumentType]

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def stop(self) -> None:
        """Stop both; MiniStack saves its state, executions under way are lost. A second time does nothing."""
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin:
                process.stdin.close()
        self._processes.clear()

    def _start_stepfunctions(self) -> None:
        python = environment("stepfunctions", ROOT / "requirements" / "stepfunctions.txt").python
        self._spawn(
            "stepfunctions",
            [str(python), "-m", "sandbox.aws.stepfunctions_engine", str(self._sfn_port)],
            {**self.environ(), "MOTO_PORT": str(self._port), "MOTO_ACCOUNT_ID": ACCOUNT},
        )

    def _start_ministack(self, function_environment: Mapping[str, str], public_hosts: Iterable[str]) -> None:
        python = environment("ministack", ROOT / "requirements" / "ministack.txt").python
        function_python = environment("lambda", ROOT / "requirements" / "lambda.txt").python
        scratch = self.state_dir / "tmp"
        scratch.mkdir(exist_ok=True)
        settings = {
            "function_python": str(function_python),
            "function_environment": {"AWS_ENDPOINT_URL": self.url, **function_environment},
            "function_log": str(self.log_dir / "functions.log"),
            "layers": str(self.state_dir / "layers"),
            "stepfunctions_url": self.executions_url,
            "public_hosts": [*public_hosts],
            "save_seconds": SAVE_SECONDS,
        }
        variables = {
            "AWS_ENDPOINT_URL": self.url,
            "GATEWAY_PORT": str(self._port),
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state_dir / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.state_dir / "s3"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "TMPDIR": str(scratch),
            "ENGINE_SETTINGS": json.dumps(settings),
        }
        self._spawn("aws", [str(python), "-m", "sandbox.aws.ministack_engine"], variables)

    def _spawn(self, name: str, command: list[str], variables: Mapping[str, str]) -> None:
        """With a clean environment: functions and engines must not find the user's own AWS account."""
        clean = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.state_dir),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.state_dir,
                env=clean,
                stdin=subprocess.PIPE,  # it ends when this pipe does, however this process dies
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, and we stop them in order
            )
        self._processes.append(process)

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def _wait_until_ready(self, name: str, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if any(process.poll() is not None for process in self._processes) or time.monotonic() > deadline:
                raise EngineError(f"The engine {name} does not answer.\n{_tail(self._log(name))}")
            time.sleep(LOOK_SECONDS)

    def _ministack_answers(self) -> bool:
        return _is_fine(lambda: httpx.get(f"{self.url}/_ministack/health"))

    def _stepfunctions_answers(self) -> bool:
        # also makes it load its service, which takes a second that the first execution would wait
        target = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Content-Type": "application/x-amz-json-1.0"}
        return _is_fine(lambda: httpx.post(self.executions_url, content=b"{}", headers=target))


def _settled_port(state_dir: Path, port: int) -> int:
    settled = state_dir / "port"
    before = int(settled.read_text()) if settled.is_file() else 0
    if before and port not in (0, before):
        raise EngineError(
            f"The state in {state_dir} belongs to port {before}, not {port}. "
            "Start on that port, or remove the folder to begin anew."
        )
    port = port or before or free_port()
    settled.write_text(str(port))
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _is_fine(call: Callable[[], httpx.Response]) -> bool:
    try:
        return call().status_code == 200
    except httpx.TransportError:
        return False


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
