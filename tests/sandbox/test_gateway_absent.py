"""What the stand-in does not do: the real clients raise their own errors, which say so."""

from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError
from storage3.exceptions import StorageApiError
from supabase import Client, ClientOptions, create_client
from supabase_auth.errors import AuthApiError
from supabase_functions.errors import FunctionsHttpError

STAND_IN = "The local stand-in of Supabase "
TRANSFORM = {"transform": {"width": 100}}


@pytest.fixture(scope="module")
def client(plain_gateway) -> Iterator[Client]:
    """Of a user who has signed in."""
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        connection.execute("insert into storage.buckets (id, name) values ('docs', 'docs')")
        connection.execute("insert into storage.objects (bucket_id, name) values ('docs', 'a.png')")
        connection.execute("create policy p on storage.objects for select to authenticated using (true)")
        connection.execute("create table things (id int); grant select on things to authenticated")
    with httpx.Client() as shared:
        options = ClientOptions(httpx_client=shared, auto_refresh_token=False)
        client = create_client(plain_gateway.url, plain_gateway.settings.publishable_key, options)
        client.auth.sign_up({"email": "maya@example.com", "password": "a-password"})
        yield client


AUTH: dict[str, Callable[[Client], object]] = {
    "a one-time code": lambda it: it.auth.sign_in_with_otp({"email": "maya@example.com"}),
    "a code to verify": lambda it: it.auth.verify_otp({"email": "maya@example.com", "token": "1", "type": "email"}),
    "another mail": lambda it: it.auth.resend({"type": "signup", "email": "maya@example.com"}),
    "single sign-on": lambda it: it.auth.sign_in_with_sso({"domain": "example.com"}),
    "another address": lambda it: it.auth.update_user({"email": "noor@example.com"}),
    "a second factor": lambda it: it.auth.mfa.enroll({"factor_type": "totp", "friendly_name": "x"}),
    "the list of accounts": lambda it: it.auth.admin.list_users(),
}
STORAGE: dict[str, Callable[[Client], object]] = {
    "a link to a smaller picture": lambda it: it.storage.from_("docs").create_signed_url("a.png", 60, TRANSFORM),
    "a smaller picture": lambda it: it.storage.from_("docs").download("a.png", TRANSFORM),
    "a list": lambda it: it.storage.from_("docs").list(),
    "a copy": lambda it: it.storage.from_("docs").copy("a.png", "b.png"),
    "a move": lambda it: it.storage.from_("docs").move("a.png", "b.png"),
    "the list of buckets": lambda it: it.storage.list_buckets(),
    "a bucket": lambda it: it.storage.create_bucket("more"),
    "an empty bucket": lambda it: it.storage.empty_bucket("docs"),
}
TABLES: dict[str, Callable[[Client], object]] = {
    "a row": lambda it: it.table("things").insert({"id": 1}).execute(),
    "another value": lambda it: it.table("things").update({"id": 2}).eq("id", 1).execute(),
    "a deletion": lambda it: it.table("things").delete().eq("id", 1).execute(),
}


@pytest.mark.parametrize("wish", AUTH)
def test_auth_refuses_what_it_does_not_do_and_says_so(client, wish):
    with pytest.raises(AuthApiError, match=STAND_IN) as refused:
        AUTH[wish](client)
    assert refused.value.code == "not_here"


@pytest.mark.parametrize("wish", STORAGE)
def test_storage_refuses_what_it_does_not_do_and_says_so(client, wish):
    with pytest.raises(StorageApiError, match=STAND_IN):
        STORAGE[wish](client)


@pytest.mark.parametrize("wish", TABLES)
def test_tables_are_not_written_and_the_answer_says_so(client, wish):
    with pytest.raises(APIError, match=STAND_IN):
        TABLES[wish](client)


def test_rows_come_as_json_only_and_never_as_something_else_in_its_name(client):
    for query in (client.table("things").select("*").csv(), client.table("things").select("*").explain()):
        with pytest.raises(APIError, match="None of these media types are available") as refused:
            query.execute()
        assert refused.value.code == "PGRST107"
        assert "application/json only" in str(refused.value.details)


def test_no_function_runs_and_the_answer_says_so(client):
    with pytest.raises(FunctionsHttpError, match=STAND_IN):
        client.functions.invoke("hello")


@pytest.mark.parametrize("path", ["auth/v1/authorize?provider=github", "graphql/v1", "realtime/v1/api/broadcast"])
def test_what_a_page_asks_without_a_client_is_refused_in_words(plain_gateway, path):
    answer = httpx.get(f"{plain_gateway.url}/{path}")
    assert answer.status_code == 400
    assert STAND_IN in answer.text


@pytest.mark.parametrize(
    "line",
    [
        "GET storage/v1/vector/x",
        "PUT storage/v1/object/docs/a.txt",
        "GET auth/v1/saml/metadata",
        "GET rest/v1/",
        "GET x",
    ],
)
def test_whatever_else_is_asked_gets_the_shape_of_its_service(plain_gateway, line):
    method, path = line.split()
    answer = httpx.request(method, f"{plain_gateway.url}/{path}")
    assert answer.status_code in ((400,) if path.startswith("storage") else (404, 405))
    assert answer.json()["message"] == f"{method} /{path} is not part of the local stand-in of Supabase."
    assert answer.json()["code"]
