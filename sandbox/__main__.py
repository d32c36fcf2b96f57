"""`python -m sandbox up | down | demo`: the whole of Croquis on this machine, without Docker and without accounts."""

import argparse
import logging
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from fetch_models import ModelsNotFetchedError

from sandbox import BEGAN
from sandbox.aws.workers import WorkersError
from sandbox.laptop.addresses import Ports
from sandbox.laptop.launcher import LOGS, STATE, Addresses, Laptop, refuse_mixtures
from sandbox.laptop.log_view import shown_log
from sandbox.laptop.postgres_programs import PostgresError, remove_data
from sandbox.laptop.serving import ServerError
from sandbox.supabase.migrate import MigrationError

STOP_SECONDS = 40


def main() -> None:
    """Exit code 0 only when all is well."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything, show one log, stop with Ctrl-C")
    commands.add_parser("down", help="stop what runs and forget its data")
    demo = commands.add_parser("demo", help="train a model from sample photos and make pictures of it")
    demo.add_argument("--photos", type=Path, help="a folder with 8 to 12 photos of one person")
    demo.add_argument("--name", default="Maya Chen")
    demo.add_argument("--gender", default="female", choices=["female", "male", "non_binary"])
    demo.add_argument("--preset", default="full", choices=["full", "compact"])
    options = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=LOGS / "laptop.log", level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        {"up": up, "down": down, "demo": run_demo}[options.command](options)
    except (ModelsNotFetchedError, WorkersError, MigrationError, PostgresError, ServerError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def up(_: argparse.Namespace) -> None:
    if running := Addresses.of_running():
        sys.exit(f"Croquis runs already (process {running.pid}). Stop it with Ctrl-C there, or with `make down`.")
    refuse_mixtures()
    with Laptop(Ports.from_environ(), say) as addresses:
        say(f"ready in {time.monotonic() - BEGAN:.1f} s\n")
        for name, value in (
            ("API", addresses.api), ("Supabase", addresses.supabase), ("publishable key", addresses.publishable_key),
            ("Replicate", f"{addresses.replicate}, under TLS {addresses.replicate_tls}  SANDBOX"),
            ("Postgres", addresses.postgres),
            ("test user", f"{addresses.email} / {addresses.password}"), ("access token", addresses.sign_in()),
        ):  # fmt: skip
            say(f"{name:>16}  {value}")
        say("\nThe log of all functions follows; Ctrl-C stops everything.")
        with shown_log(LOGS / "functions.log", say):
            try:
                signal.pause()
            except (KeyboardInterrupt, SystemExit):
                say("\nstopping")


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
    say("Croquis is stopped and its data on this machine is gone.")


def run_demo(options: argparse.Namespace) -> None:
    from sandbox.laptop.demo import Demo, screen

    with screen() as stage:
        if running := Addresses.of_running():
            Demo(running, options, stage).run()
        else:
            refuse_mixtures()
            with Laptop(Ports.from_environ(), stage.say) as addresses:
                Demo(addresses, options, stage).run()


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
