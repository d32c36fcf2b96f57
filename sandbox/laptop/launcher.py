"""The whole of Croquis on one laptop: starts every part in order, connects them, stops them in reverse."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import fetch_models
import httpx
import psycopg
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from sandbox import ROOT
from sandbox.aws.engine import Engine
from sandbox.aws.stack import Stack
from sandbox.aws.workers import Workers
from sandbox.laptop.env_file import ENV_FILE, env_file, postgres_url
from sandbox.laptop.keys import Keys
from sandbox.laptop.page import create_page
from sandbox.laptop.page_build import page_folder
from sandbox.laptop.postgres import postgres
from sandbox.laptop.private_file import write_private
from sandbox.laptop.serving import HOST, ServerThread
from sandbox.laptop.settings import LaptopSettings
from sandbox.laptop.tls_front import TlsFront
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinSettings
from sandbox.supabase.app import create_app as create_gateway
from sandbox.supabase.kicks import Kicks
from sandbox.supabase.migrate import bootstrap, migrate
from sandbox.supabase.settings import GatewaySettings

STATE = ROOT / ".croquis" / "state"
LOGS = ROOT / ".croquis" / "log"
DESTINATION = "people"
USERS: tuple[str, ...] = ("maya@example.com", "noor@example.com")
OTHER_KEYS = ("REPLICATE_API_TOKEN", "SUPABASE_URL", "SUPABASE_SECRET_KEY")
LIBRARIES = ("boto3", "postgrest", "storage3", "replicate", "ai_edge_litert.interpreter")
UNFINISHED = """
    select (select count(*) from public.training_runs where croquis.is_working(status)),
           (select count(*) from public.images where croquis.is_open(status) and kind <> 'preview'),
           (select count(*) from public.storage_outbox where done_at is null)"""
WARM = ("Uploads", "Trainings", "Models", "Images", "ReplicateWebhook", "StorageHook", "CheckPhoto", "SettleAttempt")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Addresses:
    """What somebody who uses the running laptop needs to know."""

    pid: int
    api: str
    supabase: str
    publishable_key: str
    replicate: str
    replicate_tls: str
    postgres: str
    replicate_token: str
    page: str
    users: dict[str, str]  # their passwords by e-mail address

    def sign_in(self, email: str = "") -> str:
        """An access token of a test user, the first where none is named; good for an hour."""
        email = email or next(iter(self.users))
        return str(self._auth("token?grant_type=password", email).raise_for_status().json()["access_token"])

    def sign_up(self) -> None:
        """Let there be the test users; those of an earlier start are as good (422)."""
        for email in self.users:
            if (answer := self._auth("signup", email)).status_code != 422:
                answer.raise_for_status()

    def _auth(self, path: str, email: str) -> httpx.Response:
        body, key = {"email": email, "password": self.users[email]}, {"apikey": self.publishable_key}
        return httpx.post(f"{self.supabase}/auth/v1/{path}", headers=key, json=body)

    @classmethod
    def of_running(cls, state: Path = STATE) -> Self | None:
        """Those of the laptop that runs on this state, if one does."""
        try:
            found = cls(**json.loads((state / "running.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.alive else None

    @property
    def alive(self) -> bool:
        """Does its process still run?"""
        try:
            os.kill(self.pid, 0)
        except OSError:  # none of that number, or another user's
            return False
        return True


class Laptop:
    """`with Laptop(settings, say) as addresses:` - everything runs inside the block. `say` tells of each step."""

    def __init__(self, settings: LaptopSettings, say: Say, state: Path = STATE, logs: Path = LOGS) -> None:
        self._ports = settings.ports
        self._settings = settings
        self._say = say
        self._state = state
        self._logs = logs
        self._open = ExitStack()

    def __enter__(self) -> Addresses:
        # Postgres looks at its own port: it may first have to end a server that a killed start left behind
        self._ports.must_be_free("postgres")
        for folder in (self._state, self._logs):
            folder.mkdir(parents=True, exist_ok=True)
        self._state.chmod(0o711)  # the database of root runs as nobody
        for folder in (self._state / "objects", self._state / "replicate"):  # photos of people, and weights of them
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        try:
            return self._start(Keys.of(self._state.parent))
        except BaseException:
            with undisturbed():
                self._open.close()
            raise

    def __exit__(self, *_: object) -> None:
        with undisturbed():
            self._open.close()
        (self._state / "running.json").unlink(missing_ok=True)

    def _start(self, keys: Keys) -> Addresses:
        ports, opened, twin = self._ports, self._open.enter_context, self._twin(keys)
        fetch_models.fetch()
        fetch_models.fetch(lock=fetch_models.FACES)
        stack = self._stack(keys, twin)
        workers = opened(self._workers(stack))
        self._say("Postgres: starting and migrating")
        server = opened(postgres(self._state / "postgres", ports.postgres))
        bootstrap(server.dsn())
        migrate(server.dsn())
        self._say(f"Supabase stand-in: {ports.url('gateway')}")
        gateway = self._gateway(server.dsn(user="authenticator"), server.dsn(user="supabase_auth_admin"), keys)
        opened(ServerThread(self._settings.faults.slowed(create_gateway(gateway)), port=ports.gateway))
        self._say(f"Replicate stand-in (SANDBOX: nothing is paid, nothing is learnt): {ports.url('twin')}")
        opened(ServerThread(create_twin(twin), port=ports.twin))
        opened(TlsFront(twin.state_dir, ports.twin, ports.twin_tls))
        _create_destination(twin)
        self._say(f"AWS stand-in, from template.yaml: {ports.url('api')}")
        engine = opened(Engine(stack, workers, port=ports.aws))
        engine.put_secret("SupabaseSecret", {"key": keys.secret_key})
        engine.put_secret("ReplicateSecret", {"token": keys.replicate_token})
        engine.put_secret("WebhookSecret", {"secrets": [keys.webhook_secret]})
        engine.put_secret("StorageHookSecret", {"secrets": [keys.storage_hook_secret]})
        engine.put_secret("MarksSecret", keys.marks)
        # whoever rebinds a name to this machine does not reach it
        opened(ServerThread(TrustedHostMiddleware(engine.api, [HOST, "localhost"]), port=ports.api))
        opened(ServerThread(TrustedHostMiddleware(self._page(keys), [HOST, "localhost"]), port=ports.page))
        workers.wait_until_ready()
        for name in WARM:
            workers.warm(stack.functions[name])
        _tell_database_of_hook(server.dsn(), ports.url("api"), keys)
        opened(Kicks(server.dsn()))
        if unfinished := _unfinished(server.dsn()):
            self._say(unfinished)
        engine.start_clock(at_once=True)  # nothing runs any more of what an earlier stop interrupted
        return self._published(server.dsn(), keys)

    def _stack(self, keys: Keys, twin: TwinSettings) -> Stack:
        parameters = {
            "SupabaseUrl": self._ports.url("gateway"),
            "SupabasePublishableKey": keys.publishable_key,
            "ReplicateDestination": f"{twin.owner}/{DESTINATION}",
            "ReplicateTrainer": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
            "PublicUrl": self._ports.url("api"),
            "AllowedOrigins": ",".join((self._settings.origins, *self._ports.origins("page"))),
            "SweepRate": "rate(1 minute)",
            "LateUploadRate": "rate(5 seconds)",
        }
        return Stack(ROOT / "template.yaml", parameters)

    def _workers(self, stack: Stack) -> Workers:
        sandbox = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": self._ports.url("twin")}
        handlers = [it.handler.rpartition(".")[0] for it in stack.functions.values()]
        environ = {**sandbox, "AWS_ENDPOINT_URL": self._ports.url("aws")}
        return Workers(environ, self._logs / "functions.log", [*LIBRARIES, *handlers])

    def _gateway(self, dsn: str, auth_dsn: str, keys: Keys) -> GatewaySettings:
        return GatewaySettings(
            dsn=dsn, auth_dsn=auth_dsn, public_url=self._ports.url("gateway"), objects_dir=self._state / "objects",
            publishable_key=keys.publishable_key, secret_key=keys.secret_key,
            url_signing_secret=keys.url_signing_secret, auth_private_key=keys.auth_private_key,
            **self._settings.faults.gateway(),
        )  # fmt: skip

    def _page(self, keys: Keys) -> ASGIApp:
        api, supabase = self._ports.url("api"), self._ports.url("gateway")
        return create_page(page_folder(), api=api, supabase=supabase, publishable_key=keys.publishable_key)

    def _twin(self, keys: Keys) -> TwinSettings:
        return TwinSettings(
            api_token=keys.replicate_token, webhook_secret=keys.webhook_secret, state_dir=self._state / "replicate",
            public_url=self._ports.url("twin"), secure_url=self._secure_twin, seconds_per_1000_steps=20.0,
            faults=self._settings.faults.twin(),
        )  # fmt: skip

    @property
    def _secure_twin(self) -> str:
        return f"https://{HOST}:{self._ports.twin_tls}"

    def _published(self, dsn: str, keys: Keys) -> Addresses:
        api, supabase, replicate = (self._ports.url(part) for part in ("api", "gateway", "twin"))
        users = dict(zip(USERS, (keys.user_password, keys.other_password), strict=True))
        provider, server = (replicate, self._secure_twin), (postgres_url(dsn), keys.replicate_token)
        page = self._ports.url("page")
        addresses = Addresses(os.getpid(), api, supabase, keys.publishable_key, *provider, *server, page, users)
        addresses.sign_up()
        write_private(self._state / "running.json", json.dumps(asdict(addresses)))
        write_private(self._state.parent / ENV_FILE.name, env_file(addresses))
        return addresses


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is being stopped is stopped: a second Ctrl-C would leave a server behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unfinished(dsn: str) -> str:
    """What an earlier stop interrupted and this start goes on with, in a sentence; empty if nothing."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        counts = connection.execute(UNFINISHED).fetchone() or ()
    nouns = (("training", "trainings"), ("picture", "pictures"), ("photo check", "photo checks"))
    found = [f"{count} {nouns[place][count != 1]}" for place, count in enumerate(counts) if count]
    return f"From the last start: {' and '.join(found)} left unfinished, which now goes on." if found else ""


def refuse_mixtures(environ: os._Environ[str] = os.environ) -> None:
    """All local or all real: with real keys in the environment nothing starts, because they would not be used."""
    found = [name for name in OTHER_KEYS if environ.get(name)]
    if found:
        sys.exit(f"{', '.join(found)} is set, but this starts a sandbox that talks to no real service. Unset it first.")


def _create_destination(twin: TwinSettings) -> None:
    body = {"owner": twin.owner, "name": DESTINATION, "visibility": "private", "hardware": "gpu-t4"}
    headers = {"Authorization": f"Bearer {twin.api_token}"}
    answer = httpx.post(f"{twin.public_url}/v1/models", json=body, headers=headers)
    if answer.status_code != 409:  # there from an earlier start
        answer.raise_for_status()


def _tell_database_of_hook(dsn: str, api: str, keys: Keys) -> None:
    held = {"croquis_storage_hook_url": f"{api}/hooks/storage", "croquis_storage_hook_secret": keys.storage_hook_secret}
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name, value in held.items():
            connection.execute("delete from vault.secrets where name = %s", (name,))
            connection.execute("select vault.create_secret(%s, %s)", (value, name))
