"""Where does a picture come from? Looked up by its hash, or by the signed manifest in it."""

from hashlib import sha256
from typing import Protocol

from croquis.domain.ids import UploadId
from croquis.domain.images.provenance import Seal, SignedClaim
from croquis.domain.photos.photo import MAX_PHOTO_BYTES
from croquis.errors import Refused
from croquis.http.presenter import image_view
from croquis.http.provenance_views import ProvenanceUploadView, ProvenanceView
from croquis.http.requests import AskProvenance
from croquis.ports import Croquis, Owner
from croquis.ports.provenance import ProvenanceUpload
from croquis.usecases.images import IMAGES
from croquis.usecases.trainings import LINK_SECONDS

BUCKET = "provenance-uploads"


class ReadClaim(Protocol):
    """What the manifest in a picture says; `authority` is the certificate that our signers are of."""

    def __call__(self, picture: bytes, *, authority: str) -> SignedClaim: ...


def announce(croquis: Croquis, owner: Owner) -> ProvenanceUploadView:
    """Sign the upload of a picture that is brought to be looked at."""
    upload = croquis.store.provenance.announce_provenance(owner)
    signed = croquis.files.sign_upload_as(owner, BUCKET, upload.path)
    return ProvenanceUploadView(
        upload_id=upload.id, upload_url=signed.url, bucket=BUCKET, path=signed.path, token=signed.token
    )


def ask(croquis: Croquis, owner: Owner, request: AskProvenance, read_claim: ReadClaim) -> ProvenanceView:
    """Whether a picture was made here, and which one, for its owner; a picture that was brought is deleted at once."""
    if request.upload_id:
        return _look_at(croquis, owner, request.upload_id, read_claim)
    return _found(croquis, owner, request.sha256, None)


def forget(croquis: Croquis, upload: ProvenanceUpload) -> None:
    """Delete what was brought more than an hour ago."""
    croquis.files.remove(BUCKET, [upload.path])
    croquis.store.provenance.provenance_is_gone(upload.id)


def _look_at(croquis: Croquis, owner: Owner, upload_id: UploadId, read_claim: ReadClaim) -> ProvenanceView:
    upload = croquis.store.provenance.provenance_upload(owner, upload_id)
    if not upload:
        hint = "Announce one with POST /v1/provenance/uploads, and PUT the picture there."
        raise Refused("There is no such upload.", hint=hint, code="no_such_upload", status=404)
    picture = croquis.files.read(BUCKET, upload.path, limit=MAX_PHOTO_BYTES)
    croquis.files.remove(BUCKET, [upload.path])
    claim = read_claim(picture, authority=croquis.signing_identity().authority)
    return _found(croquis, owner, sha256(picture).hexdigest(), claim)


def _found(croquis: Croquis, owner: Owner, digest: str | None, claim: SignedClaim | None) -> ProvenanceView:
    found = croquis.store.provenance.find_provenance(owner, digest, claim.image_id if claim else None)
    links: dict[str, str] = {}
    if found.image and found.image.path:
        links = croquis.files.links_as(owner, IMAGES, [found.image.path], seconds=LINK_SECONDS)
    return ProvenanceView(
        made_here=found.made_here or (claim is not None and claim.seal is Seal.OURS),
        seal=claim.seal if claim else None,
        image=image_view(found.image, links) if found.image else None,
    )
