"""What is saved says who made it: previews and pictures alike, through the whole workflow."""

import hashlib
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from scenes import in_review
from studio import Studio, User

from croquis import wiring
from croquis.domain.images.provenance import Seal, SignedClaim, SigningIdentity
from croquis.errors import Unavailable
from croquis_marks import read_claim


def previews(user: User) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = user.read(in_review(user))["previews"]
    return shown


def test_every_picture_is_signed_as_the_one_that_it_is(studio: Studio, maya: User) -> None:
    shown = previews(maya)
    assert [image["signed"] for image in shown] == [True] * 4
    for image in shown:
        data = httpx.get(image["url"]).raise_for_status().content
        assert hashlib.sha256(data).hexdigest() == image["sha256"]
        assert read_claim(data, authority=studio.identity.authority) == SignedClaim(Seal.OURS, image["id"])


def with_an_empty_secret(_: object) -> SigningIdentity:
    return SigningIdentity("", "")


def whose_secret_cannot_be_read(_: object) -> SigningIdentity:
    """As Secrets Manager answers for a secret that was never given a value."""
    raise Unavailable("A setting cannot be read.")


@pytest.mark.parametrize("identity", [with_an_empty_secret, whose_secret_cannot_be_read])
def test_a_deployment_without_a_key_keeps_its_pictures_and_says_that_they_are_not_signed(
    studio: Studio, maya: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, identity: Any
) -> None:
    """They are paid, and the provider's copy is gone within the hour."""
    monkeypatch.setattr(wiring.Neighbours, "signing_identity", identity)
    shown = previews(maya)
    assert [(image["status"], image["signed"]) for image in shown] == [("saved", False)] * 4
    for image in shown:
        data = httpx.get(image["url"]).raise_for_status().content
        assert read_claim(data, authority=studio.identity.authority) == SignedClaim(Seal.NONE)
    assert "image kept without a signature" in caplog.messages
    assert not any(value in caplog.text for value in asdict(studio.identity).values())
