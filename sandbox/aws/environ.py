"""The AWS part of an environment in which nobody's account, profile or endpoint can be reached."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

REGION = "us-east-1"
LOCAL_AWS = {
    "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
}  # fmt: skip


@contextmanager
def local_aws() -> Iterator[None]:
    """While it is open, boto3 in this process sees LOCAL_AWS and nothing of the user's own settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, {**others, **LOCAL_AWS}, clear=True):
        yield
