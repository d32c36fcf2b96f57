"""What a dry run shows: price, minutes, what the provider would be asked for, and everything that prevents it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TypeVar

from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from croquis.domain.runs.advice import Advice
from croquis.domain.runs.estimate import Basis, Minutes
from croquis.http.views import AdviceView, Problem, View
from croquis.ports.dry_runs import Planned


class MinutesView(View):
    """From the order to its result, by those like it that were `finished` here before. Eight of ten lie between
    `low` and `high`, which are null where fewer than nine were finished: then the estimate is the built-in one.
    """

    expected: float
    low: float | None
    high: float | None
    basis: Basis
    finished: int


class DryRunView(View):
    """What the order would be; nothing was spent or written. It would be accepted now if `refusals` is empty.

    `inputs` is what the provider would be sent, one for each paid run; what is only known at the order is a word in
    parentheses there.
    """

    expected_usd: Decimal
    low_usd: Decimal | None
    high_usd: Decimal | None
    minutes: MinutesView
    inputs: tuple[dict[str, object], ...]
    advice: tuple[AdviceView, ...]
    refusals: tuple[Problem, ...]


def answered(description: str, model: type[View]) -> OpenAPIResponse:
    """One answer of an operation that has several, for its description."""
    return {"description": description, "content": {"application/json": {"model": model}}}


Answer = TypeVar("Answer", bound=View)
DRY_RUN = {200: answered("With `dry_run`: what it would be", DryRunView)}


def with_status(answer: Answer | DryRunView) -> tuple[Answer | DryRunView, int]:
    """202 for what was ordered, 200 for what was only tried."""
    return answer, 200 if isinstance(answer, DryRunView) else 202


def dry_run_view(
    planned: Planned,
    minutes: Minutes,
    inputs: Sequence[Mapping[str, object]],
    advice: Sequence[Advice] = (),
    dollars: tuple[Decimal, Decimal] | None = None,
) -> DryRunView:
    """As the API shows it."""
    return DryRunView(
        expected_usd=planned.expected_usd,
        low_usd=dollars[0] if dollars else None,
        high_usd=dollars[1] if dollars else None,
        minutes=MinutesView(**asdict(minutes)),
        inputs=tuple(dict(it) for it in inputs),
        advice=tuple(AdviceView(**asdict(it)) for it in advice),
        refusals=tuple(Problem(**it.model_dump()) for it in planned.refusals),
    )
