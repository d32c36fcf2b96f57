"""What the check and the sweep make of a garment's rows: an outage, bytes that are not those, removed while checked."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sql.test_second_looks import UNDECODED, Studio
from sql.wardrobe import Wardrobe

from croquis.domain.garments.examined_garment import ExaminedGarment
from croquis.domain.garments.garment import GarmentFeatures
from croquis.errors import CodedError, Refused, StepFailed, Unavailable
from croquis.ports import Croquis
from croquis.usecases import sweep, uploads
from croquis.usecases.uploads import Examiners


@dataclass
class Files(Studio):
    """Also takes what is kept, unless it is down."""

    written: dict[str, bytes] = field(default_factory=dict[str, bytes])
    down: bool = False

    @property
    def files(self) -> "Files":
        return self

    def write(self, bucket: str, path: str, data: bytes, *, content_type: str) -> None:
        if self.down:
            raise Unavailable("The storage did not answer.")
        self.written[f"{bucket}/{path}"] = data


def examined(data: bytes) -> ExaminedGarment:
    return ExaminedGarment("image/jpeg", 600, 800, b"clean", b"small", GarmentFeatures(plain=1, covered=0.3, pieces=1))


GOOD = Examiners(UNDECODED.photo, examined)


@pytest.fixture
def wardrobe(db: Any) -> Wardrobe:
    return Wardrobe(db)


@pytest.fixture
def studio(wardrobe: Wardrobe) -> Files:
    return Files(cast(Any, wardrobe), object=bytes(1000))


def check(studio: Files, examiners: Examiners, landed: tuple[str, str]) -> None:
    uploads.check(cast(Croquis, studio), examiners, *landed)


def attempts(wardrobe: Wardrobe) -> list[tuple[int, bool]]:
    return wardrobe.connection.execute("select attempts, done_at is not null from public.storage_outbox").fetchall()  # type: ignore[return-value]


def test_a_good_picture_is_kept_twice_and_what_was_uploaded_is_deleted(studio, wardrobe):
    garment = wardrobe.announced()
    check(studio, GOOD, wardrobe.landed(garment))
    row, path = wardrobe.row(garment["id"]), garment["upload_path"]
    assert (row["status"], row["bytes"], row["width"], row["height"]) == ("ready", 5, 600, 800)
    assert studio.written == {f"garments/{path}.jpg": b"clean", f"garments/{path}.thumbnail.jpg": b"small"}
    assert studio.removed == [("garment-uploads", path)]
    assert attempts(wardrobe) == [(1, True)]


def test_an_outage_while_it_is_kept_says_nothing_about_the_garment(studio, wardrobe):
    """The claim is taken back, and counts as none of the three checks."""
    garment = wardrobe.announced()
    landed = wardrobe.landed(garment)
    studio.down = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            check(studio, GOOD, landed)
    assert (wardrobe.row(garment["id"])["status"], attempts(wardrobe), studio.removed) == ("checking", [(0, False)], [])
    studio.down = False
    check(studio, GOOD, landed)
    assert wardrobe.row(garment["id"])["status"] == "ready"


@pytest.mark.parametrize("told", [None, 0, 999_999_999])
def test_what_arrived_is_counted_whatever_the_storage_says_of_its_size(studio, wardrobe, told):
    garment = wardrobe.announced()
    landed = wardrobe.landed(garment)
    wardrobe.connection.execute("update public.storage_outbox set size = %s", (told,))
    studio.object = bytes(999)
    check(studio, UNDECODED, landed)
    row = wardrobe.row(garment["id"])
    assert (row["status"], [it["code"] for it in row["findings"]]) == ("unreadable", ["size_differs"])


def test_something_else_than_what_landed_is_no_verdict(studio, wardrobe):
    garment = wardrobe.announced()
    studio.object = b"<html>"
    with pytest.raises(StepFailed):
        check(studio, UNDECODED, wardrobe.landed(garment))
    assert wardrobe.row(garment["id"])["status"] == "checking"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Refused("The file is larger than allowed.", code="too_many_bytes", status=413), "too_many_bytes"),
        (CodedError("not_decodable", "The picture is damaged or incomplete.", "Save it again."), "not_decodable"),
    ],
)
def test_what_cannot_be_read_is_unreadable_with_its_reason(studio, wardrobe, answer, code):
    def no_picture(_: bytes) -> ExaminedGarment:
        raise answer

    if isinstance(answer, Refused):
        studio.object = answer
    garment = wardrobe.announced()
    check(studio, Examiners(UNDECODED.photo, no_picture), wardrobe.landed(garment))
    row = wardrobe.row(garment["id"])
    assert (row["status"], [(it["code"], it["severity"]) for it in row["findings"]]) == (
        "unreadable",
        [(code, "blocking")],
    )
    assert studio.written == {}


def test_a_garment_that_was_removed_while_it_was_checked_leaves_no_copy(studio, wardrobe, played):
    """PR-03: its row never learned where the copies are."""
    garment = wardrobe.announced()
    wardrobe.claimed(wardrobe.landed(garment))
    wardrobe.removed(garment["id"])
    played("update public.garments set updated_at = now() - interval '4 minutes'")
    assert sweep.sweep(cast(Croquis, studio), lambda: 240).found["removed_garments"] == 1
    path = garment["upload_path"]
    assert studio.removed == [
        ("garment-uploads", path),
        ("garments", f"{path}.jpg"),
        ("garments", f"{path}.thumbnail.jpg"),
    ]
