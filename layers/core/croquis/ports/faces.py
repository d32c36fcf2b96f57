"""Whoever recognises faces: a function of its own, which keeps nothing."""

from typing import Protocol

from croquis.domain.images.exam import FacesMeasured, FacesToMeasure


class Faces(Protocol):
    """Asked only with the consent of the person shown; whoever asks makes sure of that."""

    def measure(self, asked: FacesToMeasure) -> FacesMeasured:
        """A judgement for each picture, and the reference that it was held against. Raises Unavailable."""
        ...
