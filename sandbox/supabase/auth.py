"""The routes under /auth/v1: accounts with a password, sessions, and the keys that prove their tokens.

Every address counts as confirmed at once: the one mail is that of a new password.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.supabase import accounts, recovery
from sandbox.supabase.accounts import User, refused
from sandbox.supabase.database import Cursor, Database
from sandbox.supabase.identity import claims_of, key_role, verified
from sandbox.supabase.refusals import ApiError, json_object
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.user_tokens import access_token, jwks

PUBLIC = {"Cache-Control": "public, max-age=600"}
CHANGED = {"password", "code_challenge", "code_challenge_method"}  # clients send the latter two along, and empty


@dataclass(frozen=True)
class Question:
    """A request to Auth, read once: the parts that its answers depend on."""

    settings: GatewaySettings
    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, object]


Answerer = Callable[[Question, Cursor], Response]


def routes(settings: GatewaySettings, database: Database) -> list[Route]:
    """/auth/v1: signing up, in and out, the user, a new password, the key, and for the secret key any user."""

    def route(path: str, method: str, answerer: Answerer, *, public: bool = False) -> Route:
        async def serve(request: Request) -> Response:
            no_object = refused(400, "bad_json", "Could not parse request body as JSON")
            body = json_object(await request.body(), no_object)
            question = Question(settings, request.headers, request.path_params, request.query_params, body)
            if not public:
                key_role(question.headers, settings)
            return await run_in_threadpool(_answered, answerer, question)

        return Route(f"/auth/v1{path}", serve, methods=[method])

    def _answered(answerer: Answerer, question: Question) -> Response:
        try:
            with database.as_auth_admin() as cursor:
                return answerer(question, cursor)
        except psycopg.DataError:
            raise refused(400, "validation_failed", "Postgres cannot store this text") from None
        except psycopg.Error as error:
            raise refused(500, "unexpected_failure", f"Database error: {type(error).__name__}") from error

    return [
        Route("/auth/v1/.well-known/jwks.json", lambda _: JSONResponse(jwks(settings), headers=PUBLIC)),
        Route("/auth/v1/.well-known/openid-configuration", lambda _: JSONResponse(discovery(settings), headers=PUBLIC)),
        route("/settings", "GET", read_settings),
        route("/signup", "POST", sign_up),
        route("/token", "POST", token),
        route("/logout", "POST", sign_out),
        route("/user", "GET", read_user),
        route("/user", "PUT", change_user),
        route("/admin/users/{user_id}", "GET", read_any_user),
        route("/admin/users/{user_id}", "DELETE", delete_user),
        route("/recover", "POST", recover),
        route("/verify", "POST", verify),
        route("/verify", "GET", follow_link, public=True),
    ]


def discovery(settings: GatewaySettings) -> dict[str, str]:
    """Who issues tokens here, and where their key is."""
    return {"issuer": settings.issuer, "jwks_uri": f"{settings.issuer}/.well-known/jwks.json"}


def read_settings(_question: Question, _cursor: Cursor) -> Response:
    return JSONResponse({"external": {"email": True}, "disable_signup": False, "mailer_autoconfirm": True})


def sign_up(question: Question, cursor: Cursor) -> Response:
    return _session(question.settings, cursor, accounts.create(cursor, question.body))


def token(question: Question, cursor: Cursor) -> Response:
    grant = question.query.get("grant_type")
    if grant == "password":
        return _session(question.settings, cursor, accounts.with_password(cursor, question.body))
    if grant != "refresh_token":
        raise refused(400, "invalid_request", "unsupported_grant_type: the local stand-in takes passwords only")
    if not question.settings.refreshes:
        raise refused(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    used = accounts.use_refresh_token(cursor, str(question.body.get("refresh_token", "")))
    if used is None:
        cursor.connection.commit()  # the refusal must not bring the ended session back
        raise refused(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
    user_id, session_id = used
    return _session(question.settings, cursor, accounts.get(cursor, user_id), session_id)


def sign_out(question: Question, cursor: Cursor) -> Response:
    claims = _signed_in(question, cursor)
    accounts.close_sessions(cursor, claims["sub"], claims.get("session_id"), question.query.get("scope", "global"))
    return Response(status_code=204)


def read_user(question: Question, cursor: Cursor) -> Response:
    return JSONResponse(accounts.get(cursor, _signed_in(question, cursor)["sub"]))


def change_user(question: Question, cursor: Cursor) -> Response:
    """Another password, and nothing else: what a recovery ends with."""
    claims = _signed_in(question, cursor)
    if set(question.body) - CHANGED:
        raise refused(400, "not_here", "The local stand-in of Supabase changes nothing of an account but its password.")
    accounts.change_password(cursor, claims["sub"], question.body)
    accounts.close_sessions(cursor, claims["sub"], claims.get("session_id"), "others")
    return JSONResponse(accounts.get(cursor, claims["sub"]))


def read_any_user(question: Question, cursor: Cursor) -> Response:
    _need_secret_key(question)
    return JSONResponse(accounts.get(cursor, question.path["user_id"], otherwise=404))


def delete_user(question: Question, cursor: Cursor) -> Response:
    _need_secret_key(question)
    accounts.delete(cursor, question.path["user_id"])
    return JSONResponse({})


def recover(question: Question, cursor: Cursor) -> Response:
    """The same answer whether or not there is such an account."""
    recovery.send_mail(cursor, question.settings.issuer, question.body, question.query.get("redirect_to", ""))
    return JSONResponse({})


def verify(question: Question, cursor: Cursor) -> Response:
    return _session(question.settings, cursor, recovery.use_token(cursor, question.body))


def follow_link(question: Question, cursor: Cursor) -> Response:
    """The link of a mail: on to the page, with a session, or why there is none, behind the #."""
    page = recovery.page_of(question.query.get("redirect_to", ""))
    try:
        user = recovery.use_token(cursor, {**question.query, "token_hash": question.query.get("token")})
    except ApiError as error:
        return RedirectResponse(page + recovery.behind(recovery.why_not(error)), 303)
    tokens = _tokens(question.settings, cursor, user)
    return RedirectResponse(page + recovery.behind({**tokens, "type": "recovery"}), 303)


