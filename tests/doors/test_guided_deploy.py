"""The order of a guided deployment, and what a second run changes; AWS's own answers are in tests/rehearsal."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from studio import Studio

from croquis_cli.doctor.patient import Account
from infra.deploy.asking import Asking
from infra.deploy.errors import Stopped
from infra.deploy.guide import Guide
from infra.deploy.stack import Sam

HELD = ("SupabaseSecret", "ReplicateSecret", "WebhookSecret", "StorageHookSecret", "MarksSecret")
CONFIRMED = {"Endpoint": "ops@example.com", "SubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:alarms:1"}


@dataclass
class Cabinet:
    """An AWS account in a dict: there is a stack when SAM has deployed one."""

    api: str
    concurrency: int = 1000
    values: dict[str, str] = field(default_factory=dict)
    stack: str = "croquis-dev"
    account_id: str = "123456789012"
    deployed: list[Mapping[str, str]] = field(default_factory=list)

    def outputs(self) -> dict[str, str]:
        return {"ApiUrl": self.api, **{name: name for name in HELD}} if self.deployed else {}

    def secrets(self, outputs: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        return {name: json.loads(self.values.get(name, "{}")) for name in HELD if name in outputs}

    def keep_secret(self, arn: str, value: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
        self.values[arn] = json.dumps(value)
        return value != before

    def account(self, outputs: Mapping[str, str], reserved: int) -> Account:
        return Account(self.concurrency, reserved, 0, bool(outputs), [CONFIRMED], self.secrets(outputs))


@dataclass(frozen=True)
class Deploys(Sam):
    """In place of SAM: the stack is there afterwards."""

    cabinet: Cabinet

    def deploy(self, stage: str, region: str, stack: str, parameters: Mapping[str, str]) -> None:
        self.cabinet.deployed.append({**parameters, "stage": stage, "region": region, "stack": stack})


@pytest.fixture
def cabinet(studio: Studio) -> Cabinet:
    return Cabinet(studio.api_url)


@pytest.fixture
def run(studio: Studio, cabinet: Cabinet, tmp_path: Path) -> Any:
    """Deploys unattended, and returns what was said; files may be taken away from the folder of secrets."""
    twin, project = studio.twin.settings, studio.gateway
    for name, value in {
        "supabase-secret-key": project.settings.secret_key, "replicate-token": twin.api_token,
        "database-url": studio.database.dsn(),
    }.items():  # fmt: skip
        (tmp_path / name).write_text(value)
    (tmp_path / "dev.toml").write_text(
        f'region = "eu-central-1"\nsupabase_url = "{project.url}"\n'
        f'replicate_destination = "{twin.owner}/models-of-dev"\n'
        f'supabase_publishable_key = "{project.settings.publishable_key}"\nallowed_origins = "http://localhost:5173"\n'
    )

    def deploy(stage: str = "dev") -> list[str]:
        said: list[str] = []
        asking = Asking(tmp_path, interactive=False, say=said.append)
        sam = Deploys([], Path(), cabinet)
        Guide(stage, tmp_path / "dev.toml", asking, sam, twin.public_url, lambda *_: cabinet).deploy()
        return said

    return deploy


@contextmanager
def undone(studio: Studio, plant: str, undo: str) -> Iterator[None]:
    """What is planted in the database is taken out again."""
    studio.rows(plant)
    try:
        yield
    finally:
        studio.rows(undo)


def done(said: list[str]) -> dict[str, str]:
    steps = ("database", "destination", "secrets", "storage hook")
    return dict(line.split(": ", 1) for line in said if line.split(":")[0] in steps)


def test_a_second_run_needs_no_secret_and_changes_nothing(run: Any, cabinet: Cabinet, tmp_path: Path) -> None:
    first = done(run())
    assert first["destination"].endswith("/models-of-dev, private")
    assert first["secrets"] == "; ".join(f"filled {name}" for name in HELD)
    assert first["storage hook"] == "told the database where to call"
    assert cabinet.deployed[0]["region"] == "eu-central-1"
    for name in ("supabase-secret-key", "replicate-token", "database-url"):
        (tmp_path / name).unlink()
    assert set(done(run()).values()) == {"as it should be, nothing changed"}
    assert "sb_secret_" not in (tmp_path / "dev.env.local").read_text()


def test_the_code_before_is_deployed_over_newer_migrations_without_the_databases_password(
    run: Any, studio: Studio, tmp_path: Path
) -> None:
    run()
    (tmp_path / "database-url").unlink()
    newer = "insert into supabase_migrations.schema_migrations (version) values ('29990101000000')"
    with undone(studio, newer, "delete from supabase_migrations.schema_migrations where version = '29990101000000'"):
        said = run()
    assert set(done(said).values()) == {"as it should be, nothing changed"}
    assert [line for line in said if "newer" in line and "29990101000000" in line]
    assert said[-1] == "It is deployed."


def test_a_new_hook_secret_put_first_is_told_to_the_database(run: Any, cabinet: Cabinet) -> None:
    run()
    held = json.loads(cabinet.values["StorageHookSecret"])["secrets"]
    cabinet.values["StorageHookSecret"] = json.dumps({"secrets": ["a-new-one", *held]})
    assert done(run())["storage hook"] == "told the database where to call"
    assert json.loads(cabinet.values["StorageHookSecret"])["secrets"] == ["a-new-one", *held]


def test_what_no_step_puts_right_stops_before_anything_is_changed(run: Any, cabinet: Cabinet) -> None:
    cabinet.concurrency = 10
    with pytest.raises(Stopped, match="Put right first: concurrency"):
        run("prod")  # whose doors reserve executions
    assert (cabinet.deployed, cabinet.values) == ([], {})
