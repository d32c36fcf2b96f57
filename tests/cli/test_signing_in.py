"""Who is signed in: how it begins, where it is kept, how it ends; nothing is trained here."""

import json
import stat
from pathlib import Path

import pytest
from laptops import free_ports
from terminal import Terminal

from croquis_cli.doctor.examination import examine
from infra.deploy.sandbox_patient import sandbox
from sandbox.laptop.keys import Keys
from sandbox.laptop.launcher import Addresses

NO_ID = "00000000-0000-4000-8000-000000000000"


def test_a_wrong_password_is_told_as_such_and_leaves_no_session(
    addresses: Addresses, folder: Path, tmp_path: Path
) -> None:
    terminal, words = Terminal(tmp_path), ("--discovery", folder / ".env.local", "--password-stdin", "--json")
    said = terminal.run("login", "--email", "maya@example.com", *words, typed="not her password\n")
    assert (said.code, said.document["error"]["sentence"]) == (3, "E-mail and password do not fit.")
    assert not terminal.session_file.exists()
    assert "not her password" not in said.out + said.err


def test_whoever_is_not_signed_in_is_told_how(tmp_path: Path) -> None:
    said = Terminal(tmp_path).run("models")
    assert (said.code, said.out) == (3, "")
    assert "croquis login" in said.err


def test_the_session_is_readable_for_its_owner_alone(maya: Terminal) -> None:
    assert stat.S_IMODE(maya.session_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(maya.session_file.parent.stat().st_mode) == 0o700


def test_an_access_token_that_is_over_is_renewed(maya: Terminal) -> None:
    before = maya.session
    maya.session_file.write_text(json.dumps({**before, "expires_at": 0}))
    assert maya.json("status") == {"trainings": []}
    assert maya.session["refresh_token"] != before["refresh_token"]


def test_a_token_that_croquis_refuses_is_renewed_once(maya: Terminal) -> None:
    before = maya.session
    maya.session_file.write_text(json.dumps({**before, "access_token": "no.good.token"}))
    assert maya.json("status") == {"trainings": []}
    assert maya.session["access_token"] != "no.good.token"


def test_a_session_that_has_ended_asks_for_a_new_one(maya: Terminal, tmp_path: Path) -> None:
    ended = Terminal(tmp_path)
    ended.session_file.parent.mkdir()
    ended.session_file.write_text(json.dumps({**maya.session, "expires_at": 0, "refresh_token": "used"}))
    said = ended.run("status", "--json")
    assert (said.code, said.document["error"]["sentence"]) == (3, "Your session has ended.")


def test_a_damaged_session_is_none(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.session_file.parent.mkdir()
    for text in ("", "{", "[]", '{"deployment": 5}', '{"deployment": {"api": "x"}}'):
        terminal.session_file.write_text(text)
        assert terminal.run("status").code == 3


def test_a_network_that_is_not_there_is_told_plainly(maya: Terminal, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_ports().api}"
    alone = Terminal(tmp_path)
    alone.session_file.parent.mkdir()
    known = {**maya.session["deployment"], "api": nowhere}
    alone.session_file.write_text(json.dumps({**maya.session, "deployment": known}))
    said = alone.run("models", "--json")
    assert said.code == said.document["error"]["exit_code"] == 5
    assert nowhere.removeprefix("http://") in said.err


def test_signing_out_ends_the_session_at_supabase_too(noor: Terminal, tmp_path: Path) -> None:
    copied = Terminal(tmp_path)
    copied.session_file.parent.mkdir()
    copied.session_file.write_text(json.dumps({**noor.session, "expires_at": 0}))
    assert noor.json("logout") == {"signed_out": True, "ended_at_supabase": True}
    assert not noor.session_file.exists()
    assert copied.run("models").code == 3


MISUSED = [("login", "--password", "x"), ("train",), ("train", "no-such-folder", "--name", "x"), ("no-such-command",)]
MISUSED += [("review", NO_ID, "--approve", "--reject"), ("review", NO_ID, "--steps", "9")]
MISUSED += [("status", "../models"), ("download", "x/../../y"), ("generate", "?x")]


@pytest.mark.parametrize("words", MISUSED)
def test_a_wrong_command_line_is_misuse_and_still_one_document(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = Terminal(tmp_path).run(*words, "--json")
    assert (said.code, said.document["error"]["exit_code"]) == (2, 2)


def test_the_doctor_finds_nothing_wrong_with_a_sandbox_and_sees_more_with_its_keys(
    maya: Terminal, folder: Path, addresses: Addresses
) -> None:
    key = folder / "secret-key"
    key.write_text(f"{Keys.of(folder).secret_key}\n")
    stranger = {it["check"]: it["verdict"] for it in maya.json("doctor")["findings"]}
    operator = {it["check"]: it["verdict"] for it in maya.json("doctor", "--key-file", key)["findings"]}
    assert stranger["buckets"] == "cannot tell"
    assert operator["buckets"] == "ok"
    told = list(examine(sandbox(folder / "state")))
    assert {it.check for it in told if it.verdict != "ok"} == {"concurrency", "secrets", "alarms"}, told
    key.write_text("sb_secret_" + "another")
    wrong = maya.run("doctor", "--key-file", key)
    assert wrong.code == 1
    assert "wrong  secret key: The project does not accept it" in wrong.err
