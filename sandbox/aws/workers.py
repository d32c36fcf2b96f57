"""Functions in processes of their own, each with its own environment and one call at a time, as on Lambda.

Workers are forked from a process that has imported the libraries already (nursery.py), so a cold call costs
milliseconds. A worker that overruns its function's Timeout is killed; the next call gets a new one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Self

from sandbox import ROOT
from sandbox.aws.environ import LOCAL_AWS
from sandbox.aws.runners import FunctionError, TooManyCallsError
from sandbox.aws.stack import Function

SOURCES = ("functions", "layers/core", "layers/pictures", "layers/vision", "layers/marks", "layers/faces")
READY_SECONDS = 60
KILLED, CRASHED, NOT_IMPORTED = "Sandbox.Timedout", "Runtime.ExitError", "Runtime.ImportModuleError"
# nothing of the user's own environment, above all none of the user's AWS account
CLEAN = {
    "PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONUNBUFFERED": "1", **LOCAL_AWS,
}  # fmt: skip


class WorkersError(RuntimeError):
    """The workers cannot be started; the text says where to look."""


class Worker:
    """One process that runs one function."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self._pid = pid
        self._connection = connection

    def call(self, event: Any, seconds: float) -> Any:
        """The answer; FunctionError by what the handler raised, when it took too long, or when the process died."""
        try:
            self._connection.send_bytes(json.dumps(event).encode())
            if not self._connection.poll(seconds):
                self.kill()
                raise FunctionError(KILLED, f"Task timed out after {seconds:.2f} seconds")
            reply = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            self.kill()
            raise FunctionError(CRASHED, "Runtime exited without an answer") from error
        if "error" in reply:
            raise FunctionError(reply["error"], reply["message"])
        return reply["answer"]

    @property
    def alive(self) -> bool:
        return not self._connection.closed

    def kill(self) -> None:
        self._connection.close()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)


class Workers:
    """A runner; `environ` is what every function sees on top of, and stronger than, what its template gives it."""

    def __init__(
        self, environ: Mapping[str, str], log: Path, preload: Sequence[str] = (), sources: Sequence[str] = SOURCES
    ) -> None:
        self._environ = environ
        self._log = log
        self._preload = preload
        self._path = os.pathsep.join(str(ROOT / source) for source in (*sources, "."))
        self._idle: defaultdict[str, list[Worker]] = defaultdict(list)
        self._busy: defaultdict[str, int] = defaultdict(int)
        self._lock, self._forking = threading.Lock(), threading.Lock()

    def __enter__(self) -> Self:
        self._nursery, theirs = socket.socketpair()
        with theirs, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.aws.nursery", *self._preload],
                cwd=ROOT, env={**CLEAN, "PYTHONPATH": self._path}, stdin=theirs.fileno(), stdout=log, stderr=log,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops them in order
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._nursery.close()  # and with it, all workers end
        self._process.wait()

    def wait_until_ready(self) -> None:
        """Returns when the libraries are imported."""
        self._nursery.settimeout(READY_SECONDS)
        if not self._nursery.recv(16):
            end = self._log.read_text(errors="replace")[-2000:]
            raise WorkersError(f"The functions' process did not start. {self._log} ends with:\n{end}")

    def warm(self, function: Function) -> None:
        """Let a worker of this function be there before the first call."""
        self._idle[function.name].append(self._born(function))

    def invoke(self, function: Function, event: Any) -> Any:
        with self._lock:
            if function.reserved is not None and self._busy[function.name] >= function.reserved:
                raise TooManyCallsError(function.name)
            self._busy[function.name] += 1
            worker = self._idle[function.name].pop() if self._idle[function.name] else None
        try:
            worker = worker or self._born(function)
            return worker.call(event, function.timeout)
        finally:
            with self._lock:
                self._busy[function.name] -= 1
                if worker and worker.alive:
                    self._idle[function.name].append(worker)

    def _born(self, function: Function) -> Worker:
        seen = {**CLEAN, "AWS_LAMBDA_FUNCTION_NAME": function.name, **function.environment, **self._environ}
        order = json.dumps(asdict(replace(function, environment=seen))).encode()
        ours, theirs = Pipe()
        with self._forking:  # one order at a time: the nursery must not read two as one
            try:
                with theirs:
                    socket.send_fds(self._nursery, [order], [theirs.fileno()])
                hello: dict[str, Any] = json.loads(ours.recv_bytes()) if ours.poll(READY_SECONDS) else {}
            except (EOFError, OSError) as error:  # it, or where it is forked, has died
                ours.close()
                raise FunctionError(CRASHED, "Runtime exited before it was ready") from error
        if "pid" not in hello:
            raise FunctionError(NOT_IMPORTED, hello.get("message", "no worker came"))
        return Worker(hello["pid"], ours)
