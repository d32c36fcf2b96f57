"""What the API shows of an exam and of a picture's checks."""

from pydantic import BaseModel, ConfigDict

from croquis.domain.images.checks import SHOWN
from croquis.domain.images.exam import (
    WHY,
    Change,
    ExamReport,
    ImageChecks,
    Judgement,
    NotMeasured,
    PassRate,
    Proportion,
)
from croquis.domain.images.fitting import FOUND
from croquis.domain.images.repairs import WHY_KEPT, Repair, RepairReason


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class NotMeasuredView(_View):
    part: str
    code: NotMeasured
    sentence: str


class ExamView(_View):
    """Each part is null where it was not measured; `not_measured` then says why."""

    sandbox: bool
    pictures: int
    one_person: PassRate | None
    head_to_toe: PassRate | None
    face: PassRate | None
    legs: Proportion | None
    hips: Proportion | None
    head: Proportion | None
    not_copied: PassRate | None
    not_measured: tuple[NotMeasuredView, ...]


class ChecksView(_View):
    """`why` says in words why one of them fails, or cannot be told; `body` and `garments` are of try-ons alone."""

    one_person: Judgement
    head_to_toe: Judgement | None
    face: Judgement | None
    not_copied: Judgement | None
    body: Judgement | None
    garments: Judgement | None
    why: tuple[str, ...]


class RepairView(_View):
    """Whether a repair is better than the picture that it was made from; both can be read, whatever it says."""

    kept: bool
    reason: RepairReason
    sentence: str
    body: Change


def repair_view(repair: Repair) -> RepairView:
    """With the reason in words."""
    return RepairView.model_validate({**repair.model_dump(), "sentence": WHY_KEPT[repair.reason]})


def exam_view(exam: ExamReport) -> ExamView:
    """The report, with a sentence for each part that was not measured."""
    missing = [{"part": part, "code": code, "sentence": WHY[code]} for part, code in exam.not_measured.items()]
    return ExamView.model_validate({**exam.model_dump(), "not_measured": missing})


def checks_view(checks: ImageChecks) -> ChecksView:
    """The same for one picture."""
    words = {**SHOWN, **FOUND}
    why = [words[code] for code in checks.codes if code in words]
    return ChecksView.model_validate({**checks.model_dump(), "why": why})
