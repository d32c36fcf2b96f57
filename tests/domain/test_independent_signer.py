"""What the library of the Standard Webhooks standard signs is proven by our receiver, whatever the body (WH-01)."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from croquis.errors import BadSignature
from croquis.http import signatures

BODIES = st.one_of(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
    ).map(str),
)
SECRETS = st.binary(min_size=signatures.MIN_SECRET_BYTES, max_size=75).map(
    lambda key: f"whsec_{base64.b64encode(key).decode()}"
)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True)
TIMES = st.integers(0, 4_000_000_000)


def signed(secret: str, message_id: str, time: int, body: str) -> dict[str, str]:
    signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(time, UTC), body)
    return {"webhook-id": message_id, "webhook-timestamp": str(time), "webhook-signature": signature}


@given(SECRETS, IDS, TIMES, BODIES)
def test_what_it_signs_is_proven(secret: str, message_id: str, time: int, body: str) -> None:
    headers = signed(secret, message_id, time, body)
    assert signatures.verify(headers, body.encode(), secrets=[secret], now=time) == message_id


@given(SECRETS, SECRETS, IDS, TIMES, BODIES)
def test_beside_the_secret_that_follows_it_too(secret: str, later: str, message_id: str, time: int, body: str) -> None:
    """WH-05."""
    headers = signed(secret, message_id, time, body)
    assert signatures.verify(headers, body.encode(), secrets=[later, secret], now=time) == message_id


@given(SECRETS, IDS, TIMES, BODIES, st.data())
def test_with_any_one_bit_of_the_body_changed_it_is_not(
    secret: str, message_id: str, time: int, body: str, data: st.DataObject
) -> None:
    changed = bytearray(body.encode() or b"x")
    place = data.draw(st.integers(0, len(changed) * 8 - 1))
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(BadSignature):
        signatures.verify(signed(secret, message_id, time, body), bytes(changed), secrets=[secret], now=time)
