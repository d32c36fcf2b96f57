"""The accounts and their sessions as rows of the schema auth. Knows nothing of HTTP but the refusals' words."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from sandbox.supabase.database import Cursor
from sandbox.supabase.passwords import hash_of, matches
from sandbox.supabase.refusals import ApiError

SHORTEST_PASSWORD = 6
REUSE_SECONDS = 10  # a client that lost the answer may show a used refresh token once more
USER = """
    select id, aud, role, email, email_confirmed_at, confirmed_at, last_sign_in_at, raw_app_meta_data,
           raw_user_meta_data, is_anonymous, created_at, updated_at
    from auth.users
"""
User = dict[str, object]


def refused(status: int, code: str, message: str, **more: object) -> ApiError:
    """An ApiError with the body of the Auth API, version 2024-01-01."""
    return ApiError(status, {"code": code, "message": message, **more}, {"X-Supabase-Api-Version": "2024-01-01"})


def user_not_found(status: int = 404) -> ApiError:
    return refused(status, "user_not_found", "User not found")


def create(cursor: Cursor, wished: Mapping[str, object], app_metadata: Mapping[str, object] | None = None) -> User:
    """A new account with a confirmed address; ApiError 422 when the address is taken or the password too short."""
    email = _email(wished)
    password = _password(wished)
    cursor.execute(
        """
        insert into auth.users (email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
        values (%s, %s, now(), %s, %s) on conflict do nothing returning id
        """,
        (
            email,
            hash_of(password),
            Jsonb({"provider": "email", "providers": ["email"], **(app_metadata or {})}),
            Jsonb(wished.get("user_metadata") or wished.get("data") or {}),
        ),
    )
    created = cursor.fetchone()
    if created is None:
        raise refused(422, "user_already_exists", "User already registered")
    return get(cursor, created[0])


def get(cursor: Cursor, user_id: UUID | str) -> User:
    """The account, or ApiError 404."""
    cursor.execute(USER + "where id = %s", (_uuid(user_id),))
    found = cursor.fetchone()
    if found is None:
        raise user_not_found()
    return _shown(found)


def page(cursor: Cursor, number: int, size: int) -> tuple[list[User], int]:
    """The accounts of one page, the first of which is number 1, and how many there are in all."""
    cursor.execute("select count(*) from auth.users")
    ((total,),) = cursor.fetchall()
    cursor.execute(USER + "order by created_at desc, id limit %s offset %s", (size, (number - 1) * size))
    return [_shown(row) for row in cursor.fetchall()], total


def change(cursor: Cursor, user_id: UUID | str, wished: Mapping[str, object], by_admin: bool) -> User:
    """Change address, password or metadata; only an admin may change `app_metadata`, and given keys are merged."""
    get(cursor, user_id)
    email = _email(wished) if wished.get("email") else None
    password = hash_of(_password(wished)) if wished.get("password") else None
    cursor.execute(
        """
        update auth.users set
          email = coalesce(%s, email),
          encrypted_password = coalesce(%s, encrypted_password),
          raw_user_meta_data = raw_user_meta_data || %s,
          raw_app_meta_data = raw_app_meta_data || %s,
          updated_at = now()
        where id = %s
        """,
        (
            email,
            password,
            Jsonb(wished.get("user_metadata") or wished.get("data") or {}),
            Jsonb(wished.get("app_metadata") or {} if by_admin else {}),
            _uuid(user_id),
        ),
    )
    return get(cursor, user_id)


def delete(cursor: Cursor, user_id: UUID | str) -> None:
    """Remove the account and its sessions; ApiError 404 when there is none."""
    cursor.execute("delete from auth.users where id = %s", (_uuid(user_id),))
    if cursor.rowcount == 0:
        raise user_not_found()


def with_password(cursor: Cursor, wished: Mapping[str, object]) -> User:
    """The account of this address and password, or ApiError 400 that does not tell which of the two is wrong."""
    email, password = wished.get("email"), wished.get("password")
    cursor.execute("select id, encrypted_password from auth.users where lower(email) = lower(%s)", (str(email),))
    user_id, stored = cursor.fetchone() or (None, None)
    if not matches(str(password), stored) or user_id is None:
        raise refused(400, "invalid_credentials", "Invalid login credentials")
    cursor.execute("update auth.users set last_sign_in_at = now() where id = %s", (user_id,))
    return get(cursor, user_id)


def open_session(cursor: Cursor, user_id: object) -> str:
    """Begin a session; its id."""
    cursor.execute("insert into auth.sessions (user_id) values (%s) returning id", (user_id,))
    ((session_id,),) = cursor.fetchall()
    return str(session_id)


def refresh_token(cursor: Cursor, user_id: object, session_id: str) -> str:
    """A new refresh token of a session, to be shown once."""
    token = secrets.token_urlsafe(12)
    cursor.execute(
        "insert into auth.refresh_tokens (token, user_id, session_id) values (%s, %s, %s)", (token, user_id, session_id)
    )
    return token


def use_refresh_token(cursor: Cursor, token: str) -> tuple[UUID, str] | None:
    """Use up a refresh token: its user and session.

    None, and the session is over, when it was used before and not just now: then somebody else may hold it.
    """
    cursor.execute(
        """
        select user_id, session_id, revoked and updated_at < now() - make_interval(secs => %s)
        from auth.refresh_tokens where token = %s for update
        """,
        (REUSE_SECONDS, token),
    )
    found = cursor.fetchone()
    if found is None:
        raise refused(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    user_id, session_id, stolen = found
    if stolen:
        cursor.execute("delete from auth.sessions where id = %s", (session_id,))
        return None
    cursor.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = now() where token = %s and not revoked", (token,)
    )
    return user_id, str(session_id)


def close_sessions(cursor: Cursor, user_id: object, session_id: object, scope: str) -> None:
    """End this session (local), the others (others), or all (global)."""
    cursor.execute(
        """
        delete from auth.sessions where user_id = %(user)s and case %(scope)s
          when 'local' then id::text = %(session)s when 'others' then id::text <> %(session)s else true end
        """,
        {"user": user_id, "session": str(session_id), "scope": scope},
    )


def session_is_open(cursor: Cursor, session_id: object) -> bool:
    cursor.execute("select from auth.sessions where id::text = %s", (str(session_id),))
    return cursor.fetchone() is not None


def _email(wished: Mapping[str, object]) -> str:
    email = wished.get("email")
    if not isinstance(email, str) or not email:
        raise refused(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    if email.count("@") != 1 or email.startswith("@") or email.endswith("@") or len(email) > 255:
        raise refused(400, "validation_failed", "Unable to validate email address: invalid format")
    return email.strip().lower()


def _password(wished: Mapping[str, object]) -> str:
    password = wished.get("password")
    if not isinstance(password, str) or len(password) < SHORTEST_PASSWORD:
        sentence = f"Password should be at least {SHORTEST_PASSWORD} characters."
        raise refused(422, "weak_password", sentence, weak_password={"reasons": ["length"]})
    return password


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise refused(404, "validation_failed", "user_id must be an UUID") from None


def _shown(row: tuple) -> User:
    names = (
        "id", "aud", "role", "email", "email_confirmed_at", "confirmed_at", "last_sign_in_at", "app_metadata",
        "user_metadata", "is_anonymous", "created_at", "updated_at",
    )  # fmt: skip
    user = {name: _plain(value) for name, value in zip(names, row, strict=True)}
    return user | {"phone": "", "identities": []}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value
