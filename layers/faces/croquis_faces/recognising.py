"""SFace: 128 numbers that are nearly the same for every picture of one person."""

from math import floor

import numpy as np
from PIL import Image

from croquis_faces.geometry import SIDE, Face, Floats, inverse, to_template
from croquis_faces.networks import Network


def embedding_of(recogniser: Network, image: Image.Image, face: Face) -> Floats:
    """The face's direction: 128 numbers of length 1."""
    numbers = recogniser(np.asarray(aligned(image, face), np.float32))["fc1"].astype(np.float64)
    return numbers / np.linalg.norm(numbers)


def aligned(image: Image.Image, face: Face) -> Image.Image:
    """The face turned upright and brought to the recogniser's square; a large one is shrunk first, not sampled."""
    way = inverse(to_template(face.points))
    corners = np.array([(0, 0), (SIDE, 0), (0, SIDE), (SIDE, SIDE)]) @ way[:, :2].T + way[:, 2]
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    factor = max(1, floor(np.hypot(*way[:, 0])))
    part = image.crop((*low.tolist(), *(low + (high - low) // factor * factor + factor).tolist())).reduce(factor)
    way[:, 2] -= low
    return part.transform((SIDE, SIDE), Image.Transform.AFFINE, tuple((way / factor).ravel()), Image.Resampling.BICUBIC)
