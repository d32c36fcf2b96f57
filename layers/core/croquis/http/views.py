"""What the API shows: from each row, what its owner may see. presenter.py makes them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict

from croquis.domain.consent import Consent, EndedBy, Medium, Use
from croquis.domain.cursor import cursor_of
from croquis.domain.images.image import Framing, ImageStatus, ShownDecision
from croquis.domain.photos.accepted_photo import Said
from croquis.domain.photos.overrides import Override
from croquis.domain.photos.photo import MAX_PHOTO_BYTES, PHOTO_TYPES, CameraView, Finding, PhotoStatus, PhotoType
from croquis.domain.photos.photo_set import FEWEST_PHOTOS, SetFinding
from croquis.domain.runs.job import Bearer
from croquis.domain.runs.model import ModelStatus
from croquis.domain.runs.training import JobStatus, Preset, Resolution, RunStatus
from croquis.domain.subject import Gender
from croquis.http.exam_views import ChecksView, ExamView, RepairView


class View(BaseModel):
    """A part of an answer, read from a row; columns that it does not name are not shown."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, protected_namespaces=())


class Listed(Protocol):
    """What a page is made of."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def cursor_after(rows: Sequence[Listed], limit: int) -> str | None:
    """The cursor of the following page; None when this page is not full."""
    return cursor_of(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None


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

    PUT it to `upload_url` with `content_type` as that header; or hand `bucket`, `path` and `token` to supabase-js:
    `storage.from(bucket).uploadToSignedUrl(path, token, file, {contentType: content_type})`; or, where a connection may
    break, upload it with TUS to `resumable_url`, with the token in the header `x-signature` and `bucketName`,
    `objectName` and `contentType` as metadata, in chunks of 6 MB.
    """

    photo: PhotoView
    content_type: PhotoType
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


class AdviceView(View):
    """What the run's parameters are likely to do; nothing is refused for it."""

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
    exam: ExamView | None
    expected_usd: Decimal
    actual_usd: Decimal | None
    expected_minutes: float
    actual_minutes: float | None
    borne_by: Bearer | None
    created_at: datetime
    ended_at: datetime | None
    advice: tuple[AdviceView, ...]
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
    """`version` counts the changes of `status`; `signed`: the file says, with our signature, that it was made by AI."""

    id: str
    position: int
    run: int
    status: ImageStatus
    version: int
    framing: Framing
    prompt: str
    engine: str
    provider_version: str
    seed: int | None
    lora_scale: float | None
    guidance: float | None
    strength: float | None
    source_image_id: str | None
    asked_width: int
    asked_height: int
    width: int | None
    height: int | None
    sha256: str | None
    signed: bool | None
    shown_decision: ShownDecision | None
    checks: ChecksView | None
    repair: RepairView | None
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


class ConsentView(View):
    """What the person in the photos agreed to; `DELETE /v1/consents/{consent_id}` takes it back."""

    id: str
    text_version: str
    text_sha256: str
    uses: tuple[Use, ...]
    providers: tuple[str, ...]
    territories: tuple[str, ...] | None
    media: tuple[Medium, ...] | None
    valid_until: date | None
    ask_shown_person: bool
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: EndedBy | None

    @classmethod
    def of(cls, consent: Consent) -> Self:
        """As its row says."""
        return cls.model_validate(consent.model_dump())


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
    consent: ConsentView
    photos_purge_after: datetime
    photos_purged_at: datetime | None
