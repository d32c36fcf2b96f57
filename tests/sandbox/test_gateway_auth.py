"""The real Supabase client against the gateway's Auth: accounts, sessions, and tokens that others can verify."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg
import pytest
from supabase import AuthApiError, Client, ClientOptions, create_client
from supabase_auth.errors import AuthWeakPasswordError
from supabase_auth.types import Session, User

PASSWORD = "correct horse"


@pytest.fixture
def client_of(plain_gateway) -> Iterator[Callable[[str], Client]]:
    """A client of its own with this key; they must not share a session."""
    with httpx.Client() as shared:
        options = {"auto_refresh_token": False, "persist_session": False, "httpx_client": shared}
        yield lambda key: create_client(plain_gateway.url, key, ClientOptions(**options))


@pytest.fixture
def client(client_of, plain_gateway) -> Client:
    return client_of(plain_gateway.settings.publishable_key)


@pytest.fixture
def admin(client_of, plain_gateway):
    return client_of(plain_gateway.settings.secret_key).auth.admin


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


def test_the_discovery_document_names_issuer_and_keys(plain_gateway):
    told = httpx.get(f"{plain_gateway.url}/auth/v1/.well-known/openid-configuration").json()
    assert told["issuer"] == plain_gateway.settings.issuer
    assert told["jwks_uri"] == f"{plain_gateway.settings.issuer}/.well-known/jwks.json"


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


def test_a_user_may_change_his_password_but_not_his_app_metadata(client, client_of, plain_gateway, email):
    client.auth.sign_up({"email": email, "password": PASSWORD})
    client.auth.update_user({"password": "another horse", "data": {"name": "Ada"}, "app_metadata": {"admin": True}})
    user, _ = sign_in(client_of(plain_gateway.settings.publishable_key), email, "another horse")
    assert user.user_metadata == {"name": "Ada"}
    assert "admin" not in user.app_metadata


def test_the_admin_makes_finds_changes_and_deletes_users(admin, client, email):
    wished = {"email": email, "password": PASSWORD, "email_confirm": True, "app_metadata": {"tenant": "t1"}}
    user = admin.create_user(wished).user
    assert user.app_metadata == {"provider": "email", "providers": ["email"], "tenant": "t1"}
    assert admin.get_user_by_id(user.id).user.email == email
    assert user.id in [listed.id for listed in admin.list_users()]
    assert admin.update_user_by_id(user.id, {"app_metadata": {"tenant": "t2"}}).user.app_metadata["tenant"] == "t2"
    assert sign_in(client, email)[0].id == user.id
    admin.delete_user(user.id)
    with pytest.raises(AuthApiError) as refused:
        admin.get_user_by_id(user.id)
    assert refused.value.status == 404


def test_the_list_of_users_comes_in_pages(admin):
    for _ in range(3):
        admin.create_user({"email": f"{uuid4().hex}@example.com", "password": PASSWORD})
    first, second = admin.list_users(page=1, per_page=2), admin.list_users(page=2, per_page=2)
    assert len(first) == 2
    assert {user.id for user in first}.isdisjoint(user.id for user in second)


def test_only_the_service_is_an_admin(client, email):
    client.auth.sign_up({"email": email, "password": PASSWORD})
    for call in (client.auth.admin.list_users, lambda: client.auth.admin.delete_user(str(uuid4()))):
        with pytest.raises(AuthApiError) as refused:
            call()
        assert (refused.value.status, refused.value.code) == (403, "not_admin")


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
