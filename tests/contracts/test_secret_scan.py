"""No secret is in the repository (OP-04): own patterns over every file that git would keep."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = {
    "a Replicate token": re.compile(r"\br8_[A-Za-z0-9]{30,}"),
    "a Supabase secret key": re.compile(r"\bsb_secret_[A-Za-z0-9_-]{20,}"),
    "a webhook secret": re.compile(r"\bwhsec_[A-Za-z0-9+/]{32,}=*"),
    "a signed token": re.compile(r"\beyJhbGci[A-Za-z0-9_-]{10,}"),
    "an AWS key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
}
# published test vectors: signed with keys that are printed beside them, or thrown away
PUBLISHED = {"tests/vectors/jwt.json", "tests/vectors/storage.json"}
PUBLISHED_SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the Standard Webhooks suite


def kept_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def found_in(text: str) -> set[str]:
    return {what for what, pattern in PATTERNS.items() if pattern.search(text.replace(PUBLISHED_SECRET, ""))}


def test_no_file_holds_a_secret() -> None:
    """OP-04."""
    files = kept_files()
    assert len(files) > 100
    found = {str(path.relative_to(ROOT)): found_in(path.read_text(errors="ignore")) for path in files}
    assert {name: what for name, what in found.items() if what and name not in PUBLISHED} == {}


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a Replicate token", "r8_" + "a" * 37),
        ("a Supabase secret key", "sb_secret_" + "x" * 31),
        ("a webhook secret", "whsec_" + "A" * 43 + "="),
        ("a signed token", "eyJhbGci" + "OiJIUzI1NiJ9.e30.x"),
        ("an AWS key", "AKIA" + "A" * 16),
        ("a private key", "-----BEGIN EC PRIVATE" + " KEY-----"),
    ],
)
def test_the_scan_finds(what: str, text: str) -> None:
    assert found_in(f"key = '{text}'") == {what}
