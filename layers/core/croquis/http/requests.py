"""What the API takes: bodies that refuse unknown fields. Their errors' words are in sentences.py."""

from datetime import date
from typing import Annotated, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from croquis.domain.consent import Medium, Use
from croquis.domain.ids import ConsentId, UploadId
from croquis.domain.images.repairs import STRENGTH
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.photos.accepted_photo import Said
from croquis.domain.photos.photo import MAX_PHOTO_BYTES, PhotoType, announced_type
from croquis.domain.runs.training import Dropout, LearningRate, LoraRank, Preset, Resolution, Steps
from croquis.domain.short_text import ModelName
from croquis.domain.subject import Gender


class Request(BaseModel):
    """A body that a caller sends."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _declared(value: object) -> object:
    if value is not True:  # Literal[True] alone would take 1 for it
        raise PydanticCustomError("not_declared", "not declared")  # its words are in sentences.py
    return value


def not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null", "null")
    return value


def _day(value: str) -> str:
    try:
        if len(value) == len("2030-12-31") and date.fromisoformat(value):
            return value
    except ValueError:
        pass
    raise PydanticCustomError("no_day", "no day")


def _country(value: str) -> str:
    if len(value) != len("DE") or not (value.isascii() and value.isalpha() and value.isupper()):
        raise PydanticCustomError("no_country", "no country")
    return value


def _in_usual_spelling(value: object) -> object:
    return announced_type(value) if isinstance(value, str) else value


def without_null(schema: JsonDict) -> None:
    schema |= next(it for it in cast("list[JsonDict]", schema.pop("anyOf")) if it != {"type": "null"})


Declared = Annotated[Literal[True], BeforeValidator(_declared)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Upload = Annotated[UploadId, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
Slot = Annotated[int, Field(ge=1, le=12)]
# None is only what was left out
NewSlot = Annotated[Slot | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
UseAnyway = Annotated[StrictBool | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]
# a hint that no upload depends on: the type of the file itself decides
ClaimedType = Annotated[
    Literal[PhotoType, ""],
    BeforeValidator(_in_usual_spelling),
    WithJsonSchema({"type": "string", "examples": ["image/jpeg", "image/heic", ""]}),
]
NewDeclared = Annotated[Declared | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)]


class Changes(BaseModel):
    """A body of which at least one field must be there."""

    model_config = ConfigDict(defer_build=True, json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_to_change", "nothing to change")
        return self


ConsentInBody = Annotated[ConsentId, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
DEFAULT_USES = (Use.TRAIN, Use.GENERATE)
Uses = Annotated[tuple[Use, ...], Field(min_length=1, max_length=8)]
Territory = Annotated[
    str,
    AfterValidator(_country),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["DE"]}),
]
Territories = Annotated[tuple[Territory, ...], Field(min_length=1, max_length=250)]
Media = Annotated[tuple[Medium, ...], Field(min_length=1, max_length=8)]
Day = Annotated[
    str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2030-12-31"]})
]


class ConsentGiven(Request):
    """Each declaration must be true, and is the person's own act: never fill it in for them."""

    text_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,40}$", examples=["2026-11"])]
    adult: Declared
    own_photos_or_authorised: Declared
    training: Declared
    storage: Declared
    processors: Declared
    uses: Uses = DEFAULT_USES
    territories: Territories | None = None
    media: Media | None = None
    valid_until: Day | None = None
    ask_shown_person: StrictBool = False


class RenewConsent(ConsentGiven):
    """The newer form of a consent counts as a whole: what it leaves out is as in a new one, not as it was."""

    consent_id: ConsentInBody


class OpenTraining(Request):
    """A new job in draft, for the person of that name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, protected_namespaces=())

    model_name: ModelName
    gender: Gender
    consent: ConsentGiven


class AddPhoto(Request):
    """What is about to be uploaded: `bytes` must be true, or the photo is rejected when it lands."""

    slot: Slot
    content_type: ClaimedType
    bytes: Annotated[int, Field(ge=1, le=MAX_PHOTO_BYTES)]


class ChangePhoto(Said, Changes):
    """What is left out stays as it is; null takes back one's own words. At least one field must be there.

    `override` true uses a photo anyway, as far as its findings allow; false takes that back. Where one of them says
    `declaration`, the person declares with it that the picture `shows_only_the_person`. A photo that is in the new slot
    already changes places with this one.
    """

    slot: NewSlot = None
    override: UseAnyway = None
    shows_only_the_person: NewDeclared = None

    @model_validator(mode="after")
    def _declares_with_override(self) -> Self:
        if self.shows_only_the_person and not self.override:
            raise PydanticCustomError("declaration_alone", "declaration alone")
        return self


class RunParameters(Request):
    """Parameters of a run; what is left out comes from the preset."""

    preset: Preset | None = None
    steps: Steps | None = None
    lora_rank: LoraRank | None = None
    learning_rate: LearningRate | None = None
    resolution: Resolution | None = None
    caption_dropout_rate: Dropout | None = None

    @property
    def chosen(self) -> dict[str, object]:
        """What was not left out."""
        return self.model_dump(mode="json", include=set(RunParameters.model_fields), exclude_none=True)


class SubmitTraining(RunParameters):
    """Parameters of the first run; what is left out comes from the preset."""

    dry_run: StrictBool = False


class ReviewTraining(Request):
    """approve and reject end the job; retry opens its next run and takes that run's parameters."""

    decision: Literal["approve", "retry", "reject"]
    parameters: RunParameters = RunParameters()
    dry_run: StrictBool = False

    @model_validator(mode="after")
    def _tries_what_is_paid(self) -> Self:
        if self.dry_run and self.decision != "retry":
            raise PydanticCustomError("dry_run_alone", "dry run alone")
        return self


class AskProvenance(Request):
    """One of the two: the hash of the file in hexadecimal digits, or the upload of the picture itself."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    sha256: Annotated[Sha256 | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)] = None
    upload_id: Annotated[Upload | None, BeforeValidator(not_null), Field(json_schema_extra=without_null)] = None

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_of_two", "one of two")
        return self


class RepeatImage(Request):
    """A picture's own settings again. Of `changes`, what is left out stays as it was, and null takes it back."""

    changes: ImageWishes = ImageWishes()
    same_seed: StrictBool = False
    count: Annotated[int, Field(ge=1, le=8)] = 1
    dry_run: StrictBool = False


class RepairImage(Request):
    """How much of the face is made anew; `seed` makes it repeatable."""

    strength: Annotated[float, Field(ge=0.1, le=0.8)] = STRENGTH
    seed: Annotated[int | None, Field(ge=0, le=2_147_483_639)] = None
    dry_run: StrictBool = False


class GenerateImages(ImageWishes):
    """Images of the model's person; `seed` makes the first image repeatable, the others count on from it.

    Either a `prompt` of your own, which takes trigger word and noun first where they are missing, or choices in words.
    """

    count: Annotated[int, Field(ge=1, le=8)] = 1
    seed: Annotated[int | None, Field(ge=0, le=2_147_483_639)] = None
    dry_run: StrictBool = False
