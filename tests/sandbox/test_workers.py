"""Nothing outlives the launcher, however it ends; and a start that cannot succeed says why."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sample_stand import SAMPLE
from waiting import until

from sandbox import ROOT
from sandbox.aws.runners import FunctionError
from sandbox.aws.stack import Function
from sandbox.aws.workers import Workers, WorkersError

LAUNCHER = """
import os, sys, threading, time
from pathlib import Path
from sandbox.aws.stack import Function
from sandbox.aws.workers import Workers
trouble = Function("Trouble", "trouble.handler", 60, 256, {})
with Workers({}, Path(sys.argv[1]) / "log", [], [sys.argv[2]]) as workers:
    workers.wait_until_ready()
    pid = workers.invoke(trouble, {"pathParameters": {"kind": "none"}})["pid"]
    hang = {"pathParameters": {"kind": "hang"}}
    threading.Thread(target=workers.invoke, args=(trouble, hang), daemon=True).start()
    print(workers._process.pid, pid, flush=True)
    if sys.argv[3] == "killed":
        os.kill(os.getpid(), 9)
"""


def gone(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_no_process_outlives_the_launcher(tmp_path: Path, end: str) -> None:
    functions = str((SAMPLE / "functions").resolve())
    ran = subprocess.run(
        [sys.executable, "-c", LAUNCHER, str(tmp_path), functions, end],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == (-signal.SIGKILL if end == "killed" else 0)
    nursery, worker = map(int, ran.stdout.split())
    assert nursery != worker != os.getpid()
    until(lambda: gone(nursery) and gone(worker))


def test_a_library_that_is_missing_is_told_at_the_start(tmp_path: Path) -> None:
    with (
        Workers({}, tmp_path / "log", ["no_such_library"]) as workers,
        pytest.raises(WorkersError, match="no_such_library"),
    ):
        workers.wait_until_ready()


def test_a_handler_that_cannot_be_imported_fails_its_calls_by_lambdas_name(tmp_path: Path) -> None:
    with Workers({}, tmp_path / "log") as workers:
        workers.wait_until_ready()
        with pytest.raises(FunctionError, match="no_such_module") as failed:
            workers.invoke(Function("None", "no_such_module.handler", 5, 256, {}), {})
    assert failed.value.kind == "Runtime.ImportModuleError"


def test_a_worker_that_cannot_be_born_is_a_call_without_an_answer(tmp_path: Path) -> None:
    """Not an error that ends the thread that delivers messages."""
    with Workers({}, tmp_path / "log") as workers:
        workers.wait_until_ready()
        workers._process.kill()
        workers._process.wait()
        with pytest.raises(FunctionError, match="ExitError"):
            workers.invoke(Function("Trouble", "trouble.handler", 60, 256, {}), {})
