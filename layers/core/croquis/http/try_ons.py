"""What the API takes of try-ons: pictures of a person in other clothes."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from croquis.domain.ids import ImageId, LookId, ModelId
from croquis.http.garments import WornTogether
from croquis.http.requests import Request, not_null, without_null
from croquis.ports.try_ons import TryOnWish

UUID = r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
OneImage = Annotated[ImageId, Field(pattern=UUID)]
OneLook = Annotated[
    LookId | None, Field(pattern=UUID), BeforeValidator(not_null), Field(json_schema_extra=without_null)
]
SomeGarments = Annotated[WornTogether | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
Newest = Annotated[Literal[True] | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
EngineName = Annotated[
    str | None, Field(min_length=1, max_length=100, examples=["prunaai/p-image-try-on", "google/nano-banana-pro"])
]
Seed = Annotated[int | None, Field(ge=0, le=2_147_483_647)]
WISHES = {"engine", "seed", "retry_once"}


class _TryOn(Request):
    """`engine`: left out, the default one is taken. `seed` makes it repeatable, where the engine has seeds.

    `retry_once`: where the checks find something wrong, it is made once more, in the same order; as much again is
    reserved for it.
    """

    look_id: OneLook = None
    engine: EngineName = None
    seed: Seed = None
    retry_once: StrictBool = False
    dry_run: StrictBool = False


class OrderTryOn(_TryOn):
    """Of one picture: either `garment_ids`, one to six that are worn together, or a `look_id`."""

    image_id: OneImage
    garment_ids: SomeGarments = None

    @model_validator(mode="after")
    def _says_once_what_is_worn(self) -> Self:
        if (self.garment_ids is None) is (self.look_id is None):
            raise PydanticCustomError("garments_or_look", "garments or look")
        return self

    @property
    def wish(self) -> TryOnWish:
        """What is to be put on whom."""
        chosen = self.model_dump(include=WISHES)
        return TryOnWish(image=self.image_id, garments=self.garment_ids, look=self.look_id, **chosen)


class QuickTryOn(_TryOn):
    """Of the model's best picture: either a `look_id`, or with `newest` your newest garments that go together."""

    newest: Newest = None

    @model_validator(mode="after")
    def _says_once_what_is_worn(self) -> Self:
        if (self.newest is None) is (self.look_id is None):
            raise PydanticCustomError("newest_or_look", "newest or look")
        return self

    def wish_of(self, model: ModelId) -> TryOnWish:
        """What is to be put on the person of this model."""
        return TryOnWish(model=model, look=self.look_id, **self.model_dump(include=WISHES))
