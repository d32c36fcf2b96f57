"""What is told of a file that is not what was announced, and the states of a photo."""

import pytest

from croquis.domain.photos.photo import (
    PhotoStatus,
    Severity,
    announced_type,
    refused,
    size_differs,
    type_differs,
    upload_type,
)


def test_a_size_other_than_announced_blocks_and_a_type_only_advises() -> None:
    """FI-06: the type is what the content says."""
    size = size_differs(1000, 999)
    assert size is not None
    assert (size.code, size.severity, size.measured, size.threshold) == ("size_differs", Severity.BLOCKING, 999, 1000)
    kind = type_differs("image/png", "image/jpeg")
    assert kind is not None
    assert (kind.code, kind.severity) == ("type_differs", Severity.ADVICE)


@pytest.mark.parametrize(
    ("announced", "found"),
    [
        ("image/jpeg", "image/jpeg"),
        ("image/jpg", "image/jpeg"),
        ("image/heif", "image/heic"),
        ("IMAGE/PNG", "image/png"),
        ("image/pjpeg", "image/jpeg"),
        ("image/heic-sequence", "image/heic"),
        ("", "image/webp"),
        ("application/octet-stream", "image/heic"),
    ],
)
def test_two_names_of_one_type_do_not_differ(announced: str, found: str) -> None:
    assert type_differs(announced, found) is None
    assert size_differs(1000, 1000) is None


@pytest.mark.parametrize(
    ("claim", "announced", "upload"),
    [
        ("image/heic", "image/heic", "image/heic"),
        (" Image/JPG; charset=binary", "image/jpeg", "image/jpeg"),
        ("IMAGE/HEIF-SEQUENCE", "image/heif", "image/heif"),
        ("", "", "image/jpeg"),
        ("application/octet-stream", "", "image/jpeg"),
        ("image/gif", "image/gif", "image/jpeg"),
    ],
)
def test_a_claim_is_spelt_in_one_way_and_every_upload_has_a_type(claim: str, announced: str, upload: str) -> None:
    assert (announced_type(claim), upload_type(announced_type(claim))) == (announced, upload)


def test_a_refusal_at_the_gate_becomes_a_blocking_finding_with_its_hint() -> None:
    finding = refused("too_small", "It is too small.", "Use the original.")
    assert finding.severity is Severity.BLOCKING
    assert (finding.code, finding.sentence, finding.hint) == ("too_small", "It is too small.", "Use the original.")


def test_the_states_of_a_photo_are_those_of_the_database() -> None:
    assert list(PhotoStatus) == [
        "awaiting_upload", "uploaded", "checking", "accepted", "rejected", "unreadable", "removed",
    ]  # fmt: skip
