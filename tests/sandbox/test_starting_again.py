"""What a stop interrupted goes on at the next start, and what a front end was given stays true."""

import json
import shutil
from pathlib import Path

import httpx
from laptops import free_ports, laptop
from studio import User
from waiting import until

from sandbox.laptop.launcher import Addresses
from sandbox.laptop.postgres_programs import remove_data


def test_a_training_that_a_stop_interrupts_goes_on_at_the_next_start(tmp_path: Path, weights: None) -> None:
    said: list[str] = []
    ports = free_ports()  # at which the provider, too, finds us again

    def user(addresses: Addresses) -> User:
        signed_in = {"Authorization": f"Bearer {addresses.sign_in()}"}
        return User(None, "", httpx.Client(base_url=addresses.api, headers=signed_in, timeout=60))

    with laptop(tmp_path, ports=ports) as first, user(first).http as http:
        owner = User(None, "", http)
        job = owner.ready()
        assert owner.submit(job, steps=400).status_code == 202
        until(lambda: owner.read(job)["runs"][0]["step"])
    with laptop(tmp_path, said.append, ports) as second, user(second).http as http:
        assert [line for line in said if "1 training left unfinished, which now goes on" in line]
        assert User(None, "", http).until(job, "in_review", "failed")["status"] == "in_review"
    bill = map(json.loads, (tmp_path / "state/replicate/ledger.jsonl").read_text().splitlines())
    assert len({entry["id"] for entry in bill if entry["kind"] == "training"}) == 1
    assert first.users == second.users
    assert first.publishable_key == second.publishable_key


def test_what_a_front_end_needs_stays_the_same_after_its_data_was_forgotten(tmp_path: Path, weights: None) -> None:
    texts: list[dict[str, str]] = []
    for _ in range(2):
        with laptop(tmp_path) as addresses:
            file = tmp_path / ".env.local"
            assert file.stat().st_mode & 0o777 == 0o600
            for pictures in ("objects", "replicate"):
                assert (tmp_path / "state" / pictures).stat().st_mode & 0o777 == 0o700
            texts.append(dict(line.split("=", 1) for line in file.read_text().splitlines() if line[0] != "#"))
            assert texts[-1]["NEXT_PUBLIC_CROQUIS_API_URL"] == texts[-1]["VITE_CROQUIS_API_URL"] == f"'{addresses.api}'"
        remove_data(tmp_path / "state" / "postgres")
        shutil.rmtree(tmp_path / "state")
    kept = [{name: value for name, value in text.items() if "URL" not in name} for text in texts]
    assert kept[0] == kept[1]
    assert {"CROQUIS_USER_2_PASSWORD", "CROQUIS_REPLICATE_TOKEN", "VITE_SUPABASE_PUBLISHABLE_KEY"} < set(kept[0])
