"""`python -m sandbox up | down | demo`: the whole of Croquis on this machine, without Docker and without accounts."""

import argparse
import errno
import logging
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from fetch_models import ModelsNotFetchedError

from infra.deploy.errors import Stopped
from sandbox import BEGAN, ROOT
from sandbox.aws.workers import WorkersError
from sandbox.laptop.env_file import ENV_FILE
from sandbox.laptop.launcher import LOGS, STATE, Addresses, Laptop, refuse_mixtures
from sandbox.laptop.log_view import shown_log, shown_requests
from sandbox.laptop.page_build import build_meanwhile
from sandbox.laptop.postgres_programs import PostgresError, remove_data
from sandbox.laptop.serving import ServerError
from sandbox.laptop.settings import LaptopSettings
from sandbox.laptop.tunnel import Tunnel, tunnelled
from sandbox.supabase.migrate import MigrationError

STOP_SECONDS = 40
ROOM = 400 * 2**20  # bytes: weights, photos, a database, and a margin


def main() -> None:
    """Exit code 0 only when all is well."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything, show one log, stop with Ctrl-C")
    commands.add_parser("down", help="stop what runs and forget its data")
    demo = commands.add_parser("demo", help="train a model from sample photos and make pictures of it")
    demo.add_argument("--photos", type=Path, help="a folder with 8 to 12 photos of one person")
    demo.add_argument("--name", default="Maya Chen")
    demo.add_argument("--gender", default="female", help="female, male or non_binary")
    demo.add_argument("--look-book", default="", help="1: end with a look-book")
    demo.add_argument("--preset", default="full", help="full, compact or identity")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        LOGS.mkdir(parents=True, exist_ok=True)
        shape = "%(asctime)s %(name)s %(message)s"
        logging.basicConfig(filename=LOGS / "laptop.log", level=logging.WARNING, format=shape)
        {"up": up, "down": down, "demo": run_demo}[options.command](options)
    except (
        ModelsNotFetchedError,
        WorkersError,
        MigrationError,
        PostgresError,
        ServerError,
        Stopped,
        ValueError,
    ) as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(f"error: {no_room()}")
    except KeyboardInterrupt:
        sys.exit(130)


def no_room() -> str:
    free = shutil.disk_usage(ROOT).free
    return f"{free / 1e6:,.0f} MB are free on the disk of {ROOT}, and {ROOM / 1e6:,.0f} MB are needed. Make room there."


def must_be_startable() -> None:
    """Exits with a sentence where a start would fail half-way."""
    refuse_mixtures()
    if shutil.disk_usage(ROOT).free < ROOM:
        sys.exit(f"error: {no_room()}")


def up(_: argparse.Namespace) -> None:
    settings = LaptopSettings.of()
    if tunnel := Tunnel.of():
        refuse_mixtures()
        up_behind(tunnel, settings)
        return
    if running := Addresses.of_running():
        sys.exit(f"Croquis runs already (process {running.pid}). Stop it with Ctrl-C there, or with `make down`.")
    must_be_startable()
    with Laptop(settings, say) as addresses:
        say(f"ready in {time.monotonic() - BEGAN:.1f} s\n")
        for name, value in (
            ("page", addresses.page),
            ("API", addresses.api), ("Supabase", addresses.supabase), ("publishable key", addresses.publishable_key),
            ("Replicate", f"{addresses.replicate}, under TLS {addresses.replicate_tls}  SANDBOX"),
            ("Postgres", addresses.postgres),
            *(("test user", f"{email} / {password}") for email, password in addresses.users.items()),
            ("access token", addresses.sign_in()), ("pages that may call", settings.origins.replace(",", " ")),
            ("for your page", ENV_FILE.relative_to(ROOT)),
        ):  # fmt: skip
            say(f"{name:>20}  {value}")
        for sentence in (*settings.faults.sentences, *filter(None, [build_meanwhile()])):
            say(sentence)
        say("\nThe log of all requests, functions and mails follows; Ctrl-C stops everything.")
        with shown_log(LOGS / "functions.log", say), shown_requests(say):
            try:
                signal.pause()
            except (KeyboardInterrupt, SystemExit):
                say("\nstopping")


def up_behind(tunnel: Tunnel, settings: LaptopSettings) -> None:
    settings.ports.must_be_free("gateway", "postgres", "twin", "twin_tls")
    with tunnelled(tunnel, settings.ports, STATE.parent, LOGS) as addresses:
        for name, value in addresses.items():
            say(f"{name:>20}  {value}")
        say("\nReal accounts behind a tunnel. The log of all functions follows; Ctrl-C stops everything here.")
        with shown_log(LOGS / "functions.log", say), shown_requests(say), suppress(KeyboardInterrupt, SystemExit):
            signal.pause()


def down(_: argparse.Namespace) -> None:
    if running := Addresses.of_running():
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while running.alive and time.monotonic() < deadline:
            time.sleep(0.1)
        if running.alive:
            sys.exit(f"Process {running.pid} does not stop. End it yourself, then run `make down` again.")
    remove_data(STATE / "postgres")
    for folder in (STATE, LOGS):
        shutil.rmtree(folder, ignore_errors=True)
    say("Croquis is stopped and its data on this machine is gone; its keys and test users' passwords stay the same.")


def run_demo(options: argparse.Namespace) -> None:
    from sandbox.laptop.demo import Demo, Person
    from sandbox.laptop.stage import Stage

    person, settings, stage = Person.of(options), LaptopSettings.of(), Stage()
    if running := Addresses.of_running():
        Demo(running, person, stage).run()
    else:
        must_be_startable()
        with Laptop(settings, stage.say) as addresses:
            Demo(addresses, person, stage).run()


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
