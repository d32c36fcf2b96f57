"""The real Supabase client against the gateway: what it asks, and who may ask it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError
from supabase import Client, ClientOptions, create_client

VECTORS = Path(__file__).parents[1] / "vectors"
ANNA, BERT = str(uuid4()), str(uuid4())


@pytest.fixture(scope="module")
def project(plain_gateway):
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        for script in ("postgrest.sql", "gateway_rest.sql"):
            connection.execute((VECTORS / script).read_bytes())
    return plain_gateway


@pytest.fixture
def client_of(project) -> Iterator[Callable[..., Client]]:
    """A client with a key (the publishable one, if none is named) and a user's token, all over one connection pool."""
    with httpx.Client() as shared:

        def make(key: str = project.settings.publishable_key, user: str | None = None) -> Client:
            token = {"Authorization": f"Bearer {project.token(user)}"} if user else {}
            return create_client(project.url, key, ClientOptions(headers=token, httpx_client=shared))

        yield make


@pytest.fixture
def service(client_of, project) -> Client:
    return client_of(project.settings.secret_key)


@pytest.fixture
def sql(project) -> Callable[..., None]:
    """Runs as superuser, beside the gateway."""

    def run(statement: LiteralString, *values: object) -> None:
        with psycopg.connect(project.database.dsn()) as connection:
            connection.execute(statement, values)

    return run


@pytest.fixture
def numbers(service, sql) -> Client:
    sql("truncate numbers")
    sql("insert into numbers (id, x) select n, n / 10.0 from generate_series(0, 4) n")
    return service


def test_each_user_sees_only_his_own_rows(client_of, service):
    anna, bert = client_of(user=ANNA), client_of(user=BERT)
    (made,) = anna.rpc("write_job", {"title": f"job of {ANNA}"}).execute().data
    assert made["owner"] == ANNA
    assert bert.table("jobs").select("*").execute().data == []
    assert [row["id"] for row in anna.table("jobs").select("id").execute().data] == [made["id"]]
    assert service.table("jobs").select("id").eq("id", made["id"]).execute().data == [{"id": made["id"]}]


def test_a_users_token_counts_even_beside_the_secret_key(client_of, project):
    assert client_of(project.settings.secret_key, ANNA).rpc("whoami").execute().data == {
        "user": "authenticated",
        "uid": ANNA,
        "role": "authenticated",
    }


def test_a_page_of_rows_tells_how_many_there_are(numbers):
    page = numbers.table("numbers").select("id", count="exact").order("id", desc=True).range(1, 2).execute()
    assert [row["id"] for row in page.data] == [3, 2]
    assert page.count == 5


def test_a_page_beyond_the_end_is_refused_when_the_total_is_asked_for(numbers):
    with pytest.raises(APIError) as refused:
        numbers.table("numbers").select("id", count="exact").range(9, 9).execute()
    assert refused.value.code == "PGRST103"


def test_single_and_maybe_single_tell_one_row_from_none(numbers):
    table = numbers.table("numbers")
    assert table.select("id").eq("id", 3).single().execute().data == {"id": 3}
    assert table.select("id").eq("id", 99).maybe_single().execute() is None
    with pytest.raises(APIError, match="multiple"):
        table.select("id").single().execute()


def test_a_single_row_that_was_asked_for_and_not_had_undoes_what_the_function_wrote(numbers):
    with pytest.raises(APIError, match="multiple"):
        numbers.rpc("see_all").single().execute()
    assert numbers.table("numbers").select("id").is_("seen", "true").execute().data == []


def test_columns_can_be_renamed_and_taken_out_of_json(service, sql):
    name = str(uuid4())
    sql("""insert into jobs (name, meta) values (%s, '{"a": {"b": [7, 8]}}')""", name)
    rows = service.table("jobs").select('title:name,"n",meta->a->b->1,deep:meta->a->>b').eq("name", name).execute()
    assert rows.data == [{"title": name, "n": 0, "1": 8, "deep": "[7, 8]"}]


