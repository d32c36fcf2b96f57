"""The calls about models and their versions, the account, and the secret of webhooks."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.replicate.answers import ApiError, invalid_input, json_body, not_found, twin_of
from sandbox.replicate.shelves import Model, Version

MODEL_NAME = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*")
NEEDED = ("owner", "name", "visibility", "hardware")


async def create_model(request: Request) -> Response:
    """POST /v1/models"""
    twin, body = twin_of(request), await json_body(request)
    wrong = [(name, "is required") for name in NEEDED if not isinstance(body.get(name), str)]
    if not wrong:
        wrong = [(name, "is not valid") for name, valid in _checks(body).items() if not valid]
    if wrong:
        raise invalid_input(*wrong)
    if body["owner"] != twin.settings.owner:
        raise ApiError(403, "You do not have permission to create a model for this owner.", "Permission denied")
    model = Model(body["owner"], body["name"], body["visibility"], body.get("description"), body["hardware"])
    if twin.models.get(model.path):
        raise ApiError(409, f"A model with the name {model.name} and owner {model.owner} already exists.", "Conflict")
    twin.models.save(model)
    return JSONResponse(model.as_read(), 201)


async def read_model(request: Request) -> Response:
    """GET /v1/models/{owner}/{name}"""
    return JSONResponse(_model(request).as_read())


async def read_version(request: Request) -> Response:
    """GET /v1/models/{owner}/{name}/versions/{version}"""
    return JSONResponse(_version(request)[1].as_read())


async def delete_version(request: Request) -> Response:
    """DELETE …/versions/{version}: with it go its predictions, their files, and the files of its training."""
    twin, (model, version) = twin_of(request), _version(request)
    if model.owner != twin.settings.owner or model.visibility != "private":
        raise ApiError(403, "You can only delete versions from private models that you own.", "Permission denied")
    for run in twin.runs.newest_first("prediction"):
        if run.version == version.id:
            twin.cancel(run)
            twin.forget_files(run.id)
            twin.runs.remove(run)
    twin.forget_files(version.training_id or version.id)
    model.versions.remove(version)
    twin.models.save(model)
    return Response(status_code=202)


async def read_account(request: Request) -> Response:
    """GET /v1/account"""
    owner = twin_of(request).settings.owner
    return JSONResponse({"type": "organization", "username": owner, "name": owner, "github_url": None})


async def read_webhook_secret(request: Request) -> Response:
    """GET /v1/webhooks/default/secret"""
    return JSONResponse({"key": twin_of(request).settings.webhook_secret})


def _checks(body: dict[str, str]) -> dict[str, bool]:
    return {
        "name": MODEL_NAME.fullmatch(body["name"]) is not None,
        "visibility": body["visibility"] in ("public", "private"),
    }


def _model(request: Request) -> Model:
    model = twin_of(request).models.get(f"{request.path_params['owner']}/{request.path_params['name']}")
    if model is None:
        raise not_found()
    return model


def _version(request: Request) -> tuple[Model, Version]:
    model = _model(request)
    version = model.version(request.path_params["version"])
    if version is None:
        raise not_found()
    return model, version
