"""What an owner uploaded, read whole: what the storage says about it is not a fact, nor is a failure to read it now."""

from croquis.domain.photos.photo import MAX_PHOTO_BYTES, Finding, refused, size_differs
from croquis.errors import Refused, StepFailed
from croquis.ports import Croquis
from croquis.ports.photos import ClaimedUpload


def landed_file(croquis: Croquis, claim: ClaimedUpload, announced_bytes: int) -> bytes | Finding:
    """The file, or why it is not the one that was announced.

    Raises StepFailed or Refused for what is tried again: three times, then claim_upload calls it unreadable.
    """
    try:
        data = croquis.files.read(claim.bucket, claim.path, limit=MAX_PHOTO_BYTES)
    except Refused as refusal:
        if refusal.code != "too_many_bytes":
            raise
        return refused(refusal.code, refusal.sentence, "Upload the file again.")
    wrong = size_differs(announced_bytes, len(data))
    if wrong and claim.size == announced_bytes:  # what landed had the right size, so this is something else
        raise StepFailed("other_bytes", "The storage answered with something else than what landed.")
    return wrong or data
