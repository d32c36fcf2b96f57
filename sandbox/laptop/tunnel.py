"""The third combination: AWS on this machine, Supabase and Replicate real, and a tunnel by which both reach us.

It works on a Supabase project of its own: of two that sweep one project, neither knows what the other has started.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import fetch_models
from starlette.middleware.trustedhost import TrustedHostMiddleware

from croquis_cli.doctor.patient import REPLICATE
from infra.deploy import questions, replicate
from infra.deploy.answers import STAGES, Answers
from infra.deploy.asking import Asking
from infra.deploy.database import ProjectDatabase
from infra.deploy.stack import parameters
from sandbox import ROOT
from sandbox.aws.engine import Engine
from sandbox.aws.stack import Stack
from sandbox.aws.workers import Workers
from sandbox.laptop.addresses import Ports
from sandbox.laptop.keys import Keys
from sandbox.laptop.launcher import LIBRARIES
from sandbox.laptop.page import create_page
from sandbox.laptop.page_build import page_folder
from sandbox.laptop.serving import HOST, ServerThread

STAGE = "laptop"
PUBLIC_URL = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?")


@dataclass(frozen=True)
class Tunnel:
    """Of one start: the address of the tunnel, and where the answers and the secrets of its project are."""

    public_url: str
    asking: Asking
    answers: Path = STAGES / f"{STAGE}.toml"
    origin: str = REPLICATE

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> Self | None:
        """None without PUBLIC_URL; ValueError that says why this combination cannot be."""
        url, secrets = environ.get("PUBLIC_URL", ""), environ.get("SECRETS", "")
        if not url:
            if secrets:
                raise ValueError(
                    "SECRETS are of a real project, which reaches this machine by a tunnel: set PUBLIC_URL too."
                )
            return None
        if not PUBLIC_URL.fullmatch(url):
            raise ValueError(
                f"PUBLIC_URL is {url!r}. It is the https address of a tunnel to this machine, without a path."
            )
        if environ.get("FAULT"):
            raise ValueError(
                "FAULT is for stand-ins, and with PUBLIC_URL Supabase and Replicate are the real ones: unset one."
            )
        return cls(url, Asking(Path(secrets) if secrets else None))


@contextmanager
def tunnelled(tunnel: Tunnel, ports: Ports, folder: Path, logs: Path) -> Iterator[Mapping[str, str]]:
    """Everything runs inside the block; yields the addresses by what they are of."""
    answers = _answers(tunnel)
    keys, asking = Keys.of(folder), tunnel.asking
    secrets = {name: asking.secret(name) for name in ("supabase-secret-key", "replicate-token", "database-url")}
    database = ProjectDatabase.of(secrets["database-url"], answers.supabase_url)
    with replicate.account(tunnel.origin, secrets["replicate-token"]) as http:
        signing = replicate.signing_secret(http)
        replicate.create_destination(http, answers.replicate_destination)
    for done in database.prepare():
        asking.say(done)
    with ExitStack() as opened:
        engine = opened.enter_context(_engine(tunnel, answers, ports, logs))
        engine.put_secret("SupabaseSecret", {"key": secrets["supabase-secret-key"]})
        engine.put_secret("ReplicateSecret", {"token": secrets["replicate-token"]})
        engine.put_secret("WebhookSecret", {"secrets": [signing]})
        engine.put_secret("StorageHookSecret", {"secrets": [keys.storage_hook_secret]})
        engine.put_secret("MarksSecret", dict(keys.marks))
        hosts = [HOST, "localhost", str(urlsplit(tunnel.public_url).hostname)]
        opened.enter_context(ServerThread(TrustedHostMiddleware(engine.api, hosts), port=ports.api))
        opened.enter_context(ServerThread(TrustedHostMiddleware(_page(answers, ports), hosts[:2]), port=ports.page))
        database.keep_hook(f"{tunnel.public_url}/hooks/storage", keys.storage_hook_secret)
        engine.start_clock(at_once=True)
        yield {"page": ports.url("page"), "API": ports.url("api"), "from outside": tunnel.public_url,
               "Supabase": answers.supabase_url, "Replicate": f"{tunnel.origin}: what you order is paid"}  # fmt: skip


def _answers(tunnel: Tunnel) -> Answers:
    found = questions.complete(Answers.read(tunnel.answers), tunnel.asking, "", but=("region", "allowed_origins"))
    found.write(tunnel.answers, STAGE)
    return found


@contextmanager
def _engine(tunnel: Tunnel, answers: Answers, ports: Ports, logs: Path) -> Iterator[Engine]:
    fetch_models.fetch()
    fetch_models.fetch(lock=fetch_models.FACES)
    logs.mkdir(parents=True, exist_ok=True)
    given = {
        **parameters(STAGE, answers), "PublicUrl": tunnel.public_url, "LateUploadRate": "rate(1 minute)",
        "AllowedOrigins": ",".join(ports.origins("page")),
    }  # fmt: skip
    stack = Stack(ROOT / "template.yaml", given)
    handlers = [it.handler.rpartition(".")[0] for it in stack.functions.values()]
    with (
        Workers(_seen(tunnel, ports), logs / "functions.log", [*LIBRARIES, *handlers]) as workers,
        Engine(stack, workers, port=ports.aws) as engine,
    ):
        workers.wait_until_ready()
        yield engine


def _seen(tunnel: Tunnel, ports: Ports) -> dict[str, str]:
    """By the functions: no word of a sandbox, unless a stand-in is at Replicate's place."""
    stand_in = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": tunnel.origin} if tunnel.origin != REPLICATE else {}
    return {"AWS_ENDPOINT_URL": ports.url("aws"), **stand_in}


def _page(answers: Answers, ports: Ports) -> Any:
    key = answers.supabase_publishable_key
    return create_page(page_folder(), api=ports.url("api"), supabase=answers.supabase_url, publishable_key=key)
