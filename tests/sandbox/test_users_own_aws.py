"""A developer's own AWS settings and accounts stay out of the local AWS."""

import os
from pathlib import Path

import httpx
import pytest
from sample_stand import running_sample


def test_what_the_user_has_set_for_their_own_aws_is_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or secrets and queues of the sandbox would be made at somebody's endpoint, in somebody's account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    with running_sample(tmp_path) as stand:
        environ = httpx.get(f"{stand.api}/v1/seen").raise_for_status().json()["environ"]
        assert stand.received("DeadQueue") == []
    assert {"AWS_PROFILE"} & set(environ) == set()
    assert environ["AWS_ENDPOINT_URL"] == stand.aws
    assert os.environ["AWS_PROFILE"] == "no-such-profile"
