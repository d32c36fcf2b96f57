"""JSON log lines with constant messages and keys; never a token, a link, a prompt or a name."""

import logging
import os
import traceback
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers

NAMESPACE = "Croquis"
INNERMOST = 8  # frames; the outer ones are the resolver's


@cache
def _logger() -> Logger:
    logger = Logger(service=_service())
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address, and ours may be signed links
    copy_config_to_registered_loggers(logger, include={"croquis"}, log_level=logging.INFO)
    return logger


def keys_of_request(event: dict[str, Any], context: Any) -> None:
    """Append the ids that every line of this invocation carries, once."""
    request_id = event.get("requestContext", {}).get("requestId")
    _append(request_id=request_id, function=getattr(context, "function_name", None))


def keys_of_task(event: dict[str, Any], context: Any) -> None:
    """The same for a state or a queue message: the ids of job, run and image, and nothing else of the payload."""
    ids = {name: event[name] for name in ("job_id", "run", "image_id") if name in event}
    _append(function=getattr(context, "function_name", None), **ids)


def measured(counts: Mapping[str, int]) -> None:
    """A metric per count, its name in CamelCase; nothing is said about 0, because each metric costs."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace=NAMESPACE, service=_service())
    for counted, count in counts.items():
        if count:
            name = "".join(word.capitalize() for word in counted.split("_"))
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    if any(counts.values()):
        metrics.flush_metrics()


def places_of(error: BaseException | None) -> list[str]:
    """Where an error and each of its causes was raised; not their words, which may quote a row, a link or a token."""
    places: list[str] = []
    while error:
        frames = traceback.extract_tb(error.__traceback__)[-INNERMOST:]
        places += [f"{type(error).__name__} {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return places


def _service() -> str:
    """The stack's name where we are deployed: it tells its lines and metrics from those of another stack."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "croquis")


def _append(**keys: object) -> None:
    logging.getLogger("croquis").setLevel(logging.INFO)
    logger = _logger()
    logger.clear_state()
    logger.append_keys(**{name: value for name, value in keys.items() if value is not None})
