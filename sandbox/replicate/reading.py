"""The free calls about runs: read one, list them page by page, cancel one."""

import base64
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.replicate.answers import base_url, invalid_input, not_found, twin_of
from sandbox.replicate.runs import Kind, Run

PAGE = 100


async def read_training(request: Request) -> Response:
    """GET /v1/trainings/{id}"""
    return _read(request, ("training",))


async def read_prediction(request: Request) -> Response:
    """GET /v1/predictions/{id}: a training can be read here too, as its first answer says."""
    return _read(request, ("prediction", "training"))


async def cancel_training(request: Request) -> Response:
    """POST /v1/trainings/{id}/cancel"""
    return _cancel(request, ("training",))


async def cancel_prediction(request: Request) -> Response:
    """POST /v1/predictions/{id}/cancel"""
    return _cancel(request, ("prediction", "training"))


async def list_trainings(request: Request) -> Response:
    """GET /v1/trainings: the newest first"""
    return _page(request, "training")


async def list_predictions(request: Request) -> Response:
    """GET /v1/predictions: the newest first"""
    return _page(request, "prediction")


async def list_nothing(_: Request) -> Response:
    """What somebody else sees there."""
    return JSONResponse({"previous": None, "next": None, "results": []})


def _read(request: Request, kinds: tuple[Kind, ...]) -> Response:
    run = _run(request, kinds)
    return JSONResponse(twin_of(request).told(run, run.as_read()))


def _run(request: Request, kinds: tuple[Kind, ...]) -> Run:
    twin = twin_of(request)
    run = twin.runs.get(request.path_params["id"])
    if run is None or run.kind not in kinds or twin.plan.hides(run, twin.clock()):
        raise not_found()
    return twin.forget_old_data(run)


def _cancel(request: Request, kinds: tuple[Kind, ...]) -> Response:
    run = _run(request, kinds)
    twin = twin_of(request)
    twin.ask_to_cancel(run, request.state.faults)
    return JSONResponse(twin.told(run, run.as_read()))


def _page(request: Request, kind: Kind) -> Response:
    twin = twin_of(request)
    listed = [run for run in twin.runs.newest_first(kind) if twin.plan.lists(run, twin.clock())]
    runs = [run for run in listed if _is_asked_for(request, run)]
    start = _start(request, runs)
    shown = [twin.forget_old_data(run) for run in runs[start : start + PAGE]]
    here = f"{base_url(request)}/v1/{kind}s?cursor="
    later = runs[start + PAGE : start + PAGE + 1]
    return JSONResponse(
        {
            "previous": here + _cursor(runs[max(start - PAGE, 0)]) if start else None,
            "next": here + _cursor(later[0]) if later else None,
            "results": [twin.told(run, run.as_listed()) for run in shown],
        }
    )


def _is_asked_for(request: Request, run: Run) -> bool:
    after, before = (_time(request, name) for name in ("created_after", "created_before"))
    return (after is None or run.created_at >= after) and (before is None or run.created_at < before)


def _time(request: Request, name: str) -> float | None:
    asked = request.query_params.get(name)
    if not asked:
        return None
    try:
        return datetime.fromisoformat(asked).timestamp()
    except ValueError as error:
        raise invalid_input((name, "is not an ISO 8601 date-time")) from error


def _cursor(run: Run) -> str:
    return base64.urlsafe_b64encode(f"from={run.id}".encode()).decode().rstrip("=")


def _start(request: Request, runs: list[Run]) -> int:
    """Where the page begins: at the run that the cursor names, so new runs shift nothing."""
    cursor = request.query_params.get("cursor")
    if not cursor:
        return 0
    for index, run in enumerate(runs):
        if _cursor(run) == cursor:
            return index
    raise not_found()
