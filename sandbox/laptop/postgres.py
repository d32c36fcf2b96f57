"""A real Postgres on 127.0.0.1: the one that DATABASE_URL names, or one that we start ourselves.

As root the server runs as `nobody`, because Postgres refuses to run as root.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self, TypedDict

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sandbox.laptop.postgres_binaries import find_binaries, for_everybody, major_version
from sandbox.laptop.postgres_places import NOBODY, PostgresError, server_folder

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 30
CHILDREN_LINGER = "shared memory block"  # the children of a killed server are still ending
PORT_TAKEN = "could not bind"
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Surroundings(TypedDict, total=False):
    """In what a program of Postgres runs: arguments of subprocess."""

    cwd: str
    env: dict[str, str]
    user: int
    group: int
    extra_groups: list[int]


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
        return make_conninfo("", **{**self._parts, **_given(dbname=database, user=user)})

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if one is named, and return its connection string."""
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._run(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), source))
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and end its connections; one that is not there is no error."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def databases(self) -> list[str]:
        with psycopg.connect(self.dsn()) as connection:
            return [name for (name,) in connection.execute("select datname from pg_database where not datistemplate")]

    @property
    def version(self) -> str:
        """Such as 18.6."""
        with psycopg.connect(self.dsn()) as connection:
            return (connection.info.parameter_status("server_version") or "").split()[0]

    def stop(self) -> None:
        """Nothing to do: this server is not ours."""

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)


class Postgres(PostgresServer):
    """A server of our own: its data in `folder`, its connections without password, on 127.0.0.1 only."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        super().__init__(make_conninfo("", host=HOST, port=0, dbname="postgres", user="postgres"))
        self._folder = folder
        self._binaries = binaries
        self._cluster = folder / "cluster"
        self._log = folder / "postgres.log"
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @classmethod
    def start(
        cls, data_dir: Path, port: int = 0, durable: bool = True, environ: Mapping[str, str] = os.environ
    ) -> "Postgres":
        """Start the server on this folder, making the database cluster the first time; port 0 takes a free one.

        What a killed server or launcher left behind is cleared away. `durable=False` is for tests: fast, and lost
        when the machine crashes.
        """
        binaries = find_binaries(environ)
        if os.geteuid() == 0:
            binaries = for_everybody(binaries)
        server = cls(server_folder(data_dir), binaries)
        try:
            server._claim()
            server._initialise()
            server._end_orphan()
            server._serve(port, durable)
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self) -> None:
        """End the server's sessions and the server; a second time does nothing."""
        if self._process is not None:
            for ending, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                self._process.send_signal(ending)  # Postgres: fast, immediate; and then by force
                try:
                    self._process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _claim(self) -> None:
        """Hold a lock as long as this process lives, so that a server without a launcher is known to be an orphan."""
        self._lock = (self._folder / "launcher.lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PostgresError(
                f"The Postgres of {self._folder} is already in use by another start. Stop that one first."
            ) from None

    def _initialise(self) -> None:
        if (self._cluster / "PG_VERSION").is_file():
            self._check_version()
        else:
            self._make_cluster()

    def _make_cluster(self) -> None:
        fresh = self._folder / "cluster.new"  # renamed when complete: a start that was killed leaves no half cluster
        for leftover in (fresh, self._cluster):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, NOBODY, NOBODY)
        locale = "C.UTF-8" if os.uname().sysname == "Linux" else "C"
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
        done = subprocess.run(
            [self._binaries / "initdb", "-D", fresh, *options], capture_output=True, text=True, **_unprivileged()
        )
        if done.returncode:
            raise PostgresError(f"Postgres could not make its data folder {fresh}: {done.stderr.strip()}")
        fresh.rename(self._cluster)

    def _check_version(self) -> None:
        made_by = int((self._cluster / "PG_VERSION").read_text())
        runs = major_version(self._binaries)
        if made_by != runs:
            raise PostgresError(
                f"The data in {self._folder} was made by Postgres {made_by}, but {self._binaries} is Postgres {runs}. "
                "Use the former (CROQUIS_PG, PG_BIN), or remove the folder and everything in it."
            )

    def _end_orphan(self) -> None:
        """Stop the server that a killed launcher left running; forget the one that was killed itself."""
        note = self._cluster / "postmaster.pid"
        pid = _first_number(note)
        if pid is None:
            return
        if str(self._cluster) in _command_of(pid):
            subprocess.run(
                [self._binaries / "pg_ctl", "stop", "-D", self._cluster, "-m", "fast", "-w"],
                capture_output=True, check=True, **_unprivileged(),
            )  # fmt: skip
        note.unlink(missing_ok=True)

    def _serve(self, port: int, durable: bool) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._spawn(port or free_port(), durable)
            failure = self._wait_ready(deadline)
            if failure is None:
                return
            if PORT_TAKEN in failure and port:
                raise PostgresError(
                    f"Port {port} of {HOST} is taken by another program. Stop that program, or choose another port."
                )
            if not (PORT_TAKEN in failure or CHILDREN_LINGER in failure) or time.monotonic() > deadline:
                raise PostgresError(f"Postgres did not start; its log {self._log} ends with: {failure[-800:]}")
            time.sleep(0.05)

    def _spawn(self, port: int, durable: bool) -> None:
        options = [
            f"listen_addresses={HOST}", f"port={port}", "unix_socket_directories=", "timezone=UTC", "jit=off",
            "max_connections=200", *(() if durable else THROW_AWAY),
        ]  # fmt: skip
        flags = [word for option in options for word in ("-c", option)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._cluster, *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_unprivileged(),
            )  # fmt: skip
        self.port = port
        self._parts["port"] = port

    def _wait_ready(self, deadline: float) -> str | None:
        """None when the server takes connections, else the end of its log."""
        assert self._process is not None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._process = None
                return self._log.read_text(errors="replace")
            if _says_ready(self._cluster / "postmaster.pid", self._process.pid):
                return None
            time.sleep(0.01)
        return "(nothing: it took too long)"


def postgres(
    data_dir: Path, port: int = 0, durable: bool = True, environ: Mapping[str, str] = os.environ
) -> PostgresServer:
    """The server that DATABASE_URL names, else one that is started on `data_dir`."""
    if url := environ.get("DATABASE_URL"):
        return PostgresServer(url)
    return Postgres.start(data_dir, port, durable, environ)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _unprivileged() -> Surroundings:
    """Arguments of subprocess: a plain environment, and `nobody` instead of root."""
    plain = Surroundings(cwd="/", env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"})
    if os.geteuid() == 0:
        plain.update(user=NOBODY, group=NOBODY, extra_groups=[])
    return plain


def _first_number(note: Path) -> int | None:
    try:
        return int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _says_ready(note: Path, pid: int) -> bool:
    try:
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _command_of(pid: int) -> str:
    """The command line of a living process, or nothing."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
