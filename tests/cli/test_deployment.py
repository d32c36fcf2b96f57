"""Which Croquis a terminal talks to: what it takes addresses from, and which it does not take."""

from pathlib import Path

import pytest

from croquis_cli.deployment import Deployment, address, discover, variables_of
from croquis_cli.errors import Misused

TEXT = """\
# as `make up` writes it
NEXT_PUBLIC_CROQUIS_API_URL='http://127.0.0.1:15420/'
export VITE_SUPABASE_URL="https://x.supabase.co"
SUPABASE_PUBLISHABLE_KEY=sb_publishable_1
CROQUIS_USER_1_PASSWORD='x'
not a line
"""
FOUND = Deployment("http://127.0.0.1:15420", "https://x.supabase.co", "sb_publishable_1")


def test_a_named_file_counts_before_the_environment_and_that_before_the_folder(tmp_path: Path) -> None:
    file, environ = tmp_path / "else.env", variables_of(TEXT.replace("15420", "2"))
    file.write_text(TEXT)
    (tmp_path / ".croquis").mkdir()
    (tmp_path / ".croquis/.env.local").write_text(TEXT.replace("15420", "3"))
    assert discover(file, environ, tmp_path) == FOUND
    assert discover(None, environ, tmp_path).api == "http://127.0.0.1:2"
    assert discover(None, {}, tmp_path).api == "http://127.0.0.1:3"
    assert FOUND.at("https://api.example.com/").api == "https://api.example.com"


def test_without_any_of_them_it_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(Misused) as caught:
        discover(None, {}, tmp_path)
    assert "--discovery" in caught.value.hint


@pytest.mark.parametrize("lacking", ["CROQUIS_API_URL", "SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"])
def test_a_file_that_lacks_something_is_refused_with_its_name(tmp_path: Path, lacking: str) -> None:
    file = tmp_path / "some.env"
    file.write_text("\n".join(line for line in TEXT.splitlines() if lacking not in line))
    with pytest.raises(Misused, match=f"some.env lacks {lacking}"):
        discover(file)


def test_a_secret_key_is_not_taken_for_the_publishable_one() -> None:
    with pytest.raises(Misused, match="secret key"):
        Deployment.named({**variables_of(TEXT), "SUPABASE_PUBLISHABLE_KEY": "sb_" + "secret_x"}, "It")


@pytest.mark.parametrize("url", ["http://api.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "api", "",
                                 "https://user:word@example.com", "https://", "http://[::1"])  # fmt: skip
def test_what_is_not_encrypted_or_no_address_is_not_called(url: str) -> None:
    with pytest.raises(Misused):
        address(url)


@pytest.mark.parametrize(
    "url", ["https://api.example.com/prod", "http://127.0.0.1:15420", "http://localhost:1", "http://[::1]:1"]
)
def test_https_and_this_machine_are(url: str) -> None:
    assert address(url + "/") == url
