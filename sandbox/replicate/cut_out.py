"""The person of a training picture without what was behind, by the landmark network's own segmentation."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from croquis_vision.landmarks import ANKLES, HIPS, KNEES, POINTS, REGION, SHOULDERS, SIDE
from croquis_vision.networks import Floats, Network, Networks, networks
from croquis_vision.person_detector import persons_in
from sandbox.replicate.dataset import bytes_of, upright

SURE = 0.5  # the networks' scores, 0 to 1
UNSURE = 8.0  # of the mask's numbers, which go from below -1,000 to above 100: where its edge runs
INSIDE, STEEP = 150, 4  # of 255: the edge lies a little within the person, and is two or three pixels wide
AROUND = 1.5  # side of the second square, in sides of the box around the points
SEATED = 0.6  # of a shin: a seated person's knees are less below the hips
Box = tuple[float, float, float, float]


class Sight(NamedTuple):
    """What the network saw of a person: a square mask, where it lies in the picture, and 33 points in pixels."""

    mask: Image.Image
    box: Box
    points: Floats


@dataclass(frozen=True)
class Figure:
    """A person who can be put anywhere: RGBA, no larger than the person. Points are pixels of it."""

    image: Image.Image
    points: Floats | None  # None: nobody was made out, and the image is the whole training picture
    goes_on_below: bool = False  # the training picture ends before the person does

    def point(self, number: int) -> tuple[float, float]:
        """Of the network's 33."""
        assert self.points is not None
        x, y = self.points[number]
        return float(x), float(y)

    def between(self, pair: tuple[int, int]) -> tuple[float, float]:
        """The middle of two points."""
        (left, high), (right, low) = (self.point(number) for number in pair)
        return (left + right) / 2, (high + low) / 2

    @property
    def torso(self) -> float:
        """From the shoulders to the hips."""
        return max(1.0, math.dist(self.between(HIPS), self.between(SHOULDERS)))

    @property
    def is_seated(self) -> bool:
        """The knees are hardly below the hips."""
        if self.points is None:
            return False
        hips, knees, ankles = (self.points[list(pair)] for pair in (HIPS, KNEES, ANKLES))
        return float((knees - hips)[:, 1].mean()) < SEATED * float(np.hypot(*(ankles - knees).T).mean())

    def resized(self, across: float, down: float) -> "Figure":
        """Each side multiplied."""
        size = (max(1, round(self.image.width * across)), max(1, round(self.image.height * down)))
        points = None if self.points is None else self.points * (across, down)
        return replace(self, image=self.image.resize(size, Image.Resampling.LANCZOS), points=points)


def figure_of(archive: Path, name: str) -> Figure:
    """Of a training picture, by its name in the zip; cut out once, in whichever trainings' zips it is."""
    return _cut_out(bytes_of(archive, name))


@lru_cache(maxsize=64)
def _cut_out(data: bytes) -> Figure:
    picture = upright(data)
    sight = look(picture)
    if sight is None:
        return Figure(picture.convert("RGBA"), None, goes_on_below=True)
    mask = mask_of(sight, picture.size)
    box = mask.getbbox() or (0, 0, *picture.size)
    cut = _without_fringe(picture, mask)
    cut.putalpha(mask)
    return Figure(cut.crop(box), sight.points - box[:2], goes_on_below=box[3] == picture.height)


def look(picture: Image.Image) -> Sight | None:
    """At the person who is surest to be one, and again, nearer: feet are lost at the first look. None if nobody is."""
    nets = _networks()
    found = persons_in(nets.person, picture).above(SURE)
    if not found:
        return None
    hips, rim = found[0].points[:2] * picture.size
    first = _segment(nets.landmarks, picture, hips, REGION * float(np.hypot(*(rim - hips))) / 2)
    if first is None:
        return None
    low, high = first.points.min(axis=0), first.points.max(axis=0)
    return _segment(nets.landmarks, picture, (low + high) / 2, AROUND * float((high - low).max()) / 2) or first


def _segment(network: Network, picture: Image.Image, middle: Floats, half: float) -> Sight | None:
    """What the network says of a square."""
    box = (*(middle - half).tolist(), *(middle + half).tolist())
    square = picture.transform((SIDE, SIDE), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
    outputs = network(np.asarray(square, np.float32) / 255)
    if outputs["Identity_1"][0] < SURE:
        return None
    edge = np.clip(outputs["Identity_2"][..., 0], -UNSURE, UNSURE) / (2 * UNSURE) + 0.5
    points = outputs["Identity"].reshape(-1, 5)[:POINTS, :2] * (2 * half / SIDE) + (middle - half)
    return Sight(Image.fromarray((255 * edge).astype(np.uint8)), box, points)


@cache
def _networks() -> Networks:
    """The photo check's own, loaded without a word."""
    with _quiet():
        return networks()


@contextmanager
def _quiet() -> Iterator[None]:
    """LiteRT tells the terminal how it computes, below Python, whatever it is asked: not amid a demo."""
    terminal = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def mask_of(sight: Sight, size: tuple[int, int]) -> Image.Image:
    """As large as the picture, its edge smooth although the network's was of squares."""
    step = (sight.box[2] - sight.box[0]) / SIDE
    way = (1 / step, 0, -sight.box[0] / step, 0, 1 / step, -sight.box[1] / step)
    large = sight.mask.transform(size, Image.Transform.AFFINE, way, Image.Resampling.BICUBIC)
    smooth = large.filter(ImageFilter.GaussianBlur(step * 0.7))
    return smooth.point([max(0, min(255, (value - INSIDE) * STEEP + 128)) for value in range(256)])


def _without_fringe(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """The colours of the person carried on over the edge, where the picture mixes them with what was behind."""
    inner = mask.filter(ImageFilter.MinFilter(5)).point([0] * 255 + [255])
    blur = ImageFilter.BoxBlur(4)
    sums = np.asarray(Image.composite(picture, Image.new("RGB", picture.size), inner).filter(blur), np.float32)
    weights = np.asarray(inner.filter(blur), np.float32)[..., np.newaxis] / 255
    near = Image.fromarray(np.clip(sums / np.maximum(weights, 0.02), 0, 255).astype(np.uint8))
    return Image.composite(picture, near, inner)
