"""What the stand-in does not do, said in the shape of the service that was asked: so its client shows the sentence."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase.accounts import refused
from sandbox.supabase.refusals import refusal
from sandbox.supabase.storage_refusals import StorageError

REFUSED = 400  # auth-js takes every 5xx for an outage, and keeps to itself what it was told
EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NO_MAIL = "sends no codes, and no mail but for a new password: sign in with a password, or sign up another user"
NO_PROVIDER = "signs nobody in by another provider: use a password"
NO_LIST = "lists, copies and moves no objects: the rows of our tables name them"
NO_BUCKETS = "makes no buckets: the migrations do"
ABSENT = {
    "/auth/v1/otp": NO_MAIL,
    "/auth/v1/magiclink": NO_MAIL,
    "/auth/v1/resend": NO_MAIL,
    "/auth/v1/reauthenticate": NO_MAIL,
    "/auth/v1/invite": NO_MAIL,
    "/auth/v1/authorize": NO_PROVIDER,
    "/auth/v1/callback": NO_PROVIDER,
    "/auth/v1/sso": NO_PROVIDER,
    "/auth/v1/user/{rest:path}": NO_PROVIDER,
    "/auth/v1/factors": "has no second factors",
    "/auth/v1/admin/{rest:path}": "reads and deletes single accounts, no more: they are rows of auth.users",
    "/storage/v1/render/{rest:path}": "transforms no images: ask for the object itself",
    "/storage/v1/object/list/{rest:path}": NO_LIST,
    "/storage/v1/object/list-v2/{rest:path}": NO_LIST,
    "/storage/v1/object/copy": NO_LIST,
    "/storage/v1/object/move": NO_LIST,
    "/storage/v1/bucket": NO_BUCKETS,
    "/storage/v1/bucket/{rest:path}": NO_BUCKETS,
    "/storage/v1/s3/{rest:path}": "has no S3 endpoint: use signed URLs or resumable uploads",
    "/functions/v1/{rest:path}": "runs no Edge Functions",
    "/graphql/v1": "has no GraphQL: read tables over /rest/v1",
    "/realtime/v1/api/{rest:path}": "broadcasts nothing that a client sends: only what the database does",
}
ABSENT_WRITES = {
    "/rest/v1/{table}": "writes no tables, as no role may: call a function, or our own API",
}


def routes() -> list[Route]:
    """They come before the storage: some of these words would else be taken for a bucket's name."""
    writes = [method for method in EVERY if method not in ("GET", "HEAD")]
    return [
        *(Route(path, _answer(what), methods=list(EVERY)) for path, what in ABSENT.items()),
        *(Route(path, _answer(what), methods=writes) for path, what in ABSENT_WRITES.items()),
    ]


def not_here(path: str, status: int, told: str) -> Response:
    """A refusal in the shape of the service that the path belongs to."""
    if path.startswith("/storage/v1"):
        return StorageError(status, "not_here", told, "NotHere").envelope()
    if path.startswith("/auth/v1"):
        return refused(status, "not_here", told).answer()
    if path.startswith("/graphql/v1"):
        return JSONResponse({"errors": [{"message": told}]}, status)
    if path.startswith(("/functions/v1", "/realtime/v1")):
        return JSONResponse({"code": "NOT_HERE", "error": told, "message": told}, status)
    return refusal(status, "PGRST117", told).answer()


def _answer(what: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        await request.body()  # a client that still sends does not see an early answer
        return not_here(request.url.path, REFUSED, f"The local stand-in of Supabase {what}.")

    return answer
