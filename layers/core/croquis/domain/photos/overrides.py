"""What it takes to use a photo although a finding blocks it. croquis.override_of() in SQL, which decides, is the same.

A rule about the body is never the last word. Somebody else in the photo is: they have not agreed to anything.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.photo import Finding, Severity


class Override(StrEnum):
    """Equal to the enum of this name in SQL, in its order: each takes more than the one before."""

    CLICK = "click"
    DECLARATION = "declaration"
    NEVER = "never"


OVERRIDES: Mapping[str, Override] = {
    BodyCode.ROTATED: Override.CLICK,
    BodyCode.HEAD_CUT: Override.CLICK,
    BodyCode.FEET_CUT: Override.CLICK,
    BodyCode.PERSON_TOO_SMALL: Override.CLICK,
    BodyCode.BLURRED: Override.CLICK,
    # nobody was made out, so somebody must say that nobody else is in it
    BodyCode.NO_PERSON: Override.DECLARATION,
    BodyCode.SEVERAL_PEOPLE: Override.NEVER,
    # no usable file, or not the one that was announced
    "empty": Override.NEVER,
    "too_many_bytes": Override.NEVER,
    "type_not_allowed": Override.NEVER,
    "not_decodable": Override.NEVER,
    "too_many_pixels": Override.NEVER,
    "too_many_parts": Override.NEVER,
    "extreme_aspect": Override.NEVER,
    "too_small": Override.NEVER,
    "animated": Override.NEVER,
    "size_differs": Override.NEVER,
    "no_such_object": Override.NEVER,
    "already_uploaded": Override.NEVER,
    "storage_refused": Override.NEVER,
    "unreadable": Override.NEVER,
}


def override_of(finding: Finding) -> Override | None:
    """None for advice, which keeps nothing out; a blocking finding whose code is not known is never overridden."""
    return OVERRIDES.get(finding.code, Override.NEVER) if finding.severity is Severity.BLOCKING else None


def override_of_all(findings: Iterable[Finding]) -> Override | None:
    """What all of them together take; None where nothing blocks."""
    needed = [it for finding in findings if (it := override_of(finding))]
    return max(needed, key=list(Override).index, default=None)
