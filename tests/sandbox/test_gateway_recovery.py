"""The real Supabase client against the gateway's way to a new password: a mail, its link, another password."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from supabase import AuthApiError, Client, ClientOptions, create_client
from supabase_auth.errors import AuthError

from sandbox.laptop.log_view import shown_requests

PAGE = "http://127.0.0.1:5173/new-password"


@pytest.fixture
def mails() -> Iterator[list[str]]:
    shown: list[str] = []
    with shown_requests(shown.append):
        yield shown


@pytest.fixture
def client(plain_gateway) -> Iterator[Client]:
    with httpx.Client() as http:
        options = {"auto_refresh_token": False, "persist_session": False, "httpx_client": http}
        yield create_client(plain_gateway.url, plain_gateway.settings.publishable_key, ClientOptions(**options))


@pytest.fixture
def email(client) -> str:
    address = f"{uuid4().hex}@example.com"
    client.auth.sign_up({"email": address, "password": "forgotten"})
    client.auth.sign_out()
    return address


def followed(mail: str) -> dict[str, list[str]]:
    answer = httpx.get(mail.split()[-1])
    assert answer.status_code == 303
    to = urlsplit(answer.headers["location"])
    assert to._replace(fragment="").geturl() == PAGE
    return parse_qs(to.fragment)


def test_the_link_of_the_mail_brings_a_session_once_and_with_it_another_password(client, email, mails):
    other = client.auth.sign_in_with_password({"email": email, "password": "forgotten"}).session
    client.auth.reset_password_for_email(email.upper(), {"redirect_to": PAGE})
    assert email in mails[0]
    told = followed(mails[0])
    assert told["type"] == ["recovery"]
    assert followed(mails[0])["error_code"] == ["otp_expired"]
    client.auth.set_session(told["access_token"][0], told["refresh_token"][0])
    for refused_password, code in (("short", "weak_password"), ("forgotten", "same_password")):
        with pytest.raises(AuthError) as refused:
            client.auth.update_user({"password": refused_password})
        assert refused.value.code == code
    client.auth.update_user({"password": "remembered"})
    with pytest.raises(AuthApiError, match="Session from session_id"):
        client.auth.get_user(other.access_token)  # whoever else was signed in with the old one
    assert client.auth.sign_in_with_password({"email": email, "password": "remembered"}).user


def test_an_old_link_is_not_good_any_more(client, plain_gateway, email, mails):
    client.auth.reset_password_for_email(email, {"redirect_to": PAGE})
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        connection.execute("update auth.users set recovery_sent_at = now() - interval '61 minutes'")
    assert followed(mails[0])["error_description"] == ["Email link is invalid or has expired"]


def test_nobody_learns_whether_there_is_an_account_and_mails_come_a_minute_apart(client, email, mails):
    client.auth.reset_password_for_email(f"not-{email}", {"redirect_to": PAGE})
    assert mails == []
    client.auth.reset_password_for_email(email, {"redirect_to": PAGE})
    with pytest.raises(AuthApiError, match=r"only request this after \d+ seconds") as refused:
        client.auth.reset_password_for_email(email, {"redirect_to": PAGE})
    assert refused.value.code == "over_email_send_rate_limit"


def test_a_link_leads_to_no_other_machine(client, email, mails):
    for elsewhere in ("https://example.com/new-password", "http://127.0.0.1.example.com/", ""):
        with pytest.raises(AuthApiError, match="pages of this machine alone"):
            client.auth.reset_password_for_email(email, {"redirect_to": elsewhere})
    assert mails == []
