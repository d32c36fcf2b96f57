"""What the API takes and shows. Requests refuse unknown fields; views leave out what is not the owner's business."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from croquis.domain.cursor import cursor_of
from croquis.domain.images.image import Framing, ImageKind, ImageStatus
from croquis.domain.images.prompts import PromptChoices
from croquis.domain.photos.accepted_photo import Said
from croquis.domain.photos.features import Box
from croquis.domain.photos.overrides import Override
from croquis.domain.photos.photo import MAX_PHOTO_BYTES, PHOTO_TYPES, CameraView, Finding, PhotoStatus, PhotoType
from croquis.domain.photos.photo_set import FEWEST_PHOTOS, SetFinding
from croquis.domain.runs.job import Bearer, Gender
from croquis.domain.runs.model import ModelStatus
from croquis.domain.runs.training import (
    Dropout,
    JobStatus,
    LearningRate,
    LoraRank,
    Preset,
    Resolution,
    RunStatus,
    Steps,
)
from croquis.domain.short_text import ModelName


class Request(BaseModel):
    """A body that a caller sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """A part of an answer, read from a row; columns that it does not name are not shown."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


def _declared(value: object) -> object:
    if value is not True:  # Literal[True] alone would take 1 for it
        raise PydanticCustomError("not_declared", "not declared")  # its words are in sentences.py
    return value


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null", "null")
    return value


def _without_null(schema: JsonDict) -> None:
    schema |= next(it for it in cast("list[JsonDict]", schema.pop("anyOf")) if it != {"type": "null"})


Declared = Annotated[Literal[True], BeforeValidator(_declared)]
Slot = Annotated[int, Field(ge=1, le=12)]
# None is only what was left out
NewSlot = Annotated[Slot | None, BeforeValidator(_not_null), Field(json_schema_extra=_without_null)]
UseAnyway = Annotated[StrictBool | None, BeforeValidator(_not_null), Field(json_schema_extra=_without_null)]
NewDeclared = Annotated[Declared | None, BeforeValidator(_not_null), Field(json_schema_extra=_without_null)]


class Listed(Protocol):
    """What a page is made of."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def cursor_after(rows: Sequence[Listed], limit: int) -> str | None:
    """The cursor of the following page; None when this page is not full."""
    return cursor_of(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None


class ConsentGiven(Request):
    """Each declaration must be true, and is the person's own act: never fill it in for them."""

    text_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,40}$", examples=["2026-11"])]
    adult: Declared
    own_photos_or_authorised: Declared
    training: Declared
    storage: Declared
    processors: Declared


class OpenTraining(Request):
    """A new job in draft, for the person of that name."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_name: ModelName
    gender: Gender
    consent: ConsentGiven


class AddPhoto(Request):
    """What is about to be uploaded: it must be true, or the photo is rejected when it lands."""

    slot: Slot
    content_type: PhotoType
    bytes: Annotated[int, Field(ge=1, le=MAX_PHOTO_BYTES)]


class ChangePhoto(Said):
    """What is left out stays as it is; null takes back one's own words. At least one field must be there.

    `override` true uses a photo anyway, as far as its findings allow; false takes that back. Where one of them says
    `declaration`, the person declares with it that the picture `shows_only_the_person`. A photo that is in the new slot
    already changes places with this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"minProperties": 1})

    slot: NewSlot = None
    override: UseAnyway = None
    shows_only_the_person: NewDeclared = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_to_change", "nothing to change")
        if self.shows_only_the_person and not self.override:
            raise PydanticCustomError("declaration_alone", "declaration alone")
        return self


class SubmitTraining(Request):
    """Parameters of a run; what is left out comes from the preset."""

    preset: Preset | None = None
    steps: Steps | None = None
    lora_rank: LoraRank | None = None
    learning_rate: LearningRate | None = None
    resolution: Resolution | None = None
    caption_dropout_rate: Dropout | None = None


class ReviewTraining(Request):
    """approve and reject end the job; retry opens its next run and takes that run's parameters."""

    decision: Literal["approve", "retry", "reject"]
    parameters: SubmitTraining = SubmitTraining()


class GenerateImages(PromptChoices):
    """Images of the model's person; `seed` makes the first image repeatable, the others count on from it."""

    count: Annotated[int, Field(ge=1, le=8)] = 1
    seed: Annotated[int | None, Field(ge=0, le=2_147_483_639)] = None


class SlotView(View):
    number: int
    key: str
    title: str
    hint: str
    advised: bool


class PhotoRules(View):
    """What a set must have."""

    minimum: int = FEWEST_PHOTOS
    advised: int = 10
    maximum: int = 12
    max_bytes: int = MAX_PHOTO_BYTES
    content_types: tuple[PhotoType, ...] = PHOTO_TYPES


class FindingView(Finding):
    """`override` says what it takes to use the photo anyway: `click` is override true, `declaration` needs
    shows_only_the_person true besides; null: it does not keep the photo out.
    """

    override: Override | None


