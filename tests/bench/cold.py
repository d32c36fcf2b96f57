"""`python -m bench.cold WHAT …`, in a process of its own: a door, or the naive one, from nothing to its first answer.

Prints seconds of the processor, so that what answers it (which runs on the same machine) is not counted, and what was
answered. Nothing is imported above that every Python has not imported at its start, but the clock.
"""

import sys
from time import process_time
from typing import Any


def imported(module: str) -> None:
    __import__(module)


def naive_import() -> None:
    import aws_lambda_powertools
    import boto3
    import pydantic
    import replicate
    import supabase

    assert aws_lambda_powertools and boto3 and pydantic and replicate and supabase


def answered(module: str) -> Any:
    """The door's answer to the event on the standard input."""
    handler = __import__(module).handler
    import json

    return handler(json.load(sys.stdin), None)["statusCode"]


def naive_answer() -> Any:
    """As the tutorials have it: every SDK at the top, clients made, the key read, one table read as the user."""
    naive_import()
    import json
    import os

    import boto3
    import supabase
    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

    event = json.load(sys.stdin)
    app = APIGatewayHttpResolver()
    key = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SUPABASE_SECRET"])["SecretString"])
    boto3.client("stepfunctions")
    database = supabase.create_client(os.environ["SUPABASE_URL"], key["key"])

    @app.get("/v1/trainings")
    def trainings() -> Any:
        return database.table("lora_training_jobs").select("*").limit(20).execute().data

    assert trainings
    return app.resolve(event, None)["statusCode"]


def main() -> None:
    """The measured process."""
    what, *arguments = sys.argv[1:]
    work = {it.__name__: it for it in (imported, naive_import, answered, naive_answer)}[what]
    began = process_time()
    answer = work(*arguments)
    taken = process_time() - began
    sys.stdout = sys.__stdout__
    print(f"\n{taken} {answer}")


if __name__ == "__main__":
    main()
