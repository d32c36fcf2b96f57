"""The door of the provider's webhooks: true events a second, how soon it answers, and in a flood of forged ones.

The door beside it verifies with the `standardwebhooks` library and does one insert, over the same Data API.
"""

import base64
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import median
from typing import Any

import httpx
from doors.replicate import body, signed
from scenes import in_review
from standardwebhooks.webhooks import Webhook
from studio import Studio, invoke

from bench.row import Row
from bench.stand import Functions, functions, stand
from bench.turns import in_turns, row

ROUNDS, EVENTS = 9, 20
ACKNOWLEDGED = 300
COLD = 5
FLOOD_SECONDS = float(os.environ.get("FLOOD_SECONDS") or 15)  # WH-22 says 60
FORGED_A_SECOND = 200
TABLE = """
create table public.bench_inbox (id text primary key, body text not null);
create function public.bench_insert(id text, body text) returns void language sql
  as 'insert into public.bench_inbox values (id, body) on conflict do nothing';
grant insert, select on public.bench_inbox to service_role;
grant execute on function public.bench_insert to service_role;
"""


def rows() -> Iterator[Row]:
    with stand() as studio, functions(studio) as deployed:
        user = studio.user()
        job = in_review(user)
        [known] = studio.rows(
            "select a.marker, a.provider_id from provider_attempts a join training_runs r on r.id = a.run_id"
            " where r.job_id = %s",
            job,
        )
        event = _event_maker(studio, known["marker"], known["provider_id"])
        yield _throughput(studio, event)
        yield from _acknowledgements(studio, deployed, event)
        yield from _flood(studio, event)


def _event_maker(studio: Studio, marker: str, provider_id: str) -> Callable[[], Any]:
    data, secret = body("succeeded", provider_id), studio.twin.settings.webhook_secret
    return lambda: signed(data, secret=secret, marker=marker)


def _throughput(studio: Studio, event: Callable[[], Any]) -> Row:
    studio.rows(TABLE)
    gateway, key = studio.gateway.url, studio.gateway.settings.secret_key
    signature = Webhook(studio.twin.settings.webhook_secret)
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"{gateway}/rest/v1", headers=headers, timeout=30) as http:

        def plain(found: Any) -> int:
            data = base64.b64decode(found["body"]).decode()
            signature.verify(data, found["headers"])
            given = {"id": found["headers"]["webhook-id"], "body": data}
            return 200 if http.post("/rpc/bench_insert", json=given).is_success else 503

        def seconds_of(door: Callable[[Any], int]) -> float:
            events = [event() for _ in range(EVENTS)]
            began = time.perf_counter()
            statuses = {door(it) for it in events}
            assert statuses == {200}, statuses
            return (time.perf_counter() - began) / EVENTS

        def ours(found: Any) -> int:
            return invoke("ReplicateWebhook", found)["statusCode"]

        for door in (ours, plain):
            seconds_of(door)  # it has its connections
        found = in_turns(lambda: seconds_of(ours), lambda: seconds_of(plain), ROUNDS)
    return row(
        "webhooks a second / a door with standardwebhooks and one insert", found, at_least=0.7, detail="of one event"
    )


def _acknowledgements(studio: Studio, deployed: Functions, event: Callable[[], Any]) -> Iterator[Row]:
    with httpx.Client(base_url=studio.api_url, timeout=30) as http:
        taken = sorted(_sent(http, event()) for _ in range(ACKNOWLEDGED))
    cold = [_cold(deployed, event()) for _ in range(COLD)]
    p99 = taken[round(0.99 * len(taken)) - 1]
    yield Row("a webhook is acknowledged: p99, warm", p99, " s", at_most=2, ours=f"median {median(taken):.3f} s")
    yield Row("a webhook is acknowledged cold: the slowest, from an empty process", max(cold), " s", at_most=5)


def _cold(deployed: Functions, event: Any) -> float:
    began = time.perf_counter()
    printed = deployed.run("ReplicateWebhook", ["-m", "bench.cold", "answered", "replicate_webhook"], json.dumps(event))
    assert printed.split()[-1] == "200", printed
    return time.perf_counter() - began


def _flood(studio: Studio, event: Callable[[], Any]) -> Iterator[Row]:
    over, forged = threading.Event(), count()
    began = time.monotonic()

    def forge(http: httpx.Client) -> None:
        false = event()
        false["headers"]["webhook-signature"] = "v1," + base64.b64encode(secrets.token_bytes(32)).decode()
        while not over.is_set():
            ahead = began + next(forged) / FORGED_A_SECOND - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            assert _answer(http, false) == 401

    limits = httpx.Limits(max_connections=20)
    with httpx.Client(base_url=studio.api_url, timeout=60, limits=limits) as http, ThreadPoolExecutor(8) as pool:
        forgers = [pool.submit(forge, http) for _ in range(8)]
        true: list[float] = []
        while time.monotonic() < began + FLOOD_SECONDS:
            true.append(_sent(http, event()))
            time.sleep(1)
        lasted = time.monotonic() - began
        over.set()
        for it in forgers:
            it.result()
    rate = next(forged) / lasted
    yield Row(
        "a true webhook in a flood of forged ones: the slowest",
        max(true),
        " s",
        at_most=10,
        detail=f"{rate:.0f} forged ones a second for {lasted:.0f} s, {len(true)} true ones",
    )


def _sent(http: httpx.Client, event: Any) -> float:
    began = time.perf_counter()
    assert _answer(http, event) == 200
    return time.perf_counter() - began


def _answer(http: httpx.Client, event: Any) -> int:
    headers = {name: value for name, value in event["headers"].items() if name.startswith("webhook-")}
    headers["content-type"] = "application/json"
    return http.post(event["rawPath"], content=base64.b64decode(event["body"]), headers=headers).status_code
