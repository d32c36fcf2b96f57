"""From rows to what the API shows: links added, problems explained, nothing that is not the owner's business."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from croquis.domain.images.image import Framing, Image
from croquis.domain.photos.accepted_photo import PhotoRow, accepted_of
from croquis.domain.photos.captions import caption_of
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.overrides import Override, override_of, override_of_all
from croquis.domain.photos.photo import PhotoStatus, upload_type
from croquis.domain.photos.photo_set import set_findings
from croquis.domain.photos.slots import SLOTS
from croquis.domain.row import Failed
from croquis.domain.runs.advice import advice_on
from croquis.domain.runs.estimate import in_minutes
from croquis.domain.runs.job import JobEvent, Quote, Run
from croquis.domain.runs.log_place import LogPlace
from croquis.domain.runs.progress import actual_minutes, expected_minutes, progress_of
from croquis.domain.subject import Subject
from croquis.http.exam_views import checks_view, exam_view, repair_view
from croquis.http.log_views import LossPointView, TrainingLogView
from croquis.http.views import (
    ConsentView,
    EventView,
    ImageView,
    ModelView,
    PhotoRules,
    PhotoView,
    Problem,
    QuoteView,
    RunView,
    SlotView,
    TrainingSummary,
    TrainingView,
    UploadView,
)
from croquis.ports.files import SignedUpload
from croquis.ports.jobs import ReadLog, ReadTraining

_REFUSED = Problem(
    code="refused_by_shown_person",
    sentence="The person shown has refused this picture.",
    hint="Do not use it; only they can approve it, behind their link.",
)

Links = Mapping[str, str]  # short-lived addresses, by the path of what they show


def training_view(found: ReadTraining, links: Links) -> TrainingView:
    """Everything about a job."""
    usable, job = accepted_of(found.photos), found.job
    progress = progress_of(job, found.runs, found.events, found.previews)
    return TrainingView(
        **TrainingSummary.model_validate(job.model_dump()).model_dump(),
        gender=job.gender,
        trigger_word=job.trigger_word,
        version=job.version,
        cancel_requested=job.cancel_requested_at is not None,
        progress=progress.share,
        minutes_left=progress.minutes_left,
        accepted_photos=len(usable),
        slots=tuple(SlotView(**asdict(slot), advised=slot.advised) for slot in SLOTS),
        rules=PhotoRules(),
        photos=tuple(photo_view(photo, job.subject, links) for photo in found.photos),
        set_findings=() if job.photos_purged_at else set_findings(usable),
        quotes=tuple(quote_view(quote) for quote in found.quotes),
        runs=tuple(run_view(run, found.events) for run in found.runs),
        events=tuple(EventView.model_validate(event.model_dump()) for event in found.events),
        previews=tuple(image_view(image, links) for image in found.previews),
        model=ModelView.model_validate(found.model.model_dump()) if found.model else None,
        consent=ConsentView.of(found.consent),
        photos_purge_after=job.photos_purge_after,
        photos_purged_at=job.photos_purged_at,
    )


def photo_view(photo: PhotoRow, subject: Subject, links: Links) -> PhotoView:
    """A photo with its caption and its link, if it has a clean copy."""
    seen, kept = photo.seen or PhotoFeatures(), photo.kept
    shown = {
        "findings": [{**it.model_dump(), "override": override_of(it)} for it in photo.findings],
        "override": _override_of(photo),
        "overridden": photo.overridden_at is not None,
        "view": seen.view,
        "pose": seen.pose,
        "caption": caption_of(kept, subject, Framing.FULL_BODY) if kept else None,
        "thumbnail_url": links.get(photo.thumbnail_path or ""),
    }
    return PhotoView.model_validate({**photo.model_dump(), **shown})


def _override_of(photo: PhotoRow) -> Override | None:
    if photo.status not in (PhotoStatus.REJECTED, PhotoStatus.UNREADABLE):
        return None
    return override_of_all(photo.findings) if photo.kept else Override.NEVER


def upload_view(photo: PhotoRow, signed: SignedUpload) -> UploadView:
    """A photo that is awaited, and where its file goes."""
    return UploadView(
        photo=photo_view(photo, Subject("", None), {}),
        content_type=upload_type(photo.content_type),
        bucket=signed.bucket,
        path=signed.path,
        token=signed.token,
        expires_at=signed.expires_at,
        upload_url=signed.url,
        resumable_url=signed.resumable_url,
    )


def image_view(image: Image, links: Links) -> ImageView:
    """An image with its link, if it has been saved and not refused by the person shown."""
    checks = checks_view(image.checks) if image.checks else None
    repair = repair_view(image.repair) if image.repair else None
    shown = {"url": links.get(image.path or ""), "checks": checks, "repair": repair, "problem": problem_of(image)}
    if image.is_refused:
        shown |= {"url": None, "problem": _REFUSED}
    return ImageView.model_validate({**image.model_dump(), **shown})


def run_view(run: Run, events: Sequence[JobEvent]) -> RunView:
    """A run with what was expected of it beside what it came to."""
    shown = {
        "expected_usd": run.reserved_usd,
        "expected_minutes": in_minutes(run.expected_review_seconds),
        "actual_minutes": actual_minutes(run, events),
        "advice": [asdict(it) for it in advice_on(run.parameters)],
        "exam": exam_view(run.exam) if run.exam else None,
        "problem": problem_of(run),
    }
    return RunView.model_validate({**run.model_dump(), **shown})


def log_view(found: ReadLog, since: LogPlace) -> TrainingLogView:
    """What is new in a log, and where the next reading begins."""
    read = since.step if since.run == found.run else -1
    step = found.points[-1][0] if found.points else read
    return TrainingLogView(
        run=found.run,
        first_line=found.last_line - len(found.lines) + 1,
        lines=found.lines,
        points=tuple(LossPointView(step=step, loss=loss) for step, loss in found.points),
        next=str(LogPlace(found.run or 0, found.last_line, step)),
        purge_after=found.purge_after,
    )


def quote_view(quote: Quote) -> QuoteView:
    """The same, with the minutes of the whole way."""
    why = quote.refusal
    return QuoteView(
        preset=quote.preset,
        expected_usd=quote.expected_usd,
        expected_minutes=expected_minutes(quote.expected_seconds),
        problem=Problem(**why.model_dump()) if why else None,
    )


def minutes_between(begun: datetime, ended: datetime | None) -> float | None:
    """None while it goes on."""
    return None if ended is None else in_minutes((ended - begun).total_seconds())


def problem_of(failed: Failed) -> Problem | None:
    """Why it failed, if it did."""
    if not failed.failure_code:
        return None
    return Problem(code=failed.failure_code, sentence=failed.failure_sentence or "", hint=failed.failure_hint or "")
