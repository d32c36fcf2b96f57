"""What the API takes and shows of trained models, and what a list of them shows."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool

from croquis.domain.short_text import ModelName
from croquis.http.requests import Changes, Request, not_null, without_null
from croquis.http.views import View

NewName = Annotated[ModelName | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
Flag = Annotated[StrictBool | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]


class ChangeModel(Request, Changes):
    """What is left out stays as it is. An archived model takes no orders, and no list shows it unless asked."""

    name: NewName = None
    archived: Flag = None


class RestoreRun(Request):
    """A run that is over and whose weights are kept."""

    run: Annotated[int, Field(ge=1, le=2_147_483_647)]


class WeightsView(View):
    """The LoRA of the active run: one safetensors file."""

    url: str
    run: int
    sha256: str
    bytes: int
