"""A real Postgres on 127.0.0.1: the one that DATABASE_URL names, or one that we start ourselves."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sandbox.laptop.addresses import variable
from sandbox.laptop.postgres_programs import (
    NOBODY,
    PostgresError,
    find_programs,
    for_everybody,
    major_version,
    server_folder,
)
from sandbox.laptop.serving import HOST, free_port, why_no_port

START_SECONDS = 30
STOPPING = ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))  # fast, immediate; and then by force
CHILDREN_LINGER = "shared memory block"  # the children of a killed server are still ending
PORT_TAKEN = "could not bind"
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=128MB")


class PostgresServer:
    """A Postgres that somebody else runs, known by a superuser's connection string; `stop` leaves it alone."""

    def __init__(self, conninfo: str) -> None:
        self._parts = conninfo_to_dict(conninfo)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def dsn(self, database: str | None = None, user: str | None = None) -> str:
        """Connection string for another database or user; a password, if there is one, is the same for all."""
        asked = {"dbname": database, "user": user}
        return make_conninfo("", **{**self._parts, **{name: value for name, value in asked.items() if value}})

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if one is named, and return its connection string."""
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._run(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), source))
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and end its connections; one that is not there is no error."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Nothing to do: this server is not ours."""

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)


class Postgres(PostgresServer):
    """A server of our own: its data in `folder`, its connections without password, on 127.0.0.1 only."""

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(make_conninfo("", host=HOST, port=0, dbname="postgres", user="postgres"))
        self._folder = folder
        self._programs = programs
        self._cluster = folder / "cluster"
        self._note = self._cluster / "postmaster.pid"
        self._log = folder / "postgres.log"
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[Any] | None = None
        self.port = 0

    @classmethod
    def start(
        cls, data_dir: Path, port: int = 0, durable: bool = True, environ: Mapping[str, str] = os.environ
    ) -> "Postgres":
        """Start the server on this folder, making the database cluster the first time; port 0 takes a free one.

        What a killed server or launcher left behind is cleared away. `durable=False` is for tests: fast, and lost
        when the machine crashes.
        """
        programs = find_programs(environ)
        server = cls(server_folder(data_dir), for_everybody(programs) if os.geteuid() == 0 else programs)
        try:
            server._claim()
            if (server._cluster / "PG_VERSION").is_file():
                server._check_version()
            else:
                server._make_cluster()
            server._end_orphan()
            server._serve(port, durable)
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self) -> None:
        """End the server's sessions and the server; a second time does nothing."""
        for ending, patience in STOPPING if self._process else ():
            assert self._process
            self._process.send_signal(ending)
            try:
                self._process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None
        if self._lock:
            self._lock.close()

    def _claim(self) -> None:
        """Hold a lock as long as this process lives, so that a server without a launcher is known to be an orphan."""
        self._lock = (self._folder / "launcher.lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PostgresError(
                f"The Postgres of {self._folder} is already in use by another start. Stop that one first."
            ) from None

    def _make_cluster(self) -> None:
        fresh = self._folder / "cluster.new"  # renamed when complete: a start that was killed leaves no half cluster
        for leftover in (fresh, self._cluster):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, NOBODY, NOBODY)
        locale = "C.UTF-8" if os.uname().sysname == "Linux" else "C"
        options = ["-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
        done = subprocess.run(
            [self._programs / "initdb", *options], capture_output=True, text=True, check=False, **_unprivileged()
        )
        if done.returncode:
            raise PostgresError(f"Postgres could not make its data folder {fresh}: {done.stderr.strip()}")
        fresh.rename(self._cluster)

    def _check_version(self) -> None:
        made_by, runs = int((self._cluster / "PG_VERSION").read_text()), major_version(self._programs)
        if made_by != runs:
            raise PostgresError(
                f"The data in {self._folder} was made by Postgres {made_by}, but {self._programs} is Postgres {runs}. "
                "Use the former (CROQUIS_PG, PG_BIN), or remove the folder and everything in it."
            )

    def _end_orphan(self) -> None:
        """Stop the server that a killed launcher left running; forget the one that was killed itself."""
        pid = self._noted()[0]
        if pid and str(self._cluster) in _command_of(pid):
            stop = [self._programs / "pg_ctl", "stop", "-D", self._cluster, "-m", "fast", "-w"]
            subprocess.run(stop, capture_output=True, check=True, **_unprivileged())
        self._note.unlink(missing_ok=True)

    def _serve(self, port: int, durable: bool) -> None:
        deadline = time.monotonic() + START_SECONDS
        while failure := self._attempt(port or free_port(), durable, deadline):
            if PORT_TAKEN in failure and port:
                raise PostgresError(why_no_port(port, variable("postgres")))
            if not (PORT_TAKEN in failure or CHILDREN_LINGER in failure) or time.monotonic() > deadline:
                raise PostgresError(f"Postgres did not start; its log {self._log} ends with: {failure[-800:]}")
            time.sleep(0.05)

    def _attempt(self, port: int, durable: bool, deadline: float) -> str:
        """Nothing when the server takes connections, else the end of its log."""
        options = [
            f"listen_addresses={HOST}", f"port={port}", "unix_socket_directories=", "timezone=UTC", "jit=off",
            "max_connections=200", *(() if durable else THROW_AWAY),
        ]  # fmt: skip
        command = [self._programs / "postgres", "-D", self._cluster]
        with self._log.open("wb") as log:
            process: subprocess.Popen[Any] = subprocess.Popen(
                [*command, *(word for option in options for word in ("-c", option))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_unprivileged(),
            )  # fmt: skip
        self._process, self.port, self._parts["port"] = process, port, port
        while process.poll() is None and time.monotonic() < deadline:
            lines = self._noted()
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return ""
            time.sleep(0.01)
        return self._log.read_text(errors="replace") or "(nothing: it took too long)"

    def _noted(self) -> list[str]:
        """What the server wrote of itself; its process number comes first."""
        try:
            return self._note.read_text().splitlines()
        except FileNotFoundError:  # not there yet, or removed again by a server that just ended
            return [""]


def postgres(
    data_dir: Path, port: int = 0, durable: bool = True, environ: Mapping[str, str] = os.environ
) -> PostgresServer:
    """The server that DATABASE_URL names, else one that is started on `data_dir`."""
    url = environ.get("DATABASE_URL")
    return PostgresServer(url) if url else Postgres.start(data_dir, port, durable, environ)


def _command_of(pid: str) -> str:
    """The command line of a living process, or nothing."""
    if Path("/proc/self").exists():
        written = Path(f"/proc/{pid}/cmdline")
        return written.read_bytes().replace(b"\0", b" ").decode(errors="replace") if written.exists() else ""
    return subprocess.run(["ps", "-o", "command=", "-p", pid], capture_output=True, text=True, check=False).stdout


def _unprivileged() -> Any:
    """Arguments of subprocess: a plain environment, and `nobody` instead of root."""
    plain = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}}
    return plain | ({"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {})
