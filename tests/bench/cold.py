"""`python -m bench.cold WHAT …`, in a process of its own: a door, or the naive one, from nothing to its first answer.

Prints the status and seconds of the processor: what answers the door runs on the same machine and is not counted.
Nothing is imported above but what every Python has at its start; what no layer holds (BENCH_ABSENT) is not found.
"""

import os
import sys
from collections.abc import Callable
from time import process_time
from typing import Any


def imported(module: str) -> None:
    __import__(module)


def naive_import() -> None:
    import aws_lambda_powertools  # noqa: F401
    import boto3  # noqa: F401
    import pydantic  # noqa: F401
    import replicate  # noqa: F401
    import supabase  # noqa: F401


def answered(module: str) -> Any:
    """The door's answer to the event on the standard input."""
    handler = __import__(module).handler
    import json

    return handler(json.load(sys.stdin), None)["statusCode"]


def naive_answer() -> Any:
    """Every SDK and client at the top; the token is verified, one table read, the answer validated."""
    naive_import()
    import json

    import boto3
    import jwt
    import supabase

    url, secret = os.environ["SUPABASE_URL"], os.environ["SUPABASE_SECRET"]
    read = boto3.client("secretsmanager").get_secret_value(SecretId=secret)
    boto3.client("stepfunctions")
    database = supabase.create_client(url, json.loads(read["SecretString"])["key"])
    keys = jwt.PyJWKClient(f"{url}/auth/v1/.well-known/jwks.json")

    def rows(token: str) -> Any:
        key = keys.get_signing_key_from_jwt(token)
        owner = jwt.decode(token, key, ["ES256"], audience="authenticated")["sub"]
        query = database.table("lora_training_jobs").select("id, status").eq("owner_id", owner)
        return query.limit(20).execute().data

    return _listed(rows)


def barest_answer() -> Any:
    """The least that gives this answer: of all packages only those that a signed-in read needs, and no code of ours."""
    import httpx
    import jwt
    from postgrest import SyncPostgrestClient

    url, key = os.environ["SUPABASE_URL"], os.environ["SUPABASE_PUBLISHABLE_KEY"]

    def rows(token: str) -> Any:
        with httpx.Client() as http:
            keys = jwt.PyJWKSet.from_dict(http.get(f"{url}/auth/v1/.well-known/jwks.json").json())
            signed_by = keys[jwt.get_unverified_header(token)["kid"]]
            jwt.decode(token, signed_by, ["ES256"], audience="authenticated")
            headers = {"apikey": key, "Authorization": f"Bearer {token}"}
            database = SyncPostgrestClient(f"{url}/rest/v1", headers=headers, http_client=http)
            return database.table("lora_training_jobs").select("id, status").limit(20).execute().data

    return _listed(rows)


def _listed(rows: Callable[[str], Any]) -> Any:
    """The status of a door that lists what `rows` reads for a token."""
    import json

    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
    from pydantic import BaseModel

    class Training(BaseModel):
        id: str
        status: str

    class Trainings(BaseModel):
        trainings: list[Training]

    app = APIGatewayHttpResolver(enable_validation=True)

    @app.get("/v1/trainings")
    def trainings() -> Trainings:
        token = app.current_event.headers["authorization"].removeprefix("Bearer ")
        return Trainings.model_validate({"trainings": rows(token)})

    assert trainings
    context: Any = None
    return app.resolve(json.load(sys.stdin), context)["statusCode"]


def main() -> None:
    """The measured process."""
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(os.environ.get("BENCH_ABSENT", "").split()))  # None: not to be found
    what, *arguments = sys.argv[1:]
    work = {it.__name__: it for it in (imported, naive_import, answered, naive_answer, barest_answer)}[what]
    began = process_time()
    answer = work(*arguments)
    taken = process_time() - began
    print(f"\n{taken} {answer}")


if __name__ == "__main__":
    main()
