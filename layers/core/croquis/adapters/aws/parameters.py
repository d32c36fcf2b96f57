"""Secrets (Secrets Manager) and parameters (SSM), kept for five minutes: a rotation needs no deployment (AS-10)."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from aws_lambda_powertools.utilities.parameters import SecretsProvider, SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, TransformParameterError

from croquis.errors import Unavailable

KEEP_SECONDS = 300


class AwsParameters:
    """`client` makes boto3's client of a service. What cannot be read raises Unavailable: not the caller's fault."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client

    @cached_property
    def _secrets(self) -> Any:
        return SecretsProvider(boto3_client=self._client("secretsmanager"))

    @cached_property
    def _parameters(self) -> Any:
        return SSMProvider(boto3_client=self._client("ssm"))

    def secret(self, arn: str, *, fresh: bool = False) -> dict[str, Any]:
        """The JSON object of a secret; `fresh` asks again."""
        return _read(lambda: self._secrets.get(arn, max_age=KEEP_SECONDS, transform="json", force_fetch=fresh))

    def parameter(self, name: str) -> str:
        return _read(lambda: self._parameters.get(name, max_age=KEEP_SECONDS))


def _read(get: Callable[[], Any]) -> Any:
    try:
        return get()
    except (GetParameterError, TransformParameterError) as error:
        # not `from error`: the cause of a failed transformation quotes the secret
        raise Unavailable(f"A setting cannot be read ({type(error).__name__}).") from None
