"""What Replicate does not have: the bill, the deliveries, and the faults, for tests and for people trying things."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.replicate.answers import ApiError, json_body, twin_of
from sandbox.replicate.settings import TwinFaults


async def read_ledger(request: Request) -> Response:
    """GET /_twin/ledger: every paid run and the sum"""
    entries = [asdict(entry) for entry in twin_of(request).ledger]
    return JSONResponse({"entries": entries, "total": round(sum(entry["cost"] for entry in entries), 6)})


async def read_deliveries(request: Request) -> Response:
    """GET /_twin/deliveries: the attempts to deliver webhooks, without their addresses"""
    return JSONResponse([asdict(delivery) for delivery in twin_of(request).webhooks.deliveries])


async def read_faults(request: Request) -> Response:
    """GET /_twin/faults"""
    return JSONResponse(asdict(twin_of(request).faults))


async def put_faults(request: Request) -> Response:
    """PUT /_twin/faults: what is not named goes back to normal"""
    try:
        twin_of(request).faults = TwinFaults.from_json(await json_body(request))
    except (TypeError, ValueError) as error:
        raise ApiError(422, f"There is no such fault: {error}. GET /_twin/faults lists all.") from error
    return await read_faults(request)
