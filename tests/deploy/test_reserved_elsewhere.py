"""Two stages of one account: what the other one reserves is counted, and what ours reserves already is not twice."""

from collections.abc import Iterator

import boto3
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.deploy.cloud import Cloud
from sandbox.laptop.serving import ServerThread, listen, url_of

LIMIT, OTHERS, OURS = 1000, 45, {"croquis-dev-Uploads": 10, "croquis-dev-Images": 5, "croquis-dev-Sweep": 0}
RESOURCE = "<member><ResourceType>{}</ResourceType><PhysicalResourceId>{}</PhysicalResourceId></member>"
LISTED = """
<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult>
<StackResourceSummaries>{}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>
"""


async def settings(_: Request) -> Response:
    left = LIMIT - OTHERS - sum(OURS.values())
    return JSONResponse({"AccountLimit": {"ConcurrentExecutions": LIMIT, "UnreservedConcurrentExecutions": left}})


async def concurrency(request: Request) -> Response:
    reserved = OURS[request.path_params["name"]]
    return JSONResponse({"ReservedConcurrentExecutions": reserved} if reserved else {})


async def resources(request: Request) -> Response:
    assert b"StackName=croquis-dev" in await request.body()
    listed = [RESOURCE.format("AWS::Lambda::Function", name) for name in OURS]
    return Response(LISTED.format("".join([*listed, RESOURCE.format("AWS::SQS::Queue", "a-queue")])))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An account in which another stage is deployed, and ours."""
    routes = [
        Route("/2016-08-19/account-settings", settings),
        Route("/2019-09-30/functions/{name}/concurrency", concurrency),
        Route("/", resources, methods=["POST"]),
    ]
    listener = listen()
    given = {"AWS_ENDPOINT_URL": url_of(listener), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with ServerThread(Starlette(routes=routes), listener=listener):
        yield Cloud("eu-central-1", "croquis-dev")


def test_what_other_stacks_reserve_is_what_neither_is_free_nor_ours(cloud: Cloud) -> None:
    assert cloud.account({"ApiUrl": "https://api.example"}, 45).elsewhere == OTHERS


def test_before_our_stack_is_there_all_that_is_reserved_is_others(cloud: Cloud) -> None:
    assert cloud.account({}, 45).elsewhere == OTHERS + sum(OURS.values())
