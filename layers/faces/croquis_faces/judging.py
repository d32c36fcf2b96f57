"""Is it the face of the training photos? Only where there is enough of a face to say so."""

from collections.abc import Iterable

import numpy as np
from PIL import Image

from croquis.domain.images.exam import FACES_KEPT, FaceReference, Judgement
from croquis_faces.finding import find_faces
from croquis_faces.geometry import Face, Floats, cosine
from croquis_faces.networks import networks
from croquis_faces.recognising import embedding_of
from croquis_pictures import open_photo

# OpenCV's threshold. Measured on 300 labelled pairs with one side shrunk to 40 ... 8 pixels between the eyes: at every
# size all 38 of one person lie above it, and at most 1 of 262 strangers; below SMALLEST the two come too near.
THRESHOLD = 0.363
SMALLEST = 12.0  # pixels between the eyes
TURNED_AWAY = 0.5  # of the eyes' distance: a profile says little of a face seen from the front


def reference_of(photos: Iterable[bytes]) -> FaceReference | None:
    """Of the training photos' files: the main face of each, the twelve largest; None where none can be recognised."""
    found: list[tuple[float, tuple[float, ...]]] = []
    for photo in photos:
        image = open_photo(photo).image
        face = main_face(image)
        if face and can_tell(face):
            embedding = embedding_of(networks().recogniser, image, face)
            found.append((face.between_eyes, tuple(embedding.round(5).tolist())))
    largest = sorted(found, reverse=True)[:FACES_KEPT]
    return FaceReference(embeddings=tuple(embedding for _, embedding in largest)) if largest else None


def measure_picture(picture: bytes, reference: FaceReference) -> tuple[Judgement, float | None]:
    """Of the main face in a picture's file, with the similarity that it rests on, which orders two faces of one size.

    A picture without a face cannot be judged.
    """
    image = open_photo(picture).image
    face = main_face(image)
    if face is None or not can_tell(face):
        return Judgement.CANNOT_TELL, None
    embedding = embedding_of(networks().recogniser, image, face)
    return judge(embedding, reference), round(similarity(embedding, reference), 4)


def judge(embedding: Floats, reference: FaceReference) -> Judgement:
    """Of a face of which one can tell."""
    return Judgement.PASSES if similarity(embedding, reference) > THRESHOLD else Judgement.FAILS


def similarity(embedding: Floats, reference: FaceReference) -> float:
    """Cosine with the middle of the reference: nearer to every picture of the person than one picture is to another."""
    return cosine(embedding, np.asarray(reference.embeddings).mean(axis=0))


def main_face(image: Image.Image) -> Face | None:
    """The largest one."""
    return next(iter(find_faces(networks().finder, image)), None)


def can_tell(face: Face) -> bool:
    """Whether the face is large enough, and seen from where it can be recognised."""
    return face.between_eyes >= SMALLEST and face.frontal >= TURNED_AWAY