def test_filters_can_be_negated_joined_and_quantified(numbers):
    def ids(query) -> list[int]:
        return [row["id"] for row in query.order("id").execute().data]

    def table():
        return numbers.table("numbers").select("id")

    assert ids(table().not_.in_("id", [1, 2])) == [0, 3, 4]
    assert ids(table().or_("id.eq.1,and(id.gt.2,not.or(id.eq.4,x.is.null))")) == [1, 3]
    assert ids(table().filter("id", "eq(any)", "{1,4}")) == [1, 4]
    assert ids(table().is_("seen", "null")) == []
    assert ids(table().in_("id", [])) == []


@pytest.mark.parametrize("tricky", ['a,b"c', "(x)", "back\\slash", "it's", "%_*", "ü{}"])
def test_a_value_with_any_letter_in_it_is_found_again(service, sql, tricky):
    name = f"{tricky} {uuid4().hex[:8]}"
    sql("insert into jobs (name) values (%s)", name)
    assert len(service.table("jobs").select("id").eq("name", name).execute().data) == 1
    assert len(service.table("jobs").select("id").in_("name", [name, "other"]).execute().data) == 1


def test_numbers_keep_every_digit(numbers, sql, project):
    exact = "12345678901234567890.123456789"
    headers = {"apikey": project.settings.secret_key, "Content-Type": "application/json"}
    url = f"{project.url}/rest/v1"
    assert httpx.post(f"{url}/rpc/same", content=f'{{"x":{exact}}}', headers=headers).text == exact
    sql("insert into numbers (id, x) values (900, %s)", exact)
    assert exact in httpx.get(f"{url}/numbers?id=eq.900", headers=headers).text


def test_the_answer_never_has_more_than_a_thousand_rows(numbers, sql):
    sql("insert into numbers (id) select generate_series(1000, 2099)")
    rows = numbers.table("numbers").select("id", count="exact").gte("id", 1000).limit(5000).execute()
    assert (len(rows.data), rows.count) == (1000, 1100)


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("twice", {"n": 1}, [1, 1]),
        ("pair", {"n": 1}, {"low": 1, "high": 2}),
        ("listed", {"n": 2}, [{"value": 1}, {"value": 2}]),
        ("total", {"numbers": [1, 2, 3]}, 6),
        ("total", {"numbers": [1, 2, 3], "factor": 2}, 12),
    ],
)
def test_a_function_answers_in_the_shape_of_its_result(service, name, arguments, result):
    assert service.rpc(name, arguments).execute().data == result


def test_a_function_without_a_result_answers_with_no_content(project):
    headers = {"apikey": project.settings.secret_key}
    reply = httpx.post(f"{project.url}/rest/v1/rpc/nothing", json={}, headers=headers)
    assert (reply.status_code, reply.content) == (204, b"")


def test_rows_of_a_function_can_be_filtered_ordered_and_counted(service):
    query = service.rpc("listed", {"n": 9}, count="exact").gt("value", 3).order("value", desc=True).limit(2)
    answer = query.execute()
    assert (answer.data, answer.count) == ([{"value": 9}, {"value": 8}], 6)


@pytest.mark.parametrize("call", [{"method": "POST", "url": "sneaky"}, {"method": "GET", "url": "write_number"}])
def test_what_promises_only_to_read_cannot_write(project, call):
    headers = {"apikey": project.settings.secret_key}
    reply = httpx.request(call["method"], f"{project.url}/rest/v1/rpc/{call['url']}", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (405, "25006")


def test_a_page_of_another_origin_may_call(project):
    origin = {"Origin": "http://127.0.0.1:5173", "Access-Control-Request-Method": "POST"}
    asked = {"Access-Control-Request-Headers": "apikey,authorization,x-client-info"}
    preflight = httpx.options(f"{project.url}/rest/v1/jobs", headers=origin | asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "apikey" in preflight.headers["Access-Control-Allow-Headers"]
