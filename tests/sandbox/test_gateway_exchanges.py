"""The gateway gives the very answers that PostgREST gave the Supabase client, one after the other."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from sandbox.supabase.settings import GatewaySettings, new_private_key
from sandbox.supabase.user_tokens import access_token

VECTORS = Path(__file__).parents[1] / "vectors"
EXCHANGES = json.loads((VECTORS / "postgrest.json").read_text())["exchanges"]
OWNER = "11111111-1111-1111-1111-111111111111"
FIXED = {"aaaaaaaa-0000-0000-0000-000000000001", OWNER, "22222222-2222-2222-2222-222222222222"}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?\+00(:00)?")


@pytest.fixture(scope="module")
def replies(plain_gateway) -> dict[str, httpx.Response]:
    """Every exchange, played once in the recorded order, because each changes what the next one finds."""
    with psycopg.connect(plain_gateway.database.dsn()) as connection:
        connection.execute((VECTORS / "postgrest.sql").read_bytes())
    with httpx.Client(base_url=plain_gateway.url) as client:
        return {exchange["name"]: play(client, exchange, plain_gateway.settings) for exchange in EXCHANGES}


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange["name"])
def test_the_gateway_answers_as_postgrest_did(exchange, replies):
    reply, recorded = replies[exchange["name"]], exchange["response"]
    assert reply.status_code == recorded["status"]
    assert {name: reply.headers.get(name) for name in recorded["headers"]} == recorded["headers"]
    if "body" in recorded:
        assert normalised(reply.text) == recorded["body"]
    else:
        assert normalised(reply.text).startswith(recorded["body_starts"])


def test_every_recorded_exchange_was_played(replies):
    assert len(replies) == len(EXCHANGES) == 44


def play(client: httpx.Client, exchange: dict, settings: GatewaySettings) -> httpx.Response:
    request = exchange["request"]
    headers = request.get("headers", {}) | dict(identity_of(exchange["as"], settings))
    return client.request(request["method"], request["path"], content=request.get("body"), headers=headers)


def identity_of(who: str, settings: GatewaySettings) -> Iterator[tuple[str, str]]:
    """The two headers that the client sends: the project's key, and the same key or a user's token."""
    key = settings.secret_key if who == "service" else settings.publishable_key
    yield "apiKey", key
    yield "Authorization", "Bearer " + bearer_of(who, key, settings)


def bearer_of(who: str, key: str, settings: GatewaySettings) -> str:
    if who == "user":
        return access_token(settings, OWNER)
    if who == "expired token":
        return access_token(settings, OWNER, now=int(time.time()) - 2 * 3600)
    if who == "forged token":
        stranger = replace(settings, auth_private_key=new_private_key())
        return access_token(stranger, OWNER)
    return "not-a-token" if who == "token of one part" else key


def normalised(text: str) -> str:
    known = UUID.sub(lambda found: found[0] if found[0] in FIXED else "<id>", text)
    return INSTANT.sub("<time>", known)
