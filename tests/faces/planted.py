"""Planted cases for the face measure: pictures of the right person and of strangers, and how they were judged."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from faces.people import CHANGES, FRONT, OTHER_POSES, SIZES, Person, as_generated, people, references
from photo_cases import good_photo, jpeg
from PIL import Image

from croquis.domain.images.exam import FaceReference, Judgement
from croquis_faces.finding import find_faces
from croquis_faces.geometry import Floats
from croquis_faces.judging import can_tell, judge, main_face, reference_of
from croquis_faces.networks import networks
from croquis_faces.recognising import embedding_of


class Judged(NamedTuple):
    """One picture held against one reference."""

    whose: str
    reference: str
    size: float
    judgement: Judgement


def judged(cases: Iterable[tuple[Person, float, str]]) -> Iterator[Judged]:
    """Each picture is looked at once and held against everybody's reference."""
    for person, size, change in cases:
        embedding = _embedding(as_generated(person, size, change))
        for name, reference in references().items():
            yield Judged(person.name, name, size, _judgement(embedding, reference))


def spread() -> Iterator[tuple[Person, float, str]]:
    """Everybody once, sizes and changes in turn."""
    for number, person in enumerate(people()):
        yield person, SIZES[number % len(SIZES)], CHANGES[number % len(CHANGES)]


def everything() -> Iterator[tuple[Person, float, str]]:
    """Everybody at every size with every change."""
    for person in people():
        for size in SIZES:
            yield from ((person, size, change) for change in CHANGES)


def other_poses() -> list[Judgement]:
    """The rendered person in poses that the reference does not hold, small: pictures that differ in truth."""
    reference = reference_of(jpeg(good_photo(name)) for name in FRONT)
    assert reference
    photos = [good_photo(name) for name in OTHER_POSES]
    shown = [Person("rendered", it, find_faces(networks().finder, it)[0]) for it in photos]
    return [_judgement(_embedding(as_generated(it, size)), reference) for it in shown for size in SIZES]


def split(found: Iterable[Judged]) -> tuple[list[Judgement], list[Judgement]]:
    """Of the right person, and of strangers."""
    all_ = list(found)
    return [it.judgement for it in all_ if it.whose == it.reference], [
        it.judgement for it in all_ if it.whose != it.reference
    ]


def _embedding(picture: Image.Image) -> Floats | None:
    face = main_face(picture)
    return embedding_of(networks().recogniser, picture, face) if face and can_tell(face) else None


def _judgement(embedding: Floats | None, reference: FaceReference) -> Judgement:
    return Judgement.CANNOT_TELL if embedding is None else judge(embedding, reference)