class PhotoView(View):
    """`override` is what all findings together take to use it anyway; null: it is used, or not checked yet.

    `view` and `pose` are what was seen; `caption` is that of the full figure, from what was seen and what was `said`.
    `version` counts the changes of `status`.
    """

    id: str
    slot: int
    status: PhotoStatus
    version: int
    findings: tuple[FindingView, ...]
    override: Override | None
    overridden: bool
    width: int | None
    height: int | None
    view: CameraView | None
    pose: str | None
    said: Said
    caption: str | None
    created_at: datetime
    thumbnail_url: str | None = None


class UploadView(View):
    """Where the file goes, in one of three ways, each good until `expires_at` (two hours) and for this path only.

    PUT it to `upload_url` with its content type as header; or hand `bucket`, `path` and `token` to supabase-js:
    `storage.from(bucket).uploadToSignedUrl(path, token, file)`; or, where a connection may break, upload it with TUS to
    `resumable_url`, with the token in the header `x-signature` and `bucketName`, `objectName` and `contentType` as
    metadata, in chunks of 6 MB.
    """

    photo: PhotoView
    bucket: str
    path: str
    token: str
    expires_at: datetime
    upload_url: str
    resumable_url: str


class Problem(View):
    """Why it failed, and what to do."""

    code: str
    sentence: str
    hint: str


class RunView(View):
    run: int
    status: RunStatus
    preset: Preset
    steps: int
    lora_rank: int
    learning_rate: float
    resolution: Resolution
    caption_dropout_rate: float
    step: int | None
    total_steps: int | None
    loss: float | None
    eta_seconds: int | None
    dataset_images: int | None
    dataset_sha256: str | None
    weights_path: str | None
    weights_bytes: int | None
    weights_sha256: str | None
    expected_usd: Decimal
    actual_usd: Decimal | None
    borne_by: Bearer | None
    created_at: datetime
    ended_at: datetime | None
    problem: Problem | None


class QuoteView(View):
    """What a run with this preset would reserve, and the minutes from submit to review, before it is ordered.

    `problem` is the first reason for which submit, or a retry, would be refused now; null when it would not.
    """

    preset: Preset
    expected_usd: Decimal
    expected_minutes: int
    problem: Problem | None


class EventView(View):
    status: JobStatus
    run: int | None
    at: datetime


class ImageView(View):
    """`version` counts the changes of `status`."""

    id: str
    position: int
    run: int
    status: ImageStatus
    version: int
    framing: Framing
    seed: int | None
    width: int | None
    height: int | None
    sha256: str | None
    url: str | None = None
    problem: Problem | None


class ModelView(View):
    id: str
    name: str
    trigger_word: str
    status: ModelStatus
    active_run: int | None
    job_id: str
    created_at: datetime


class ModelList(View):
    models: tuple[ModelView, ...]
    next: str | None


class TrainingSummary(View):
    id: str
    model_name: str
    status: JobStatus
    current_run: int | None
    created_at: datetime
    updated_at: datetime


class TrainingList(View):
    trainings: tuple[TrainingSummary, ...]
    next: str | None


class TrainingView(TrainingSummary):
    """Everything an owner sees of a job.

    `progress` (0 to 1) and `minutes_left` are those of the whole way from submit to review: `progress` never falls
    within a run and stays where it was when a run fails; `minutes_left` is null where nobody can say.
    `quotes` has one per preset while a run may be opened: in a draft, and for a retry in review or after a failure.
    """

    gender: Gender
    trigger_word: str
    version: int
    cancel_requested: bool
    progress: float
    minutes_left: int | None
    accepted_photos: int
    slots: tuple[SlotView, ...]
    rules: PhotoRules
    photos: tuple[PhotoView, ...]
    set_findings: tuple[SetFinding, ...]
    quotes: tuple[QuoteView, ...]
    runs: tuple[RunView, ...]
    events: tuple[EventView, ...]
    previews: tuple[ImageView, ...]
    model: ModelView | None


class TrainedPictureView(View):
    """One picture of the dataset: `region` are shares of the photo's width and height, padded beyond 0 and 1.

    `face_height` is in pixels of this picture, hairline to chin, estimated; null where no face is seen.
    """

    name: str
    framing: Framing
    region: Box
    width: int
    height: int
    face_height: int | None
    caption: str


class TrainedPhotoView(View):
    photo_id: str
    slot: int
    thumbnail_url: str | None
    pictures: tuple[TrainedPictureView, ...]


class DatasetView(View):
    """What the trainer would see of the photos that are accepted now, in the order of the zip."""

    trigger_word: str
    images: int
    photos: tuple[TrainedPhotoView, ...]


class ImageOrderView(View):
    id: str
    model_id: str
    kind: ImageKind
    created_at: datetime
    images: tuple[ImageView, ...]
