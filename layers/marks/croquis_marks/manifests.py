"""C2PA manifests: put into a picture when it is saved, and read from a picture that somebody brings."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple, cast

import c2pa as partly_typed  # pyright: ignore[reportMissingTypeStubs]
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from croquis.domain.ids import ImageId
from croquis.domain.images.provenance import COMPOSITE, MADE_BY_AI, Seal, SignedClaim, SigningIdentity
from croquis.errors import SigningFailed

c2pa: Any = partly_typed
OUR_ASSERTION = "org.croquis.image"
FROM_PROVIDER, ORIGINAL = "from the provider", "the picture that it is made from"
WORN = "garment"
TRANSCODED = {"action": "c2pa.transcoded"}
COORDINATE_BYTES = 32  # of P-256
HEADS = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"RIFF": "image/webp"}


def sign(
    picture: bytes,
    content_type: str,
    *,
    source: bytes,
    image_id: ImageId,
    identity: SigningIdentity,
    original: bytes | None = None,
    worn: Sequence[bytes] = (),
) -> bytes:
    """The picture with a signed manifest that names it as made by AI, and our image by its id.

    A manifest in `source`, the file that the provider sent, becomes an ingredient of ours, and so do `original`, the
    picture that it is made from, and each picture of what is `worn` in it. SigningFailed: the key or its certificates
    cannot sign.
    """
    try:
        key = load_pem_private_key(identity.private_key.encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SigningFailed("The key that signs pictures is not one of P-256.")
        signed = BytesIO()
        with (
            _settings() as context,
            c2pa.Signer.from_callback(_signer(key), c2pa.C2paSigningAlg.ES256, identity.certificates) as signer,
        ):
            ingredients = [*_ingredients(source, original, context), *_garments(worn)]
            made = COMPOSITE if worn else MADE_BY_AI
            with c2pa.Builder(_manifest(image_id, ingredients, made), context) as builder:
                for it in ingredients:
                    builder.add_ingredient({"relationship": it.part, "label": it.label}, it.kind, BytesIO(it.data))
                builder.sign(signer, content_type, BytesIO(picture), signed)
        return signed.getvalue()
    except (c2pa.C2paError, ValueError, TypeError) as error:
        # not `from error`: what could not be read may be the key
        raise SigningFailed(f"The picture cannot be signed ({type(error).__name__}).") from None


def read_claim(picture: bytes, *, authority: str) -> SignedClaim:
    """What the manifest in a picture says, whoever made it; `authority` is the certificate that our signers are of."""
    content_type = _type_of(picture)
    if content_type is None:
        return SignedClaim(Seal.NONE)
    try:
        with _settings(authority) as context:
            reader = c2pa.Reader.try_create(content_type, BytesIO(picture), context=context)
            if reader is None:
                return SignedClaim(Seal.NONE)
            with reader:
                state, active = reader.get_validation_state(), reader.get_active_manifest()
    except c2pa.C2paError:
        return SignedClaim(Seal.ALTERED)
    if state not in ("Valid", "Trusted"):
        return SignedClaim(Seal.ALTERED)
    if state == "Valid":
        return SignedClaim(Seal.FOREIGN)
    return SignedClaim(Seal.OURS, _image_id(active or {}))


def _type_of(picture: bytes) -> str | None:
    return next((kind for head, kind in HEADS.items() if picture.startswith(head)), None)


def _settings(authority: str | None = None) -> Any:
    trust = {"trust": {"trust_anchors": authority}} if authority else {}
    return c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}, **trust}))


class _Ingredient(NamedTuple):
    part: str  # parentOf: what was opened, one at most; componentOf: what was put into it
    label: str
    kind: str
    data: bytes


def _ingredients(source: bytes, original: bytes | None, context: Any) -> list[_Ingredient]:
    sent, kind = _manifest_in(source, context), _type_of(original or b"")
    opened = [_Ingredient("parentOf", ORIGINAL, kind, original)] if original and kind else []
    part = "componentOf" if opened else "parentOf"
    return [*opened, *([_Ingredient(part, FROM_PROVIDER, sent, source)] if sent else [])]


def _garments(worn: Sequence[bytes]) -> list[_Ingredient]:
    known = [(kind, data) for data in worn if (kind := _type_of(data))]
    return [_Ingredient("componentOf", f"{WORN} {at}", kind, data) for at, (kind, data) in enumerate(known, 1)]


def _manifest_in(source: bytes, context: Any) -> str | None:
    """The file's type, if it carries a manifest that can be read."""
    content_type = _type_of(source)
    if content_type is None:
        return None
    try:
        reader = c2pa.Reader.try_create(content_type, BytesIO(source), context=context)
    except c2pa.C2paError:
        return None
    if reader is None:
        return None
    reader.close()
    return content_type


def _manifest(image_id: ImageId, ingredients: list[_Ingredient], made_as: str) -> dict[str, Any]:
    """No prompt, no name and no person: only that a machine made it, of what, and which of our images it is."""
    made = {"digitalSourceType": made_as}
    actions = [_action(it) | made for it in ingredients] or [{"action": "c2pa.created"} | made]
    if len(actions) == 1 and ingredients:
        actions.append({"action": "c2pa.edited"} | made if ingredients[0].label == ORIGINAL else TRANSCODED)
    return {
        "claim_generator_info": [{"name": "Croquis"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": OUR_ASSERTION, "data": {"id": image_id}},
        ],
    }


def _action(ingredient: _Ingredient) -> dict[str, Any]:
    done = "c2pa.opened" if ingredient.part == "parentOf" else "c2pa.placed"
    return {"action": done, "parameters": {"ingredientIds": [ingredient.label]}}


def _signer(key: ec.EllipticCurvePrivateKey) -> Any:
    def sign_bytes(data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")

    return sign_bytes


def _image_id(manifest: dict[str, Any]) -> ImageId | None:
    for assertion in manifest.get("assertions", []):
        if assertion.get("label") == OUR_ASSERTION:
            found = assertion.get("data", {}).get("id")
            return cast("ImageId", found) if isinstance(found, str) else None
    return None
