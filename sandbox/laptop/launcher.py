"""The whole of Croquis on one laptop: starts every part in order, connects them, stops them in reverse."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import httpx
import psycopg

from sandbox import ROOT
from sandbox.aws.deploy import deploy, put_secret
from sandbox.aws.engine import AwsEngine
from sandbox.laptop.addresses import Ports
from sandbox.laptop.keys import Keys
from sandbox.laptop.postgres import PostgresServer, postgres
from sandbox.laptop.serving import ServerThread
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

Say = Callable[[str], None]


@dataclass(frozen=True)
class Addresses:
    """What somebody who uses the running laptop needs to know."""

    pid: int
    api: str
    supabase: str
    publishable_key: str
    replicate: str
    postgres: str
    email: str
    password: str

    def sign_in(self) -> str:
        """An access token of the test user, good for an hour."""
        answer = httpx.post(
            f"{self.supabase}/auth/v1/token?grant_type=password",
            headers={"apikey": self.publishable_key},
            json={"email": self.email, "password": self.password},
        )
        return str(answer.raise_for_status().json()["access_token"])

    @classmethod
    def of_running(cls, state: Path = STATE) -> Self | None:
        """Those of the laptop that runs on this state, if one does."""
        path = state / "running.json"
        try:
            found = cls(**json.loads(path.read_text()))
            os.kill(found.pid, 0)
        except (OSError, ValueError, TypeError):
            return None
        return found


class Laptop:
    """`with Laptop(ports, say) as addresses:` - everything runs inside the block. `say` tells of each step."""

    def __init__(
        self, ports: Ports, say: Say, state: Path = STATE, *, speed: float = 20.0, sweep: str = "rate(1 minute)"
    ) -> None:
        self._ports = ports
        self._say = say
        self._state = state
        self._speed = speed  # seconds that the twin takes for 1,000 steps
        self._sweep = sweep
        self._open = ExitStack()

    def __enter__(self) -> Addresses:
        self._state.mkdir(parents=True, exist_ok=True)
        self._state.chmod(0o711)  # the database of root runs as nobody
        try:
            return self._start(Keys.of(self._state))
        except BaseException:
            self._open.close()
            raise

    def __exit__(self, *_: object) -> None:
        (self._state / "running.json").unlink(missing_ok=True)
        self._open.close()

    def _start(self, keys: Keys) -> Addresses:
        ports = self._ports
        self._say("Postgres: starting and migrating")
        server = self._open.enter_context(postgres(self._state / "postgres", ports.postgres))
        bootstrap(server.dsn())
        migrate(server.dsn())
        self._say(f"Supabase stand-in: {ports.url('gateway')}")
        self._open.enter_context(ServerThread(create_gateway(self._gateway(server, keys)), port=ports.gateway))
        self._say(f"Replicate stand-in (SANDBOX: nothing is paid, nothing is learnt): {ports.url('twin')}")
        twin = self._twin(keys)
        self._open.enter_context(ServerThread(create_twin(twin), port=ports.twin))
        _create_destination(twin)
        self._say(f"AWS engine: {ports.url('aws')}, deploying template.yaml (the first time this builds the layers)")
        sandbox = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": ports.url("twin")}
        engine = self._open.enter_context(
            AwsEngine.start(self._state / "aws", ports.aws, ports.stepfunctions, sandbox, log_dir=LOGS)
        )
        self._deploy(engine, twin, keys)
        _tell_database_of_hook(server.dsn(), engine.api_url, keys)
        self._open.enter_context(Kicks(server.dsn()))
        return self._published(engine, server, keys)

    def _gateway(self, server: PostgresServer, keys: Keys) -> GatewaySettings:
        return GatewaySettings(
            dsn=server.dsn(user="authenticator"),
            auth_dsn=server.dsn(user="supabase_auth_admin"),
            public_url=self._ports.url("gateway"),
            objects_dir=self._state / "objects",
            publishable_key=keys.publishable_key,
            secret_key=keys.secret_key,
            url_signing_secret=keys.url_signing_secret,
            auth_private_key=keys.auth_private_key,
        )

    def _twin(self, keys: Keys) -> TwinSettings:
        return TwinSettings(
            api_token=keys.replicate_token,
            webhook_secret=keys.webhook_secret,
            state_dir=self._state / "replicate",
            public_url=self._ports.url("twin"),
            seconds_per_1000_steps=self._speed,
        )

    def _deploy(self, engine: AwsEngine, twin: TwinSettings, keys: Keys) -> None:
        parameters = {
            "SupabaseUrl": self._ports.url("gateway"),
            "SupabasePublishableKey": keys.publishable_key,
            "ReplicateDestination": f"{twin.owner}/{DESTINATION}",
            "ReplicateTrainer": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
            "PublicUrl": engine.api_url,
            "SweepRate": self._sweep,
        }
        outputs = deploy(engine, ROOT, parameters)
        put_secret(engine, outputs["SupabaseSecret"], json.dumps({"key": keys.secret_key}))
        put_secret(engine, outputs["ReplicateSecret"], json.dumps({"token": keys.replicate_token}))
        put_secret(engine, outputs["WebhookSecret"], json.dumps({"secrets": [keys.webhook_secret]}))
        put_secret(engine, outputs["StorageHookSecret"], json.dumps({"secrets": [keys.storage_hook_secret]}))

    def _published(self, engine: AwsEngine, server: PostgresServer, keys: Keys) -> Addresses:
        ports = self._ports
        _create_user(ports.url("gateway"), keys)
        addresses = Addresses(
            os.getpid(),
            engine.api_url,
            ports.url("gateway"),
            keys.publishable_key,
            ports.url("twin"),
            server.dsn(),
            USER,
            keys.user_password,
        )
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
    answer = httpx.post(
        f"{twin.public_url}/v1/models", json=body, headers={"Authorization": f"Bearer {twin.api_token}"}
    )
    if answer.status_code != 409:  # there from an earlier start
        answer.raise_for_status()


def _create_user(supabase: str, keys: Keys) -> None:
    body = {"email": USER, "password": keys.user_password}
    answer = httpx.post(f"{supabase}/auth/v1/signup", json=body, headers={"apikey": keys.publishable_key})
    there_already = answer.status_code == 422 and answer.json()["code"] in ("user_already_exists", "email_exists")
    if not there_already:  # it stays from an earlier start
        answer.raise_for_status()


def _tell_database_of_hook(dsn: str, api: str, keys: Keys) -> None:
    held = {"croquis_storage_hook_url": f"{api}/hooks/storage", "croquis_storage_hook_secret": keys.storage_hook_secret}
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name, value in held.items():
            connection.execute("delete from vault.secrets where name = %s", (name,))
            connection.execute("select vault.create_secret(%s, %s)", (value, name))
