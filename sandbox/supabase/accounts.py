"""The accounts and their sessions as rows of the schema auth, passwords as `scrypt$<salt>$<hash>`.

Knows nothing of HTTP but the refusals' words.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from sandbox.supabase.database import Cursor
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.user_tokens import EMAIL_PROVIDER

SHORTEST_PASSWORD = 6
COST, BLOCK, LANES = 2**13, 8, 1  # of a hash: some 25 ms and 8 MB
REUSE_SECONDS = 10  # a client that lost the answer may show a used refresh token once more
COLUMNS: LiteralString = """
    id, aud, role, email, '' as phone, email_confirmed_at, confirmed_at, last_sign_in_at,
    raw_app_meta_data as app_metadata, raw_user_meta_data as user_metadata, array[]::text[] as identities,
    is_anonymous, created_at, updated_at
"""
User = dict[str, Any]


def refused(status: int, code: str, message: str, **more: object) -> ApiError:
    """An ApiError with the body of the Auth API, version 2024-01-01."""
    return ApiError(status, {"code": code, "message": message, **more}, {"X-Supabase-Api-Version": "2024-01-01"})


def create(cursor: Cursor, wished: Mapping[str, object]) -> User:
    """A new account with a confirmed address; ApiError 422 when the address is taken or the password too short."""
    email, password = email_of(wished), _password(wished)
    cursor.execute(
        f"""
        insert into auth.users (email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
        values (%s, %s, now(), %s, %s) on conflict do nothing returning {COLUMNS}
        """,
        (email, _hash_of(password), Jsonb(EMAIL_PROVIDER), Jsonb(wished.get("data") or {})),
    )
    return _account(cursor, otherwise=refused(422, "user_already_exists", "User already registered"))


def get(cursor: Cursor, user_id: object, *, otherwise: int = 403) -> User:
    """The account, or an ApiError of that status."""
    cursor.execute(f"select {COLUMNS} from auth.users where id::text = %s", (str(user_id),))
    return _account(cursor, otherwise=refused(otherwise, "user_not_found", "User not found"))


def delete(cursor: Cursor, user_id: object) -> None:
    """With its sessions and their refresh tokens; ApiError 404 where there is none."""
    cursor.execute(f"delete from auth.users where id::text = %s returning {COLUMNS}", (str(user_id),))
    _account(cursor, otherwise=refused(404, "user_not_found", "User not found"))


def with_password(cursor: Cursor, wished: Mapping[str, object]) -> User:
    """The account of this address and password, or ApiError 400 that does not tell which of the two is wrong."""
    email, password = wished.get("email"), wished.get("password")
    cursor.execute("select id, encrypted_password from auth.users where lower(email) = lower(%s)", (str(email),))
    user_id, stored = cursor.fetchone() or (None, None)
    if not _matches(str(password), stored) or user_id is None:
        raise refused(400, "invalid_credentials", "Invalid login credentials")
    cursor.execute("update auth.users set last_sign_in_at = now() where id = %s", (user_id,))
    return get(cursor, user_id)


def change_password(cursor: Cursor, user_id: object, wished: Mapping[str, object]) -> None:
    """Another password, which uses up a link to set one; ApiError 422 when it is too short, or the old one."""
    password = _password(wished)
    cursor.execute("select encrypted_password from auth.users where id::text = %s", (str(user_id),))
    ((stored,),) = cursor.fetchall()
    if _matches(password, stored):
        raise refused(422, "same_password", "New password should be different from the old password.")
    cursor.execute(
        """
        update auth.users set encrypted_password = %s, recovery_token = null, recovery_sent_at = null
        where id::text = %s
        """,
        (_hash_of(password), str(user_id)),
    )


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


def email_of(wished: Mapping[str, object]) -> str:
    """The address that was sent, as it is kept; ApiError where it is none."""
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


def _hash_of(password: str) -> str:
    """A fresh salt every time: two equal passwords do not look alike."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _matches(password: str, stored: str | None) -> bool:
    """Whether the password made the stored hash; without a stored one the same work is done, and it is false."""
    kind, salt, digest = (stored or f"none${'00' * 16}${'00' * 64}").split("$")
    return compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest)) and kind == "scrypt"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=COST, r=BLOCK, p=LANES)


def _account(cursor: Cursor, otherwise: ApiError) -> User:
    row, columns = cursor.fetchone(), cursor.description or ()
    if row is None:
        raise otherwise
    return {column.name: _plain(value) for column, value in zip(columns, row, strict=True)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value
