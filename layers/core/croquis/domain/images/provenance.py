"""Where a picture comes from: what it is signed with, and what a signature in it says."""

from dataclasses import dataclass, field
from enum import StrEnum

from croquis.domain.ids import ImageId

MADE_BY_AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"  # IPTC's word for it
# of real things, too
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
BEGIN = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class SigningIdentity:
    """Who signs our pictures: the certificates as PEM, the signer's own first and its authority's last, and its key."""

    certificates: str
    private_key: str = field(repr=False)

    @property
    def authority(self) -> str:
        """The certificate that those of our signers are checked against."""
        return BEGIN + self.certificates.rpartition(BEGIN)[2]


class Seal(StrEnum):
    """What the manifest in a picture is worth."""

    NONE = "none"  # there is none
    OURS = "ours"  # signed by us, and the picture is as we saved it
    ALTERED = "altered"  # the picture is not the one that was signed, or the manifest is damaged
    FOREIGN = "foreign"  # whole, and signed by somebody else


@dataclass(frozen=True)
class SignedClaim:
    """What is said by the manifest that a picture carries; `image_id` only if we said it."""

    seal: Seal
    image_id: ImageId | None = None
