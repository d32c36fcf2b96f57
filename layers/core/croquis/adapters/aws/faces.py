"""Faces are measured by a function of its own, on another processor: invoked, and waited for."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]
from pydantic import ValidationError

from croquis.domain.images.exam import FacesMeasured, FacesToMeasure
from croquis.domain.strict_json import NotStrictJson, decoded
from croquis.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable


class LambdaFaces:
    """Keeps the port Faces. `client` is boto3's `lambda` client, patient enough for a dozen photos."""

    def __init__(self, client: Any, *, function: "Callable[[], str]") -> None:
        self._client = client
        self._function = function

    def measure(self, asked: FacesToMeasure) -> FacesMeasured:
        payload = json.dumps(asked.model_dump(mode="json")).encode()
        try:
            answer = self._client.invoke(FunctionName=self._function(), Payload=payload)
            said = answer["Payload"].read()
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("The measurement of faces did not answer.") from error
        if answer.get("FunctionError"):
            raise Unavailable("The measurement of faces broke off.")
        try:
            return FacesMeasured.model_validate(decoded(said))
        except (NotStrictJson, ValidationError) as error:
            raise Unavailable("The measurement of faces answered something else.") from error