def _session(settings: GatewaySettings, cursor: Cursor, user: User, session_id: str = "") -> Response:
    """A new pair of tokens, of a new session unless one is named."""
    return JSONResponse({**_tokens(settings, cursor, user, session_id), "user": user})


def _tokens(settings: GatewaySettings, cursor: Cursor, user: User, session_id: str = "") -> dict[str, object]:
    session_id = session_id or accounts.open_session(cursor, user["id"])
    now = int(time.time())
    signed = access_token(
        settings, user["id"], user["email"], session_id=session_id, role=user["role"], now=now,
        app_metadata=user["app_metadata"], user_metadata=user["user_metadata"],
    )  # fmt: skip
    return {
        "access_token": signed,
        "token_type": "bearer",
        "expires_in": settings.access_token_seconds,
        "expires_at": now + settings.access_token_seconds,
        "refresh_token": accounts.refresh_token(cursor, user["id"], session_id),
    }


def _need_secret_key(question: Question) -> None:
    """A user's token beside the key makes the request that user's, as elsewhere."""
    try:
        role = claims_of(question.headers, question.settings)["role"]
    except ApiError as error:
        raise refused(403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {error}") from error
    if role != "service_role":
        raise refused(403, "not_admin", "User not allowed")


def _signed_in(question: Question, cursor: Cursor) -> dict[str, object]:
    """The claims of the user's token, as long as its session is open."""
    scheme, _, given = question.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or given.startswith("sb_"):
        raise refused(401, "no_authorization", "This endpoint requires a valid Bearer token")
    try:
        claims = verified(given, question.settings)
    except ApiError as error:
        raise refused(403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {error}") from error
    if "sub" not in claims:
        raise refused(403, "bad_jwt", "invalid claim: missing sub claim")
    if claims.get("session_id") and not accounts.session_is_open(cursor, claims["session_id"]):
        raise refused(403, "session_not_found", "Session from session_id claim in JWT does not exist")
    return claims
