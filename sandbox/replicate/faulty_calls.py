"""How the calls go wrong: each route is exposed to the faults of its point, and knows nothing of them itself."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.replicate import answers
from sandbox.replicate.answers import ApiError, BrokenOff, NoAnswer, twin_of
from sandbox.replicate.faults import Call
from sandbox.replicate.runs import Kind
from sandbox.replicate.settings import TwinFaults
from sandbox.replicate.state import Twin

Handler = Callable[[Request], Awaitable[Response]]

GATEWAY_PAGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>api.replicate.com | 502: Bad gateway</title></head>
<body><h1>Bad gateway <span>Error code 502</span></h1><p>The web server reported a bad gateway error.</p></body></html>
"""


def exposed(call: Call, handler: Handler, *, kind: Kind | None = None, missing: str = answers.NOT_FOUND) -> Handler:
    """The handler of a route, behind whatever the plan holds for this call; `missing` is what its 404 says."""

    async def exposed_handler(request: Request) -> Response:
        twin = twin_of(request)
        faults, placed = twin.plan.meet(call, run=_run_of(request), kind=kind)
        request.state.faults, request.state.placed = faults, placed
        answer = twin.plan.answer(call, faults)
        response = await _answered(twin, request, handler, answer, _refusals(faults, missing))
        await twin.clock.sleep(faults.answer_delay_s)
        return response

    return exposed_handler


def _run_of(request: Request) -> str | None:
    """The id of the run that the call is about, if it is about one."""
    if token := request.path_params.get("token"):
        run = twin_of(request).runs.by_token(token)
        return run.id if run else None
    return request.path_params.get("id")


def _refusals(faults: TwinFaults, missing: str) -> dict[str, ApiError]:
    return {
        "401": answers.unauthenticated(),
        "402": ApiError(402, answers.NO_CREDIT, "Insufficient credit"),
        "404": ApiError(404, missing),
        "422": answers.invalid_input(("input", "the twin was told to refuse this")),
        "429": answers.ThrottledError(faults.throttled_s),
        "429_low_credit": answers.LowCreditError(faults.throttled_s),
        "500": answers.server_error(),
        "503": ApiError(503, "Service unavailable"),
    }


async def _answered(
    twin: Twin, request: Request, handler: Handler, answer: str, refusals: dict[str, ApiError]
) -> Response:
    if answer in refusals:
        raise refusals[answer]
    silence = NoAnswer(twin.clock, twin.settings.silence_s)
    instead: dict[str, Response] = {
        "502_html": _gateway_page(),
        "timeout_before": silence,
        "drop_connection_before": NoAnswer(twin.clock),
    }
    if answer in instead:
        return instead[answer]
    if answer.endswith("_then_act"):
        await request.body()  # while the connection stands
        twin.spawn(_act(handler, request))
        return answers.server_error().response() if answer == "500_then_act" else NoAnswer(twin.clock)
    acted = await handler(request)
    return {
        "500_after": lambda: answers.server_error().response(),
        "html_after": _gateway_page,
        "timeout_after": lambda: silence,
        "drop_connection_after": lambda: NoAnswer(twin.clock),
        "truncated_after": lambda: Response(_half_of(acted), acted.status_code, media_type=acted.media_type),
        "cut_after": lambda: BrokenOff(acted, _half_of(acted)),
    }.get(answer, lambda: acted)()


async def _act(handler: Handler, request: Request) -> None:
    try:
        await handler(request)
    except ApiError:
        return  # a refusal that nobody hears


def _gateway_page() -> Response:
    return HTMLResponse(GATEWAY_PAGE, 502)


def _half_of(response: Response) -> bytes:
    body = bytes(response.body)
    return body[: len(body) // 2]
