"""What holds secrets is only its owner's, also where something else stood in its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.laptop.keys import Keys
from sandbox.laptop.private_file import write_private
from sandbox.laptop.tls_front import TlsFront


def readable(path: Path) -> None:
    path.write_text("open to all")
    path.chmod(0o666)


def linked(path: Path) -> None:
    path.with_name("elsewhere").write_text("another's")
    path.symlink_to("elsewhere")


@pytest.mark.parametrize("stood_there", [readable, linked], ids=lambda it: it.__name__)
def test_what_stood_there_is_replaced_and_not_written_through(
    tmp_path: Path, stood_there: Callable[[Path], None]
) -> None:
    path = tmp_path / "secret"
    stood_there(path)
    stood_there(path.with_name("secret.new"))  # of a start that was killed
    write_private(path, "ours")
    assert (path.read_text(), path.is_symlink(), path.stat().st_mode & 0o777) == ("ours", False, 0o600)
    assert [it.read_text() for it in tmp_path.glob("elsewhere")] in ([], ["another's"])


def test_keys_and_the_key_of_tls_are_only_their_owners(tmp_path: Path) -> None:
    keys = Keys.of(tmp_path)
    readable(tmp_path / "tls_key.pem")
    with TlsFront(tmp_path, to_port=0):
        assert {it.name: it.stat().st_mode & 0o777 for it in tmp_path.iterdir() if "key" in it.name} == {
            "keys.json": 0o600,
            "tls_key.pem": 0o600,
        }
    assert Keys.of(tmp_path) == keys
