"""The whole of Croquis on one laptop: starts every part in order, connects them, stops them in reverse."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import fetch_models
import httpx
import psycopg
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sandbox import ROOT
from sandbox.aws.engine import Engine
from sandbox.aws.stack import Stack
from sandbox.aws.workers import Workers
from sandbox.laptop.addresses import Ports
from sandbox.laptop.keys import Keys
from sandbox.laptop.postgres import postgres
from sandbox.laptop.serving import HOST, ServerThread
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
USER = "maya@example.com"
OTHER_KEYS = ("REPLICATE_API_TOKEN", "SUPABASE_URL", "SUPABASE_SECRET_KEY")
LIBRARIES = ("boto3", "postgrest", "storage3", "replicate", "ai_edge_litert.interpreter")
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
    email: str
    password: str

    def sign_in(self) -> str:
        """An access token of the test user, good for an hour."""
        return str(self._auth("token?grant_type=password").raise_for_status().json()["access_token"])

    def sign_up(self) -> None:
        """Let there be the test user; the one of an earlier start is as good (422)."""
        if (answer := self._auth("signup")).status_code != 422:
            answer.raise_for_status()

    def _auth(self, path: str) -> httpx.Response:
        body = {"email": self.email, "password": self.password}
        return httpx.post(f"{self.supabase}/auth/v1/{path}", headers={"apikey": self.publishable_key}, json=body)

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
    """`with Laptop(ports, say) as addresses:` - everything runs inside the block. `say` tells of each step."""

    def __init__(self, ports: Ports, say: Say, state: Path = STATE, logs: Path = LOGS) -> None:
        self._ports = ports
        self._say = say
        self._state = state
        self._logs = logs
        self._open = ExitStack()

    def __enter__(self) -> Addresses:
        for folder in (self._state, self._logs):
            folder.mkdir(parents=True, exist_ok=True)
        self._state.chmod(0o711)  # the database of root runs as nobody
        try:
            return self._start(Keys.of(self._state))
        except BaseException:
            self._open.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._open.close()
        (self._state / "running.json").unlink(missing_ok=True)

    def _start(self, keys: Keys) -> Addresses:
        ports, opened, twin = self._ports, self._open.enter_context, self._twin(keys)
        fetch_models.fetch()
        stack = self._stack(keys, twin)
        workers = opened(self._workers(stack))
        self._say("Postgres: starting and migrating")
        server = opened(postgres(self._state / "postgres", ports.postgres))
        bootstrap(server.dsn())
        migrate(server.dsn())
        self._say(f"Supabase stand-in: {ports.url('gateway')}")
        gateway = self._gateway(server.dsn(user="authenticator"), server.dsn(user="supabase_auth_admin"), keys)
        opened(ServerThread(create_gateway(gateway), port=ports.gateway))
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
        # whoever rebinds a name to this machine does not reach it
        opened(ServerThread(TrustedHostMiddleware(engine.api, [HOST, "localhost"]), port=ports.api))
        workers.wait_until_ready()
        for name in WARM:
            workers.warm(stack.functions[name])
        _tell_database_of_hook(server.dsn(), ports.url("api"), keys)
        opened(Kicks(server.dsn()))
        engine.start_clock()  # whose first sweep takes up what an earlier stop left unfinished
        return self._published(server.dsn(), keys)

    def _stack(self, keys: Keys, twin: TwinSettings) -> Stack:
        parameters = {
            "SupabaseUrl": self._ports.url("gateway"),
            "SupabasePublishableKey": keys.publishable_key,
            "ReplicateDestination": f"{twin.owner}/{DESTINATION}",
            "ReplicateTrainer": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
            "PublicUrl": self._ports.url("api"),
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
        )  # fmt: skip

    def _twin(self, keys: Keys) -> TwinSettings:
        return TwinSettings(
            api_token=keys.replicate_token, webhook_secret=keys.webhook_secret, state_dir=self._state / "replicate",
            public_url=self._ports.url("twin"), secure_url=self._secure_twin,
            seconds_per_1000_steps=20.0,
        )  # fmt: skip

    @property
    def _secure_twin(self) -> str:
        return f"https://{HOST}:{self._ports.twin_tls}"

    def _published(self, dsn: str, keys: Keys) -> Addresses:
        api, supabase, replicate = (self._ports.url(part) for part in ("api", "gateway", "twin"))
        provider, user = (replicate, self._secure_twin), (USER, keys.user_password)
        addresses = Addresses(os.getpid(), api, supabase, keys.publishable_key, *provider, dsn, *user)
        addresses.sign_up()
        path = self._state / "running.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(addresses)))
        return addresses


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
