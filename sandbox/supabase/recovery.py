"""A new password by mail: the mail is a line of the log `sandbox.mail`, its link is good once and for an hour.

Links lead to pages of this machine alone.
"""

import logging
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from sandbox.supabase import accounts
from sandbox.supabase.accounts import User, refused
from sandbox.supabase.database import Cursor
from sandbox.supabase.refusals import ApiError

MAIL = logging.getLogger("sandbox.mail")
GOOD_SECONDS = 3600
BETWEEN_SECONDS = 60  # two mails to one address
HERE = ("localhost", "127.0.0.1")


def send_mail(cursor: Cursor, issuer: str, wished: Mapping[str, object], redirect_to: str) -> None:
    """A link to set a new password, if there is such an account; ApiError 429 shortly after another one."""
    email, page = accounts.email_of(wished), page_of(redirect_to)
    cursor.execute(
        """
        select id, ceil(extract(epoch from recovery_sent_at + make_interval(secs => %s) - now()))::int
        from auth.users where lower(email) = %s for update
        """,
        (BETWEEN_SECONDS, email),
    )
    for user_id, wait in cursor.fetchall():
        if wait is not None and wait > 0:
            told = f"For security purposes, you can only request this after {wait} seconds."
            raise refused(429, "over_email_send_rate_limit", told)
        token = secrets.token_hex(28)
        cursor.execute(
            "update auth.users set recovery_token = %s, recovery_sent_at = now() where id = %s", (token, user_id)
        )
        link = f"{issuer}/verify?{urlencode({'token': token, 'type': 'recovery', 'redirect_to': page})}"
        MAIL.info("mail to %s, to set a new password: %s", email, link)


def use_token(cursor: Cursor, sent: Mapping[str, object]) -> User:
    """Whose link it is, once; ApiError 403 for one that is old, used or unknown."""
    if sent.get("type") != "recovery" or not isinstance(sent.get("token_hash"), str):
        raise refused(400, "not_here", "The local stand-in of Supabase verifies links of its mails alone.")
    cursor.execute(
        """
        update auth.users set recovery_token = null, last_sign_in_at = now()
        where recovery_token = %s and recovery_sent_at > now() - make_interval(secs => %s) returning id
        """,
        (sent["token_hash"], GOOD_SECONDS),
    )
    found = cursor.fetchone()
    if found is None:
        raise refused(403, "otp_expired", "Email link is invalid or has expired")
    return accounts.get(cursor, found[0])


def page_of(redirect_to: str) -> str:
    """Where a link leads; ApiError 400 when that is not on this machine."""
    address = urlsplit(redirect_to)
    if address.scheme != "http" or address.hostname not in HERE:
        raise refused(400, "validation_failed", "The local stand-in of Supabase leads to pages of this machine alone.")
    return address._replace(fragment="").geturl()


def why_not(error: ApiError) -> dict[str, object]:
    """A refusal as the page is told of it behind the #."""
    told = error.body
    return {"error": "access_denied", "error_code": told["code"], "error_description": told["message"], "sb": ""}


def behind(told: Mapping[str, object]) -> str:
    return "#" + urlencode(told)
