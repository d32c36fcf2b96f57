"""The real Supabase client against the gateway's Auth: accounts, sessions, and tokens that others can verify."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg
import pytest
from supabase import AuthApiError, Client, ClientOptions, create_client
from supabase_auth.errors import AuthWeakPasswordError
from supabase_auth.types import Session, User

from sandbox.laptop.serving import ServerThread
from sandbox.supabase.app import create_app

PASSWORD = "correct horse"


@pytest.fixture
def client(plain_gateway) -> Iterator[Client]:
    with httpx.Client() as http:
        options = {"auto_refresh_token": False, "persist_session": False, "httpx_client": http}
        yield create_client(plain_gateway.url, plain_gateway.settings.publishable_key, ClientOptions(**options))


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


def sign_in(client: Client, email: str, password: str = PASSWORD) -> tuple[User, Session]:
    answer = client.auth.sign_in_with_password({"email": email, "password": password})
    assert answer.user
    assert answer.session
    return answer.user, answer.session


def test_whoever_signs_up_is_signed_in_and_can_sign_in_again(client, email):
    fresh = client.auth.sign_up({"email": email, "password": PASSWORD, "options": {"data": {"name": "Ada"}}})
    user, _ = sign_in(client, email.upper())
    assert fresh.user
    assert fresh.session
    assert user.id == fresh.user.id
    assert user.user_metadata == {"name": "Ada"}
    assert user.last_sign_in_at


def test_the_token_has_supabases_claims_and_proves_itself_by_the_published_key(client, plain_gateway, email):
    client.auth.sign_up({"email": email, "password": PASSWORD})
    token = sign_in(client, email)[1].access_token
    published = httpx.get(f"{plain_gateway.url}/auth/v1/.well-known/jwks.json")
    key = jwt.PyJWKSet.from_dict(published.json())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token, key, algorithms=["ES256"], audience="authenticated", issuer=f"{plain_gateway.url}/auth/v1"
    )
    assert claims["role"] == "authenticated"
    assert claims["email"] == email
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["aal"] == "aal1"
    assert claims["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert claims["is_anonymous"] is False
    assert UUID(claims["sub"])
    assert UUID(claims["session_id"])
    assert published.headers["Cache-Control"] == "public, max-age=600"
    assert client.auth.get_claims(token)["claims"]["sub"] == claims["sub"]


def test_a_wrong_password_and_an_unknown_address_sound_alike(client, email):
    client.auth.sign_up({"email": email, "password": PASSWORD})
    for address in (email, f"not-{email}"):
        with pytest.raises(AuthApiError, match="Invalid login credentials") as refused:
            sign_in(client, address, "wrong horse")
        assert refused.value.code == "invalid_credentials"


def test_an_address_has_one_account(client, email):
    client.auth.sign_up({"email": email, "password": PASSWORD})
    with pytest.raises(AuthApiError) as refused:
        client.auth.sign_up({"email": email.upper(), "password": "another one"})
    assert (refused.value.status, refused.value.code) == (422, "user_already_exists")


def test_a_short_password_is_refused(client, email):
    with pytest.raises(AuthWeakPasswordError):
        client.auth.sign_up({"email": email, "password": "short"})


def test_a_session_can_be_refreshed(client, email):
    before = client.auth.sign_up({"email": email, "password": PASSWORD}).session
    after = client.auth.refresh_session(before.refresh_token).session
    assert after.refresh_token != before.refresh_token
    assert client.auth.get_user(after.access_token).user.email == email


def test_a_refresh_token_that_was_used_long_ago_ends_the_session(client, plain_gateway, email):
    before = client.auth.sign_up({"email": email, "password": PASSWORD}).session
    after = client.auth.refresh_session(before.refresh_token).session
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        connection.execute("update auth.refresh_tokens set updated_at = now() - interval '1 minute'")
    with pytest.raises(AuthApiError, match="Already Used"):
        client.auth.refresh_session(before.refresh_token)
    with pytest.raises(AuthApiError, match="Not Found"):
        client.auth.refresh_session(after.refresh_token)


def test_signing_out_ends_the_session_and_its_token(client, email):
    session = client.auth.sign_up({"email": email, "password": PASSWORD}).session
    client.auth.sign_out()
    with pytest.raises(AuthApiError) as refused:
        client.auth.get_user(session.access_token)
    assert refused.value.code == "session_not_found"
    with pytest.raises(AuthApiError):
        client.auth.refresh_session(session.refresh_token)


def test_a_forged_token_has_no_user(client):
    with pytest.raises(AuthApiError) as refused:
        client.auth.get_user("e30.e30.e30")
    assert (refused.value.status, refused.value.code) == (403, "bad_jwt")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"email":"a\\u0000b@example.com","password":"secret12"}', b"{}"])
def test_a_body_that_makes_no_sense_is_refused(plain_gateway, body):
    headers = {"apikey": plain_gateway.settings.publishable_key}
    reply = httpx.post(f"{plain_gateway.url}/auth/v1/signup", content=body, headers=headers)
    assert reply.status_code in (400, 422)
    assert reply.json()["code"]


def test_passwords_are_stored_as_salted_hashes(client, plain_gateway):
    addresses = [f"{uuid4().hex}@example.com" for _ in range(2)]
    for address in addresses:
        client.auth.sign_up({"email": address, "password": PASSWORD})
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        rows = connection.execute("select encrypted_password from auth.users where email = any (%s)", (addresses,))
        hashes = {stored for (stored,) in rows}
    assert len(hashes) == 2
    assert not any(PASSWORD in stored for stored in hashes)


def test_a_session_can_be_made_to_end_with_its_first_token(email, plain_gateway):
    settings = replace(plain_gateway.settings, access_token_seconds=30, refreshes=False)
    with ServerThread(create_app(settings)) as server, httpx.Client() as http:
        options = {"auto_refresh_token": False, "persist_session": False, "httpx_client": http}
        client = create_client(server.url, settings.publishable_key, ClientOptions(**options))
        session = client.auth.sign_up({"email": email, "password": PASSWORD}).session
        assert session.expires_in == 30
        with pytest.raises(AuthApiError) as refused:
            client.auth.refresh_session(session.refresh_token)
    assert refused.value.code == "refresh_token_not_found"


def test_the_secret_key_reads_and_deletes_any_user_and_no_other_key_does(client, plain_gateway, email):
    session = client.auth.sign_up({"email": email, "password": PASSWORD}).session
    settings = plain_gateway.settings
    secret = {"apikey": settings.secret_key}
    as_user = {"Authorization": f"Bearer {session.access_token}"}
    url = f"{plain_gateway.url}/auth/v1/admin/users/{session.user.id}"
    publishable = {"apikey": settings.publishable_key}
    for headers, status in (({}, 401), (publishable, 403), (publishable | as_user, 403), (secret | as_user, 403)):
        for method in ("GET", "DELETE"):
            assert httpx.request(method, url, headers=headers).status_code == status
    with httpx.Client() as http:
        options = {"auto_refresh_token": False, "persist_session": False, "httpx_client": http}
        admin = create_client(plain_gateway.url, settings.secret_key, ClientOptions(**options)).auth.admin
        assert admin.get_user_by_id(session.user.id).user.email == email
        admin.delete_user(session.user.id)
        for gone in (admin.get_user_by_id, admin.delete_user):
            with pytest.raises(AuthApiError) as refused:
                gone(session.user.id)
            assert (refused.value.status, refused.value.code) == (404, "user_not_found")
    with pytest.raises(AuthApiError):
        client.auth.refresh_session(session.refresh_token)
    client.auth.sign_up({"email": email, "password": "another one"})  # the address is free again
