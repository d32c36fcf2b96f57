"""Forks workers out of a process that has imported what functions need: `python -m sandbox.aws.nursery MODULE …`.

Its standard input is a socket: each message is a function and the worker's own end of a pipe. When that socket closes,
it kills its process group, itself included: nothing outlives the launcher, however that died, whatever a worker does.
"""

import json
import os
import signal
import socket
import sys
import traceback
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from sandbox.aws.runners import Context, load_handler
from sandbox.aws.stack import Function

MESSAGE_BYTES = 1 << 18


def main(preload: list[str]) -> None:
    for module in preload:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for workers: the system forgets them
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as launcher:
        launcher.send(b"ready")
        while True:
            order, handed, _, _ = socket.recv_fds(launcher, MESSAGE_BYTES, 1)
            if not order:
                os.killpg(0, signal.SIGKILL)  # the launcher gave it a group of its own
            if os.fork() == 0:
                launcher.close()
                os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
                work(Connection(handed[0]), Function(**json.loads(order)))
                os._exit(0)
            os.close(handed[0])


def work(launcher: Connection, function: Function) -> None:
    """A worker: says who it is, then answers one event after the other until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(function.environment)
    try:
        handler = load_handler(function.handler)
    except Exception as error:  # noqa: BLE001 - whatever an import raises is reported, as Lambda does
        _tell(launcher, _failure(error, "Runtime.ImportModuleError"))
        return
    _tell(launcher, {"pid": os.getpid()})
    while (event := _next(launcher)) is not None:
        try:
            answer = {"answer": handler(json.loads(event), Context.of(function))}
        except Exception as error:  # noqa: BLE001 - the runtime reports whatever a handler raises
            answer = _failure(error, type(error).__name__)
        _tell(launcher, answer)


def _next(launcher: Connection) -> bytes | None:
    try:
        return launcher.recv_bytes()
    except (EOFError, OSError):
        return None


def _tell(launcher: Connection, message: dict[str, Any]) -> None:
    launcher.send_bytes(json.dumps(message).encode())


def _failure(error: Exception, kind: str) -> dict[str, str]:
    traceback.print_exc()
    return {"error": kind, "message": str(error)}


if __name__ == "__main__":
    main(sys.argv[1:])
