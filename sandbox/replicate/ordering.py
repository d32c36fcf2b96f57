"""The two paid calls: what they refuse at once, and what they begin."""

import re
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.replicate import answers, prediction, training, try_on
from sandbox.replicate.answers import ApiError, base_url, invalid_fields, invalid_input, json_body, twin_of
from sandbox.replicate.engines import TRAINED_FIELDS, TRAINER_FIELDS
from sandbox.replicate.inputs import Fields, JsonObject, violations
from sandbox.replicate.runs import Kind, Run
from sandbox.replicate.state import Twin, Work
from sandbox.replicate.try_on_engines import TRY_ON_ENGINES

EVENTS = {"start", "output", "logs", "completed"}
PREDICTION_MEMBERS = frozenset({"version", "input", "webhook", "webhook_events_filter", "stream"})
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")
PREFER_WAIT = re.compile(r"wait(?:=(\d+))?")
SHORTEST_LIFE_S = 5
LONGEST_WAIT_S = 60
# what each kind of run accepts, and what it does
ENGINES: dict[Kind, tuple[Fields, Work]] = {
    "training": (TRAINER_FIELDS, training.train),
    "prediction": (TRAINED_FIELDS, prediction.generate),
}


def engine_of(run: Run) -> tuple[Fields, Work]:
    """What accepts this run's input, and what then happens."""
    engine = TRY_ON_ENGINES.get(run.model)
    return (engine.fields, try_on.work_of(engine)) if engine else ENGINES[run.kind]


async def create_training(request: Request) -> Response:
    """POST /v1/models/{owner}/{name}/versions/{version}/trainings"""
    return await _create(request, _training_run)


async def create_prediction(request: Request) -> Response:
    """POST /v1/predictions"""
    return await _create(request, _prediction_run)


async def _create(request: Request, run_of: Callable[[Request, Twin, JsonObject], Run]) -> Response:
    twin = twin_of(request)
    run = run_of(request, twin, await json_body(request))
    fields, work = engine_of(run)
    faults = twin.plan.bear(run, request.state.placed)
    await twin.clock.sleep(faults.create_delay_s)
    run.created_at = twin.clock()
    twin.start(run, fields, work, hurry=faults.early_webhook)
    body = twin.told(run, run.as_created())
    if faults.early_webhook:
        await twin.ended(run)
        await twin.webhooks.first_attempt(run)
    return await _waited_for(request, twin, run) or JSONResponse(body, 201)


async def _waited_for(request: Request, twin: Twin, run: Run) -> Response | None:
    """The answer to `Prefer: wait`: 201 with the end, or 202 when the time is over first."""
    prefer = PREFER_WAIT.fullmatch(request.headers.get("prefer", ""))
    if run.kind != "prediction" or prefer is None:
        return None
    await twin.ended(run, min(int(prefer[1] or LONGEST_WAIT_S), LONGEST_WAIT_S))
    return JSONResponse(twin.told(run, run.as_created()), 201 if run.ended else 202)


def _training_run(request: Request, twin: Twin, body: JsonObject) -> Run:
    path = f"{request.path_params['owner']}/{request.path_params['name']}"
    model = twin.models.get(path)
    version = model.version(request.path_params["version"]) if model else None
    if version is None or version.training_id is not None:
        raise answers.not_found()
    _check_members(body, required=("destination", "input"))
    destination = twin.models.get(body["destination"])
    if destination is None or destination.owner != twin.settings.owner:
        raise ApiError(404, answers.NO_DESTINATION)
    run = _run(request, twin, body, kind="training", model=path, version=version.id)
    run.destination = destination.path
    return run


def _prediction_run(request: Request, twin: Twin, body: JsonObject) -> Run:
    _check_members(body, required=("version", "input"), allowed=PREDICTION_MEMBERS)
    model, version = _version(twin, body["version"])
    engine = TRY_ON_ENGINES.get(model)
    fields = engine.fields if engine else TRAINED_FIELDS
    closed = request.state.faults.unknown_keys == "refused" or (engine is not None and engine.closed)
    # a training's input is looked at when it runs, a prediction's before it exists
    if wrong := violations(fields, body["input"], closed=closed):
        raise invalid_fields(wrong)
    run = _run(request, twin, body, kind="prediction", model=model, version=version)
    run.deadline = _deadline(request.headers, run.created_at)
    return run


def _version(twin: Twin, wanted: str) -> tuple[str, str]:
    """A trained one by its id, an engine by the same, or by its name alone where it is official."""
    named = TRY_ON_ENGINES.get(wanted)
    path, _, version_id = (wanted, "", named.version) if named and named.official else wanted.rpartition(":")
    found = twin.models.find_version(version_id)
    if found is None or (path and path != found[0].path) or not found[1].makes_pictures:
        raise answers.unknown_version()
    return found[0].path, version_id


def _run(request: Request, twin: Twin, body: JsonObject, **more: str) -> Run:
    events = body.get("webhook_events_filter") or []
    return Run(
        id=twin.chance.run_id(),
        token=twin.chance.token(),
        **more,  # pyright: ignore[reportArgumentType] - kind, model and version
        input=body["input"],
        base_url=base_url(request),
        created_at=twin.clock(),
        webhook=body.get("webhook"),
        webhook_events_filter=events,
    )


def _check_members(body: JsonObject, *, required: tuple[str, ...], allowed: frozenset[str] | None = None) -> None:
    wrong = [(name, "is required") for name in required if name not in body]
    if allowed:
        wrong += [(name, "additional property is not allowed") for name in body if name not in allowed]
    wrong += [("input", "must be an object")] if not isinstance(body.get("input", {}), dict) else []
    wrong += [
        (name, "must be a string") for name in ("version", "destination") if not isinstance(body.get(name, ""), str)
    ]
    webhook, events = body.get("webhook"), body.get("webhook_events_filter") or []
    if webhook is not None and not str(webhook).startswith(("https://", "http://")):
        wrong.append(("webhook", "must be a valid URL"))
    if not isinstance(events, list) or not EVENTS.issuperset(events):
        wrong.append(("webhook_events_filter", "must be a list of start, output, logs, completed"))
    if wrong:
        raise invalid_input(*wrong)


def _deadline(headers: Mapping[str, str], created_at: float) -> float | None:
    asked = headers.get("cancel-after")
    if not asked:
        return None
    match = DURATION.fullmatch(asked.strip())
    if match is None:
        raise invalid_input(("Cancel-After", "is not a duration"))
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    life = hours * 3600 + minutes * 60 + seconds
    if life < SHORTEST_LIFE_S:
        raise invalid_input(("Cancel-After", f"must be at least {SHORTEST_LIFE_S} seconds"))
    return created_at + life
