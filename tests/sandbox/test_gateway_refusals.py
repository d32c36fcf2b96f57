"""What the gateway's REST part refuses, with the status and code of the real service."""

import time
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest

from sandbox.supabase.identity import private_key

VECTORS = Path(__file__).parents[1] / "vectors"
OWNER = str(uuid4())


@pytest.fixture(scope="module")
def project(plain_gateway):
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        for script in ("postgrest.sql", "gateway_rest.sql"):
            connection.execute((VECTORS / script).read_bytes())
    return plain_gateway


@pytest.fixture
def ask(project):
    """A request as the service, unless other headers are given."""
    service = {"apikey": project.settings.secret_key}

    def request(method: str, path: str, headers: dict[str, str] | None = None, **more) -> httpx.Response:
        return httpx.request(
            method, f"{project.url}/rest/v1/{path}", headers=service if headers is None else headers, **more
        )

    return request


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "jobs?select=nope", None, 400, "42703"),
        ("GET", "jobs?nope=eq.1", None, 400, "42703"),
        ("GET", "jobs?n=equals.1", None, 400, "PGRST100"),
        ("GET", "jobs?n=1", None, 400, "PGRST100"),
        ("GET", "jobs?n=is.seven", None, 400, "PGRST100"),
        ("GET", "jobs?n=in.1", None, 400, "PGRST100"),
        ("GET", "jobs?or=()", None, 400, "PGRST100"),
        ("GET", f"jobs?or={'(and' * 2000}(n.eq.1){')' * 2000}", None, 400, "PGRST100"),
        ("GET", "jobs?order=n.sideways", None, 400, "PGRST100"),
        ("GET", "jobs?limit=many", None, 400, "PGRST100"),
        ("GET", "jobs?select=n::text);drop table jobs", None, 400, "PGRST100"),
        ("GET", "jobs?select=...items(id)", None, 400, "PGRST200"),
        ("GET", "jobs?select=items(pos.sum())", None, 400, "PGRST200"),
        ("GET", "jobs?select=items!a!b(id)", None, 400, "PGRST100"),
        ("GET", "jobs?select=items(id", None, 400, "PGRST200"),
        ("GET", "jobs?select=id,items(jobs(nope(id)))", None, 400, "PGRST200"),
        ("GET", "nothing_here?select=items(id)", None, 400, "PGRST200"),
        ("POST", "rpc/claim?select=items(id)", '{"p_id":null,"p_from":"a","p_to":"b"}', 400, "PGRST200"),
        ("GET", "jobs?name=eq.%00", None, 400, "22021"),
        ("GET", "jobs?created_at=gt.yesterday or so", None, 400, "22007"),
        ("POST", "rpc/add2", "{", 400, "PGRST102"),
        ("POST", "rpc/add2", "7", 400, "PGRST102"),
        ("POST", "rpc/write_job", '{"title":"one"}', 409, "23505"),
        ("POST", "rpc/write_job", '{"title":null}', 400, "23502"),
        ("POST", "rpc/write_job", '{"title":"%s"}' % ("x" * 60), 400, "23514"),
        ("POST", "rpc/write_job", '{"title":"a","of_user":"zz"}', 400, "22P02"),
        ("POST", "rpc/write_item", '{"job":"22222222-2222-2222-2222-222222222222"}', 409, "23503"),
        ("POST", "rpc/add2", '{"a":1}', 404, "PGRST202"),
        ("POST", "rpc/add2", '{"a":1,"b":2,"c":3}', 404, "PGRST202"),
        ("POST", "rpc/add2", "[]", 400, "PGRST102"),
        ("POST", "rpc/nothing_here", "{}", 404, "PGRST202"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_its_code(ask, method, path, body, status, code):
    reply = ask(method, path, content=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


@pytest.mark.parametrize("profile", ["auth", "vault", "pg_catalog"])
@pytest.mark.parametrize("request_line", ["GET users", "GET rpc/uid", "POST rpc/uid"])
def test_only_the_public_schema_is_exposed(ask, project, profile, request_line):
    headers = {"apikey": project.settings.secret_key, "Accept-Profile": profile, "Content-Profile": profile}
    reply = ask(*request_line.split(), headers)
    assert (reply.status_code, reply.json()["code"]) == (406, "PGRST106")


def test_a_table_without_a_grant_is_refused_even_to_the_service(ask, project):
    reply = ask("GET", "hidden")
    assert (reply.status_code, reply.json()["code"]) == (403, "42501")
    nameless = ask("GET", "hidden", {"apikey": project.settings.publishable_key})
    assert (nameless.status_code, nameless.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_function_writes_only_what_the_policies_let_its_caller_write(ask, project):
    nameless = {"apikey": project.settings.publishable_key}
    user = nameless | {"Authorization": f"Bearer {project.token(OWNER)}"}
    sentence = 'new row violates row-level security policy for table "jobs"'
    for headers, status in ((nameless, 401), (user, 403)):
        reply = ask("POST", "rpc/write_job", headers, json={"title": "his", "of_user": str(uuid4())})
        assert (reply.status_code, reply.json()["code"], reply.json()["message"]) == (status, "42501", sentence)
    assert ask("POST", "rpc/write_job", user, json={"title": "mine"}).json()[0]["owner"] == OWNER


def test_a_function_may_be_kept_for_the_service(ask, project):
    user = {"apikey": project.settings.publishable_key, "Authorization": f"Bearer {project.token(OWNER)}"}
    assert ask("POST", "rpc/for_the_service_only").json() == 1
    assert ask("POST", "rpc/for_the_service_only", user).json()["code"] == "42501"


def test_without_a_key_nothing_is_answered(ask, project):
    assert ask("GET", "jobs", {}).status_code == 401
    assert ask("GET", "jobs", {"Authorization": f"Bearer {project.token(OWNER)}"}).status_code == 401
    assert ask("GET", "jobs", {"apikey": "sb_publishable_of_another_project"}).json()["message"] == "Invalid API key"


def test_the_secret_key_is_not_for_browsers(ask, project):
    browser = {"apikey": project.settings.secret_key, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    assert ask("GET", "jobs", browser).status_code == 401


def test_a_stolen_secret_in_authorization_does_not_outrank_the_key(ask, project):
    mixed = {
        "apikey": project.settings.publishable_key,
        "Authorization": f"Bearer {project.settings.secret_key}",
    }
    assert ask("POST", "rpc/whoami", mixed).json()["role"] == "anon"


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"exp": int(time.time()) - 3600}, "JWT expired"),
        ({"nbf": int(time.time()) + 3600}, "JWT not yet valid"),
    ],
)
def test_a_token_counts_only_in_its_time(ask, project, claims, sentence):
    key = private_key(project.settings.auth_private_key)
    token = jwt.encode({"sub": OWNER, "role": "authenticated", **claims}, key, algorithm="ES256")
    reply = ask("GET", "jobs", {"apikey": project.settings.publishable_key, "Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.json()["message"]) == (401, sentence)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_of_another_algorithm_proves_nothing(ask, project, algorithm):
    secret = project.settings.url_signing_secret if algorithm == "HS256" else ""
    token = jwt.encode({"sub": OWNER, "role": "service_role"}, secret, algorithm=algorithm)
    reply = ask("GET", "jobs", {"apikey": project.settings.publishable_key, "Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.json()["code"]) == (401, "PGRST301")


@pytest.mark.parametrize("role", ["postgres", "supabase_auth_admin", "authenticator", "nobody_at_all"])
def test_a_token_cannot_name_a_role_beyond_the_three(ask, project, role):
    headers = {
        "apikey": project.settings.publishable_key,
        "Authorization": f"Bearer {project.token(OWNER, role=role)}",
    }
    reply = ask("POST", "rpc/whoami", headers)
    assert reply.status_code in (400, 403)
    assert "user" not in reply.json()


def test_a_role_does_not_outlive_its_request(ask, project):
    user = {"apikey": project.settings.publishable_key, "Authorization": f"Bearer {project.token(OWNER)}"}
    for _ in range(20):  # more than there are connections
        assert ask("POST", "rpc/whoami", user).json()["uid"] == OWNER
        assert ask("POST", "rpc/whoami", {"apikey": project.settings.publishable_key}).json()["uid"] is None
