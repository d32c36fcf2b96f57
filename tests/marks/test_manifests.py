"""Signed provenance: whole pictures are known as ours, altered and foreign ones are not."""

import io
import uuid
from dataclasses import replace

import pytest
from PIL import Image

from croquis.domain.ids import ImageId
from croquis.domain.images.provenance import Seal, SignedClaim, SigningIdentity
from croquis.errors import SigningFailed
from croquis_marks import read_claim, sign
from croquis_marks.certificates import new_identity

IMAGE = ImageId(str(uuid.uuid4()))
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@pytest.fixture(scope="module")
def ours() -> SigningIdentity:
    return new_identity()


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((208, 304), 80).convert("RGB").save(out, kind)
    return out.getvalue()


def signed(identity: SigningIdentity, plain: bytes, source: bytes | None = None, kind: str = "image/png") -> bytes:
    return sign(plain, kind, source=plain if source is None else source, image_id=IMAGE, identity=identity)


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.tobytes()


@pytest.mark.parametrize("kind", TYPES)
def test_a_signed_picture_is_ours_and_its_pixels_are_the_same(ours: SigningIdentity, kind: str) -> None:
    plain = picture(kind)
    whole = signed(ours, plain, kind=TYPES[kind])
    assert read_claim(whole, authority=ours.authority) == SignedClaim(Seal.OURS, IMAGE)
    assert pixels(whole) == pixels(plain)


def test_one_flipped_bit_is_an_altered_picture(ours: SigningIdentity) -> None:
    whole = bytearray(signed(ours, picture()))
    whole[-3000] ^= 1
    assert read_claim(bytes(whole), authority=ours.authority) == SignedClaim(Seal.ALTERED)


def test_a_manifest_moved_into_another_picture_says_nothing(ours: SigningIdentity) -> None:
    """The manifest's chunk of one picture, put where it was into another one of the same size."""
    plain, other = picture(), picture()
    whole = signed(ours, plain)
    at = whole.index(b"caBX") - 4
    chunk = whole[at : at + 12 + int.from_bytes(whole[at : at + 4], "big")]
    forged = other[:33] + chunk + other[33:]
    assert read_claim(forged, authority=ours.authority) == SignedClaim(Seal.ALTERED)


def test_whoever_else_signs_it_as_ours_is_foreign(ours: SigningIdentity) -> None:
    forged = signed(new_identity(), picture())
    assert read_claim(forged, authority=ours.authority) == SignedClaim(Seal.FOREIGN)


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_without_a_manifest_makes_no_claim(ours: SigningIdentity, kind: str) -> None:
    assert read_claim(picture(kind), authority=ours.authority) == SignedClaim(Seal.NONE)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", bytes(3000)], ids=["empty", "head", "gif", "0"])
def test_what_is_no_picture_makes_no_claim_and_no_crash(ours: SigningIdentity, data: bytes) -> None:
    assert read_claim(data, authority=ours.authority).seal in (Seal.NONE, Seal.ALTERED)


def test_the_providers_own_manifest_is_kept_as_an_ingredient(ours: SigningIdentity) -> None:
    provider = new_identity("Provider")
    theirs = signed(provider, picture("JPEG"), kind="image/jpeg")
    whole = signed(ours, picture(), source=theirs)
    assert read_claim(whole, authority=ours.authority) == SignedClaim(Seal.OURS, IMAGE)
    assert b"c2pa.opened" in whole
    assert b"Provider pictures" in whole  # their certificate, in the manifest that ours holds
    assert b"c2pa.opened" not in signed(ours, picture())


def test_the_picture_that_it_is_made_from_is_an_ingredient_beside_what_the_provider_sent(ours: SigningIdentity) -> None:
    original = signed(ours, picture())
    theirs = signed(new_identity("Provider"), picture("JPEG"), kind="image/jpeg")
    made = ImageId(str(uuid.uuid4()))
    for source, said in ((theirs, b"c2pa.placed"), (picture(), b"c2pa.edited")):
        whole = sign(picture(), "image/png", source=source, image_id=made, identity=ours, original=original)
        assert read_claim(whole, authority=ours.authority) == SignedClaim(Seal.OURS, made)
        assert b"c2pa.opened" in whole
        assert said in whole
        assert IMAGE.encode() in whole  # the original's own manifest, in ours


def test_a_source_whose_manifest_is_broken_does_not_cost_the_picture(ours: SigningIdentity) -> None:
    theirs = signed(new_identity("Provider"), picture("JPEG"), kind="image/jpeg")
    broken = theirs.replace(b"jumb", b"jxmb")
    assert broken != theirs
    whole = signed(ours, picture(), source=broken)
    assert read_claim(whole, authority=ours.authority) == SignedClaim(Seal.OURS, IMAGE)


def test_a_key_that_cannot_sign_is_told_without_showing_it(ours: SigningIdentity) -> None:
    for useless in ("", "no key", ours.private_key[:-60]):
        with pytest.raises(SigningFailed) as failure:
            signed(replace(ours, private_key=useless), picture())
        assert failure.value.__cause__ is None
        assert not useless or useless not in str(failure.value)
    with pytest.raises(SigningFailed):
        signed(replace(ours, certificates="none"), picture())


def test_a_key_that_is_not_its_certificates_signs_nothing(ours: SigningIdentity) -> None:
    with pytest.raises(SigningFailed):
        signed(replace(ours, private_key=new_identity().private_key), picture())


def test_the_key_is_not_shown_with_its_identity(ours: SigningIdentity) -> None:
    assert ours.private_key not in repr(ours)


def test_what_is_worn_is_an_ingredient_too_and_the_whole_is_a_composite(ours: SigningIdentity) -> None:
    original, worn = signed(ours, picture()), [picture("JPEG"), picture("JPEG")]
    made = ImageId(str(uuid.uuid4()))
    whole = sign(
        picture(), "image/png", source=picture("JPEG"), image_id=made, identity=ours, original=original, worn=worn
    )
    assert read_claim(whole, authority=ours.authority) == SignedClaim(Seal.OURS, made)
    assert whole.count(b"compositeWithTrainedAlgorithmicMedia") >= 3
    for named in (b"c2pa.opened", b"c2pa.placed", IMAGE.encode()):
        assert named in whole
    ingredients = {name for number in range(1, 9) if (name := f"c2pa.ingredient.v3__{number}").encode() in whole}
    assert len(ingredients) == len(worn)  # beside the first, which has no number: the picture before
    assert b"compositeWithTrainedAlgorithmicMedia" not in original
