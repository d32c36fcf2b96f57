"""A garment on its ground: where it is, how much of the picture it takes, its colour, and how even the ground is.

The ground is what the picture's rim is of. Light falls off towards a side, so it is a plane in each channel, not one
colour; what is far from that plane is the garment.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from croquis.domain.garments.garment import Colour, GarmentFeatures
from croquis.domain.photos.features import Box
from croquis_vision.networks import Floats

LONG_SIDE = 192  # pixels that are looked at: folds and grain are gone, a strap is still there
RIM = 0.03  # of the long side
FAR = 26.0  # from the ground's colour, as a distance in RGB: a soft shadow is nearer
NOISES = 5  # or as many times as much as the ground itself scatters
CELLS = 3  # the side of a cell in pixels, when pieces are counted
FULL_CELL = 0.4
LEAST_PIECE = 0.05  # of the garment: a button or a label is no piece

Mask = npt.NDArray[np.bool_]


def garment_in(image: Image.Image) -> GarmentFeatures:
    """What is measured of one garment on one ground; the same picture gives the same numbers."""
    small = image.resize(_looked_at(image.size), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float64)
    rim = _rim(pixels.shape[0], pixels.shape[1])
    ground, noise = _ground(pixels, rim)
    off = _far(pixels, ground)
    away = off > max(FAR, NOISES * noise)
    plain = round(float((off[rim] <= FAR).mean()), 4)
    colour_of_ground = _colour(ground[rim])
    if not away.any():
        return GarmentFeatures(plain=plain, ground=colour_of_ground)
    return GarmentFeatures(
        plain=plain,
        ground=colour_of_ground,
        colour=_colour(pixels[away]),
        covered=round(float(away.mean()), 4),
        place=_place(away),
        pieces=len(_pieces(_in_cells(away))),
    )


def _looked_at(size: tuple[int, int]) -> tuple[int, int]:
    factor = LONG_SIDE / max(size)
    width, height = size
    return max(1, round(width * factor)), max(1, round(height * factor))


def _rim(height: int, width: int) -> Mask:
    wide = max(2, round(RIM * max(height, width)))
    rim = np.ones((height, width), np.bool_)
    rim[wide:-wide, wide:-wide] = False
    return rim


def _ground(pixels: Floats, rim: Mask) -> tuple[Floats, float]:
    """The plane through the rim in each channel, at every pixel; and how far the rim scatters around it.

    Fitted three times, each time without what is far from the plane before: what leaves the picture is no ground.
    """
    height, width = rim.shape
    down, right = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
    places = np.stack([np.ones_like(down), right, down], axis=2)
    at, there = places[rim], pixels[rim]
    plane: Floats = np.zeros((3, 3))
    plane[0] = np.median(there, axis=0)
    for _ in range(3):
        off = _far(there, at @ plane)
        near = off <= max(FAR, 2 * float(np.median(off)))
        plane = np.linalg.lstsq(at[near], there[near], rcond=None)[0]
    return places @ plane, float(np.median(_far(there, at @ plane)))


def _far(here: Floats, there: Floats) -> Floats:
    return np.sqrt(((here - there) ** 2).sum(axis=-1))


def _colour(pixels: Floats) -> Colour:
    red, green, blue = np.clip(np.rint(np.median(pixels, axis=0)), 0, 255).astype(int).tolist()
    return Colour(red, green, blue)


def _place(away: Mask) -> Box:
    height, width = away.shape
    rows, columns = np.flatnonzero(away.any(axis=1)), np.flatnonzero(away.any(axis=0))
    edges = columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    return Box(*(round(float(edge), 4) for edge in edges))


def _in_cells(away: Mask) -> Mask:
    height, width = (side // CELLS for side in away.shape)
    cells = away[: height * CELLS, : width * CELLS].reshape(height, CELLS, width, CELLS)
    return cells.mean(axis=(1, 3)) > FULL_CELL


def _pieces(cells: Mask) -> list[int]:
    """How many cells each piece has, of those that count; cells that touch at a corner are of one piece."""
    left, sizes = cells.copy(), list[int]()
    while left.any():
        piece = np.zeros_like(left)
        piece.flat[left.argmax()] = True
        while (grown := _grown(piece) & left).sum() > piece.sum():
            piece = grown
        left &= ~piece
        sizes.append(int(piece.sum()))
    return [size for size in sizes if size >= LEAST_PIECE * cells.sum()]


def _grown(piece: Mask) -> Mask:
    wide = np.pad(piece, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
