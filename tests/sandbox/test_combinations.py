"""All local, or AWS here with a real project and Replicate behind a tunnel; what else is asked for is refused."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from laptops import free_ports

from infra.deploy.asking import Asking
from infra.deploy.errors import Stopped
from sandbox.laptop.launcher import refuse_mixtures
from sandbox.laptop.serving import ServerThread, listen, url_of
from sandbox.laptop.tunnel import Tunnel, tunnelled
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.settings import TwinSettings


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"PUBLIC_URL": "http://croquis.example.com"}, "https address of a tunnel"),
        ({"PUBLIC_URL": "https://croquis.example.com/api"}, "without a path"),
        ({"PUBLIC_URL": "https://croquis.example.com", "FAULT": "busy"}, "FAULT is for stand-ins"),
        ({"SECRETS": "secrets"}, "set PUBLIC_URL too"),
    ],
)
def test_another_combination_is_refused_in_a_sentence(environ: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Tunnel.of(environ)


@pytest.mark.parametrize("name", ["REPLICATE_API_TOKEN", "SUPABASE_URL", "SUPABASE_SECRET_KEY"])
def test_a_real_key_in_the_environment_is_refused(name: str) -> None:
    with pytest.raises(SystemExit, match=f"{name} is set"):
        refuse_mixtures({name: "x"})  # pyright: ignore[reportArgumentType]


def test_all_is_local_without_a_word() -> None:
    assert Tunnel.of({}) is None


def test_behind_a_tunnel_a_project_is_migrated_and_calls_its_address(plain_gateway: Any, tmp_path: Path) -> None:
    """The twin stands for Replicate in what is asked of it before anything is ordered."""
    listener, ports = listen(), free_ports()
    twin = TwinSettings.generate(tmp_path / "twin", public_url=url_of(listener))
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, value in (
        ("supabase-secret-key", plain_gateway.settings.secret_key), ("replicate-token", twin.api_token),
        ("database-url", plain_gateway.database.dsn()),
    ):  # fmt: skip
        (secrets / name).write_text(value)
    told = tmp_path / "laptop.toml"
    told.write_text(
        f'supabase_url = "{plain_gateway.url}"\nreplicate_destination = "{twin.owner}/people"\n'
        f'supabase_publishable_key = "{plain_gateway.settings.publishable_key}"\n'
    )
    said: list[str] = []
    asking = Asking(secrets, interactive=False, say=said.append)
    tunnel = Tunnel("https://croquis.example.com", asking, told, url_of(listener))
    with (
        ServerThread(create_twin(twin), listener=listener),
        tunnelled(tunnel, ports, tmp_path, tmp_path / "log") as addresses,
    ):
        outside = {"x-croquis-hook-secret": "nobody's", "Host": "croquis.example.com"}
        through = httpx.post(f"{addresses['API']}/hooks/storage", json={}, headers=outside, timeout=60)
        assert through.status_code == 401
        assert httpx.get(addresses["API"], headers={"Host": "evil.example"}).status_code == 400
    assert said[0].startswith("applied ")


def test_a_stage_of_aws_is_not_what_a_laptop_works_on() -> None:
    from infra.deploy.answers import stage_of

    with pytest.raises(Stopped, match="one stage only"):
        stage_of("laptop")
