"""Webhook signatures: what is accepted, and one sentence per kind of refusal."""

import base64
import hmac
import json
import secrets as random_secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.errors import BadSignature, Unavailable
from croquis.http import signatures

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "webhooks.json").read_text())["vectors"]
NOW = 1_800_000_000
BODY = b'{"id": "abc", "status": "succeeded"}'
KEY = random_secrets.token_bytes(32)
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def signature(message_id: str = "msg_1", timestamp: str = str(NOW), body: bytes = BODY, key: bytes = KEY) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(message_id: str = "msg_1", timestamp: str = str(NOW), signed: str | None = None) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(message_id, timestamp) if signed is None else signed,
    }


def verify(given: dict[str, str], *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,), now: int = NOW) -> str:
    return signatures.verify(given, body, secrets=secrets, now=now)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['id']} {vector['description']}")
def test_every_published_vector_gets_its_answer(vector: dict) -> None:
    """WH-01, WH-03, WH-04, WH-07."""
    given, body = dict(vector["headers"]), base64.b64decode(vector["body_b64"])
    if vector["expect"] == "accept":
        assert signatures.verify(given, body, secrets=vector["secrets"], now=vector["now"]).startswith("msg_")
    else:
        with pytest.raises(BadSignature):
            signatures.verify(given, body, secrets=vector["secrets"], now=vector["now"])


def test_the_message_id_of_a_right_signature_is_returned() -> None:
    assert verify(headers("msg_42")) == "msg_42"


@pytest.mark.parametrize("secrets", [(SECRET,), ("whsec_" + base64.b64encode(bytes(24)).decode(), SECRET)])
def test_old_and_new_secret_are_both_good_during_a_rotation(secrets: tuple[str, ...]) -> None:
    """WH-05."""
    assert verify(headers(), secrets=secrets) == "msg_1"
    assert verify(headers(), secrets=secrets[::-1]) == "msg_1"


def test_malformed_signatures_beside_the_right_one_are_skipped() -> None:
    """WH-04."""
    assert verify(headers(signed=f"v1,!!! v1 , v2,{signature()[3:]} v1,aGk= {signature()} v1,é")) == "msg_1"


def bend_last(text: str) -> str:
    """The same bytes, spelled with padding bits that are not zero."""
    return text[:-2] + chr(ord(text[-2]) + 1) + "="


def longer(text: str) -> str:
    return "v1," + base64.b64encode(base64.b64decode(text[3:]) + b"x").decode()


