"""Access tokens: whose are they, and which are refused?"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from croquis.errors import NotSignedIn
from croquis.http import tokens

PUBLISHED = json.loads((Path(__file__).parents[1] / "vectors" / "jwt.json").read_text())
NOW = 1_800_000_000
ISSUER = "https://project.example/auth/v1"
USER = "123e4567-e89b-12d3-a456-426614174000"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
SHORT_RSA_KEY = rsa.generate_private_key(65537, 1024)


def public(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, kid: str) -> dict:
    name = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    algorithm = jwt.get_algorithm_by_name(name)
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid, "alg": name, "use": "sig"}


JWKS = {"keys": [public(EC_KEY, "ec"), public(RSA_KEY, "rsa"), public(SHORT_RSA_KEY, "short"), {"kid": "broken"}]}
JWKS["keys"] += [public(RSA_KEY, "for RS512") | {"alg": "RS512"}, public(RSA_KEY, "for secrets") | {"use": "enc"}]
CLAIMS = {"iss": ISSUER, "aud": "authenticated", "exp": NOW + 60, "iat": NOW, "sub": USER, "role": "authenticated"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(claims: Mapping[str, object] = CLAIMS, *, key: object = EC_KEY, **header: object) -> str:
    """Signed by hand, because the library refuses to write much of what must be refused."""
    header = {"alg": "ES256", "kid": "ec"} | header
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    algorithm = jwt.get_algorithm_by_name("RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256")
    return f"Bearer {signed}.{b64(algorithm.sign(signed.encode(), key))}"


def signed(claims: str | bytes, header: str = '{"alg": "ES256", "kid": "ec"}') -> str:
    """The very texts, signed rightly."""
    parts = [part if isinstance(part, bytes) else part.encode() for part in (header, claims)]
    text = ".".join(b64(part) for part in parts)
    return f"Bearer {text}.{b64(jwt.get_algorithm_by_name('ES256').sign(text.encode(), EC_KEY))}"


TEXT = json.dumps(CLAIMS)


def owner(authorization: str | None, *, now: int = NOW) -> str:
    return tokens.owner(authorization, jwks=JWKS, issuer=ISSUER, now=now)


@pytest.mark.parametrize("vector", PUBLISHED["vectors"], ids=lambda vector: f"{vector['id']} {vector['description']}")
def test_every_published_vector_gets_its_answer(vector: dict) -> None:
    """AS-01, AS-02."""
    trusted = {"jwks": PUBLISHED["jwks"], "issuer": PUBLISHED["issuer"], "now": PUBLISHED["now"]}
    if vector["expect"] == "accept":
        assert tokens.owner(vector["authorization"], **trusted) == PUBLISHED["user_id"]
    else:
        with pytest.raises(NotSignedIn):
            tokens.owner(vector["authorization"], **trusted)


@pytest.mark.parametrize(
    "given",
    [
        token(),
        token().replace("Bearer", "bearer"),
        token(key=RSA_KEY, alg="RS256", kid="rsa"),
        token(CLAIMS | {"is_anonymous": False, "exp": NOW + 7 * 24 * 3600}),
        signed(TEXT),
    ],
)
def test_a_user_s_token_names_its_owner(given: str) -> None:
    assert owner(given) == USER


REFUSED = {
    "no header": None,
    "an empty header": "",
    "another scheme": token().replace("Bearer", "Basic"),
    "two headers joined into one": f"{token()},{token()}",
    "a token that is not ASCII": token() + "é",
    "a surrogate": "Bearer \ud800.a.b",
    "two segments": token().rpartition(".")[0],
    "a changed claim": ".".join([token().split(".")[0], token(CLAIMS | {"sub": USER[::-1]}).split(".")[1], "AAAA"]),
    "another's key": token(key=ec.generate_private_key(ec.SECP256R1())),
    "a short RSA key": token(key=SHORT_RSA_KEY, alg="RS256", kid="short"),
    "a key of the set that is broken": token(kid="broken"),
    "no key id": token(kid=None),
    "a key id that is no text": token(kid=["ec"]),
    "an algorithm that is not the key's": token(key=RSA_KEY, alg="RS256", kid="ec"),
    "an algorithm that its key is not for": token(key=RSA_KEY, alg="RS256", kid="for RS512"),
    "an algorithm that we do not take": token(key=RSA_KEY, alg="RS512", kid="for RS512"),
    "a key that is not for signing": token(key=RSA_KEY, alg="RS256", kid="for secrets"),
    "an algorithm that is no text": token(alg=["ES256"]),
    "a pointer to another key set": token(jku="https://attacker.example/jwks"),
    "a key that it brings itself": token(jwk=public(EC_KEY, "ec")),
    "a certificate's address": token(x5u="https://attacker.example/key"),
    "a critical extension": token(crit=["exp"]),
    "an unencoded payload": token(b64=False, crit=["b64"]),
    "another issuer": token(CLAIMS | {"iss": ISSUER + "/"}),
    "another audience": token(CLAIMS | {"aud": "other"}),
    "the service role": token(CLAIMS | {"role": "service_role"}),
    "the anonymous role": token(CLAIMS | {"role": "anon"}),
    "a subject that is no uuid": token(CLAIMS | {"sub": "admin"}),
    "a subject that is no text": token(CLAIMS | {"sub": 7}),
    "an expiry that is text": token(CLAIMS | {"exp": str(NOW + 60)}),
    "an expiry that is true": token(CLAIMS | {"exp": True}),
    "an expiry that is no number": token(CLAIMS | {"exp": float("nan")}),
    "an endless expiry": token(CLAIMS | {"exp": float("inf")}),
    "an issue time ahead": token(CLAIMS | {"iat": NOW + 31}),
    "an issue time that is true": token(CLAIMS | {"iat": True}),
    "an end that is a year ahead": token(CLAIMS | {"exp": NOW + 365 * 24 * 3600}),
    "a life of a week and a second": token(CLAIMS | {"exp": NOW + 7 * 24 * 3600 + 1}),
    "a life that began ten years ago": token(CLAIMS | {"iat": NOW - 10 * 365 * 24 * 3600}),
    "an issue time before all time": token(CLAIMS | {"iat": -(10**30)}),
    "an anonymous sign-in": token(CLAIMS | {"is_anonymous": True}),
    "an anonymous sign-in in another form": token(CLAIMS | {"is_anonymous": "true"}),
    "a claim that is there twice": signed(TEXT.replace('"role"', '"role": "service_role", "role"')),
    "a claim that is there twice, once hidden": signed(
        TEXT.replace('"role"', '"user_metadata": {"a": 1, "a": 2}, "role"')
    ),
    "a header that is there twice": signed(TEXT, '{"alg": "none", "alg": "ES256", "kid": "ec"}'),
    "a second key id": signed(TEXT, '{"alg": "ES256", "kid": "ec", "kid": "ec", "typ": "JWT"}'),
    "half a surrogate pair": signed(TEXT.replace("{", '{"user_metadata": "\\ud800", ', 1)),
    "an expiry beyond all numbers": signed(TEXT.replace(f"{NOW + 60}", "1e999")),
    "claims in UTF-16": signed(TEXT.encode("utf-16")),
    "claims behind a byte order mark": signed(b"\xef\xbb\xbf" + TEXT.encode()),
    "a start ahead": token(CLAIMS | {"nbf": NOW + 31}),
    "claims that are a list": token([CLAIMS]),  # type: ignore[arg-type]
    "more than 8 kB": token(CLAIMS | {"user_metadata": "x" * 8192}),
} | {f"no {claim}": token({k: v for k, v in CLAIMS.items() if k != claim}) for claim in CLAIMS}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_is(what: str) -> None:
    """AS-01, AS-02, AS-03, AS-05: each right in every other way."""
    with pytest.raises(NotSignedIn):
        owner(REFUSED[what])


def test_an_expired_token_says_so_and_says_what_to_do() -> None:
    with pytest.raises(NotSignedIn) as refusal:
        owner(token(), now=NOW + 60 + tokens.LEEWAY_S)
    assert refusal.value.code == "token_expired"
    assert "sign in again" in refusal.value.hint


def test_a_forger_is_not_told_which_check_failed() -> None:
    def said(given: str) -> tuple[str, str]:
        with pytest.raises(NotSignedIn) as refusal:
            owner(given)
        return refusal.value.sentence, refusal.value.code

    forged = ["another's key", "no key id", "another issuer", "another audience", "an algorithm that is not the key's"]
    assert len({said(REFUSED[what]) for what in forged}) == 1


@given(st.one_of(st.text(), st.text('abcAB_-=.{}" 0', max_size=60).map(lambda text: "Bearer " + text)))
def test_whatever_the_header_says_it_is_refused_and_never_crashes(arbitrary: str) -> None:
    with pytest.raises(NotSignedIn):
        owner(arbitrary)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_broken_key_set_signs_nobody_in(broken: object) -> None:
    key = {"kid": "ec", "kty": "EC", "x": broken, "y": broken, "crv": "P-256"}
    for jwks in ({"keys": broken}, {"keys": [key, broken]}):
        with pytest.raises(NotSignedIn):
            tokens.owner(token(), jwks=jwks, issuer=ISSUER, now=NOW)
