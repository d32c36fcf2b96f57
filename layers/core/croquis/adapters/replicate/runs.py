"""The one reader of a run as Replicate shows it: in a webhook, when it is asked for, in its list."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from croquis.adapters.replicate.answers import read_status
from croquis.adapters.replicate.trainer_log import images_found
from croquis.domain.runs.attempt import ProviderOutput, ProviderStatus
from croquis.domain.strict_json import NotStrictJson, decoded
from croquis.ports import ProviderRun

SECOND_LOOK_SECONDS = 60  # for an end in a word that nobody knows
OUTPUT_SECONDS = 600  # a success may show its output later
NSFW = "NSFW content detected"  # all that the engine says when its filter has dropped every image
NO_LOG_SECONDS = 600  # a list shows no log: how it ended, its own answer tells
Shape = TypeVar("Shape", bound=BaseModel)
_MARKER = re.compile(r"cq[0-9a-f]{32}", re.ASCII)


class Metrics(BaseModel):
    predict_time: float | None = None


class ShownRun(BaseModel):
    """The part of a run's body that is read; everything else in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, protected_namespaces=())

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    status: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    version: str | None = None
    input: dict[str, object] | None = None
    output: object = None
    error: object = None
    logs: str | None = None
    metrics: Metrics | None = None
    data_removed: bool = False
    webhook: str | None = None
    created_at: str | None = None
    completed_at: str | None = None


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    next: str | None = None
    results: list[ShownRun]


def read_run(body: bytes) -> tuple[ProviderRun, str] | None:
    """The run that a body describes, and its log; None when it describes none."""
    run = _parsed(ShownRun, body)
    return None if run is None else (_read(run), run.logs or "")


def read_page(body: bytes) -> tuple[list[ProviderRun], str | None] | None:
    """The runs of one page of the list, and the address of the next page."""
    page = _parsed(_Page, body)
    return None if page is None else ([_listed(_read(run)) for run in page.results], page.next)


def _parsed(kind: type[Shape], body: bytes) -> Shape | None:
    try:
        return kind.model_validate(decoded(body, of_provider=True))  # as logs were seen
    except (ValidationError, NotStrictJson):
        return None


def _read(run: ShownRun) -> ProviderRun:
    status = read_status(run.status)
    over = run.completed_at is not None if status is None else status.is_terminal
    output = _output(run) if over else ProviderOutput()
    return ProviderRun(
        id=run.id,
        status=run.status,
        over=over,
        patience_seconds=_patience(run, status, output) if over else 0,
        end=(status or ProviderStatus.FAILED) if over else None,
        output=output,
        error=str(run.error) if run.error else None,
        seconds=run.metrics.predict_time if run.metrics else None,
        version=run.version,
        created_at=_time(run.created_at),
        completed_at=_time(run.completed_at),
        markers=_markers(run.input or {}),
        address=run.webhook.rpartition("/")[2] if run.webhook else None,
    )


def _listed(run: ProviderRun) -> ProviderRun:
    return replace(run, patience_seconds=max(run.patience_seconds, NO_LOG_SECONDS)) if run.over else run


def _patience(run: ShownRun, status: ProviderStatus | None, output: ProviderOutput) -> int:
    if status is None:
        return SECOND_LOOK_SECONDS
    delivered = output.weights or output.images or run.data_removed
    return OUTPUT_SECONDS if status is ProviderStatus.SUCCEEDED and not delivered else 0


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _output(run: ShownRun) -> ProviderOutput:
    output = run.output
    trained: dict[str, object] = output if isinstance(output, dict) else {}  # pyright: ignore[reportUnknownVariableType]
    images: list[object] = output if isinstance(output, list) else [output] if isinstance(output, str) else []  # pyright: ignore[reportUnknownVariableType]
    version, weights = trained.get("version"), trained.get("weights")
    return ProviderOutput(
        version=str(version) if version else None,
        weights=str(weights) if weights else None,
        images=tuple(str(url) for url in images),
        filtered=str(run.error or "").startswith(NSFW),
        images_found=images_found(run.logs or ""),
    )


def _markers(order: Mapping[str, object]) -> tuple[str, ...]:
    """The name of a file that was sent: a training's zip, or the picture that another is made from.

    Of what is made from words: its seed, and a number that has no effect without a picture.
    """
    if links := _links(order):
        return tuple(sorted(set(_MARKER.findall(" ".join(links)))))
    seed, strength = order.get("seed"), order.get("prompt_strength")
    return (f"{seed}/{round(strength * 1e6)}",) if isinstance(seed, int) and isinstance(strength, float) else ()


def _links(order: Mapping[str, object]) -> list[str]:
    """Whichever input an engine takes them in, alone or in a list: the file's name in one is the marker (MO-07)."""
    lists = [cast("list[object]", value) if isinstance(value, list) else [value] for value in order.values()]
    return [it for given in lists for it in given if isinstance(it, str) and it.startswith(("https://", "http://"))]