REFUSED: dict[str, Callable[[], dict[str, str]]] = {
    "a changed body": lambda: headers(signed=signature(body=BODY + b" ")),
    "another sender's secret": lambda: headers(signed=signature(key=bytes(32))),
    "another version than v1": lambda: headers(signed="v9," + signature()[3:]),
    "no version": lambda: headers(signed=signature()[3:]),
    "no signature": lambda: headers(signed=""),
    "a longer signature that begins right": lambda: headers(signed=longer(signature())),
    "a signature that is cut short": lambda: headers(signed=signature()[:-8]),
    "a signature in base64's other spelling": lambda: headers(signed=bend_last(signature())),
    "a timestamp with a sign": lambda: headers(timestamp=f"+{NOW}"),
    "a timestamp with a fraction": lambda: headers(timestamp=f"{NOW}.0"),
    "a timestamp in another script": lambda: headers(timestamp="١٨٠٠٠٠٠٠٠٠"),
    "a timestamp too long to be one": lambda: headers(timestamp="0" * 5000 + str(NOW)),
    "an empty id": lambda: headers(""),
    "an id with a dot": lambda: headers("msg.1"),
    "an id that is not ASCII": lambda: headers("msg_é"),
    "an id that is endless": lambda: headers("m" * 257),
    "more than sixteen signatures": lambda: headers(signed=" ".join([signature()] * 17)),
    "more than four kilobytes of signatures": lambda: headers(signed=signature() + " v1," + "A" * 4096),
    "a header that is there twice": lambda: headers() | {"Webhook-Id": "msg_2"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_is(what: str) -> None:
    """WH-01, WH-03, WH-04: each right in every other way."""
    with pytest.raises(BadSignature):
        verify(REFUSED[what]())


@pytest.mark.parametrize("now", [NOW - 301, NOW + 301])
def test_a_stale_or_future_message_is_refused_with_its_own_code(now: int) -> None:
    """WH-03, WH-13."""
    with pytest.raises(BadSignature) as refusal:
        verify(headers(), now=now)
    assert (refusal.value.status, refusal.value.code) == (401, "stale_signature")


UNUSABLE = {
    "nothing": "",
    "only its prefix": "whsec_",
    "23 bytes": "whsec_" + base64.b64encode(bytes(23)).decode(),
    "not base64": "whsec_not base64!",
    "cut": SECRET[:-1],
}


@pytest.mark.parametrize("secret", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_secret_is_our_fault_and_verifies_nothing(secret: str) -> None:
    """WH-06: not even what was signed with that very key."""
    with pytest.raises(signatures.SecretUnusable) as fault:
        signatures.usable_secrets([secret])
    assert isinstance(fault.value, Unavailable)
    with pytest.raises(BadSignature):
        verify(headers(signed=f"{signature(key=b'')} {signature(key=bytes(23))}"), secrets=(secret,))


def test_one_slip_in_a_rotation_does_not_stop_deliveries() -> None:
    """WH-05."""
    assert signatures.usable_secrets(["whsec_", SECRET + "\n"]) == (KEY,)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The lengths of what is compared in constant time."""
    lengths: list[tuple[int, int]] = []
    compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: lengths.append((len(a), len(b))) or compare(a, b))
    return lengths


def test_each_secret_meets_each_signature_in_constant_time_whichever_is_right(compared: list[tuple[int, int]]) -> None:
    """WH-02: neither == nor a return at the first match, which would tell how much was right, or which secret."""
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    wrong = signature(key=bytes(24) + b"x")
    for signed in (f"{signature()} {wrong} {wrong}", f"{wrong} {wrong} {signature()}"):
        for secrets in ((SECRET, other), (other, SECRET)):
            compared.clear()
            verify(headers(signed=signed), secrets=secrets)
            assert compared == [(32, 32)] * 6


def test_shared_secrets_are_compared_in_constant_time_too(compared: list[tuple[int, int]]) -> None:
    """WH-21."""
    old, new = random_secrets.token_urlsafe(32), random_secrets.token_urlsafe(40)
    for offered in (old, new, "x"):
        compared.clear()
        signatures.same_secret(offered, [old, new])
        assert compared == [(32, 32)] * 2


def test_a_shared_secret_is_known_whichever_of_two_it_is() -> None:
    """WH-21."""
    old, new = random_secrets.token_urlsafe(32), random_secrets.token_urlsafe(32)
    assert all(signatures.same_secret(given, [old, new]) for given in (old, new))


@pytest.mark.parametrize("given", [None, "", "wrong", "\ud800"])
def test_a_wrong_missing_or_short_shared_secret_proves_nothing(given: str | None) -> None:
    """WH-21."""
    assert not signatures.same_secret(given, [random_secrets.token_urlsafe(32), "", "wrong"])


TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())), st.sampled_from([str(NOW), "msg_1", signature(), "v1,"])
)
NAMES = st.one_of(st.sampled_from(["webhook-id", "webhook-timestamp", "Webhook-Signature"]), st.text())


@given(st.dictionaries(NAMES, TEXT), st.binary(), st.lists(TEXT | st.just(SECRET)), st.integers())
def test_whatever_arrives_the_answer_is_a_refusal_and_never_a_crash(
    arbitrary: dict[str, str], body: bytes, secrets: list[str], now: int
) -> None:
    """WH-04, WH-10."""
    with pytest.raises(BadSignature):
        signatures.verify(arbitrary, body, secrets=secrets, now=now)
