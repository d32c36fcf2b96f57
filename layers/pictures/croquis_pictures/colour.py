"""Colours as a file describes them, in sRGB: by ICC profile, by code points (ITU-T H.273), by gamma and chromaticities.

A description that is damaged describes nothing, and the next one counts; a picture without any is sRGB.
"""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms

Chromaticities = tuple[float, ...]  # x and y of white, red, green and blue
Floats = NDArray[np.floating]

D65 = (0.3127, 0.3290)
SRGB_CHROMATICITIES = (*D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
PRIMARIES: dict[int, Chromaticities] = {  # H.273 table 2; 2 is "unspecified"
    1: SRGB_CHROMATICITIES,
    2: SRGB_CHROMATICITIES,
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),  # BT.2020
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # Display P3
    22: (*D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
UNSPECIFIED = 2
WHITE_NITS, HLG_PEAK_NITS, HLG_GAMMA = 203, 1000, 1.2  # BT.2408 and BT.2100
SRGB_GAMMA, GAMMA_TOLERANCE = 1 / 2.2, 0.05  # libpng takes what is nearer than this for sRGB too
CHROMATICITY_TOLERANCE = 0.003
LIGHT_STEPS = 16_384
BAND_ROWS = 64
NEAR_WHITE, NEAR_BLACK = 225, 60


class Curve(Enum):
    """How code values become light where a plain gamma does not say it."""

    SRGB = auto()
    PQ = auto()
    HLG = auto()


# H.273 table 3. The camera curves (1, 6, 14, 15) are shown as sRGB is, by browsers too
TRANSFERS: dict[int, Curve | float] = {
    **dict.fromkeys((1, UNSPECIFIED, 6, 13, 14, 15), Curve.SRGB),
    4: 2.2,
    5: 2.8,
    8: 1.0,
    16: Curve.PQ,
    18: Curve.HLG,
}


@dataclass(frozen=True)
class Space:
    """A colour space of three lights; `depth` and `narrow` say how its samples were coded before they became 8 bits."""

    chromaticities: Chromaticities
    transfer: Curve | float
    depth: int = 8
    narrow: bool = False


Way = bytes | Space  # an ICC profile, or what the other ways come to
SRGB = Space(SRGB_CHROMATICITIES, Curve.SRGB)
ADOBE_RGB = Space((*D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06), 563 / 256)


@dataclass(frozen=True)
class CodePoints:
    """PNG's cICP and HEIF's nclx: two numbers of H.273, and how the samples are coded."""

    primaries: int
    transfer: int
    depth: int = 8
    narrow: bool = False


def ways_of(
    *,
    codes: CodePoints | None = None,
    profile: bytes = b"",
    srgb: bool = False,
    gamma: float = 0,
    chromaticities: Chromaticities = (),
    adobe_rgb: bool = False,
) -> tuple[Way, ...]:
    """What a file says, the strongest first: PNG's order, and EXIF's word where the format itself has none."""
    ways = (
        _by_codes(codes) if codes else None,
        profile or None,
        SRGB if srgb else None,
        _by_gamma(gamma, chromaticities),
        ADOBE_RGB if adobe_rgb else None,
    )
    return tuple(way for way in ways if way is not None)


def in_srgb(image: Image.Image, ways: tuple[Way, ...]) -> Image.Image:
    """The RGB picture in sRGB, by the first of the ways that is in order; colours outside sRGB are clipped to it.

    PQ and HLG keep everything up to the white of BT.2408 (203 nits); brighter lights become white.
    """
    for way in ways:
        converted = _by_profile(image, way) if isinstance(way, bytes) else _by_space(image, way)
        if converted:
            return converted
    return image.convert("RGB")


def _by_codes(codes: CodePoints) -> Space | None:
    primaries, transfer = PRIMARIES.get(codes.primaries), TRANSFERS.get(codes.transfer)
    if primaries is None or transfer is None or codes.primaries == codes.transfer == UNSPECIFIED:
        return None
    if primaries == SRGB_CHROMATICITIES and transfer is Curve.SRGB and not codes.narrow:
        return SRGB
    return Space(primaries, transfer, codes.depth, codes.narrow)


def _by_gamma(gamma: float, chromaticities: Chromaticities) -> Space | None:
    usable_gamma, usable_lights = 0.1 < gamma < 2, _is_usable(chromaticities)
    if not usable_gamma and not usable_lights:
        return None
    lights = chromaticities if usable_lights else SRGB_CHROMATICITIES
    if max(abs(one - other) for one, other in zip(lights, SRGB_CHROMATICITIES, strict=True)) <= CHROMATICITY_TOLERANCE:
        lights = SRGB_CHROMATICITIES
    meant_as_srgb = lights == SRGB_CHROMATICITIES and abs(gamma / SRGB_GAMMA - 1) <= GAMMA_TOLERANCE
    return Space(lights, Curve.SRGB if meant_as_srgb or not usable_gamma else 1 / gamma)


def _is_usable(chromaticities: Chromaticities) -> bool:
    """Whether the three lights span a space in which white is a mix of all of them."""
    if len(chromaticities) != len(SRGB_CHROMATICITIES) or min(chromaticities[1::2]) <= 0:
        return False
    try:
        lights, shares = _lights(chromaticities)
    except np.linalg.LinAlgError:
        return False
    return bool(shares.min() > 0 and abs(np.linalg.det(lights)) > 0.01)


def _lights(chromaticities: Chromaticities) -> tuple[Floats, Floats]:
    """XYZ of the three lights as columns, each at Y = 1, and how much of each makes white."""
    pairs = np.array(chromaticities, np.float64).reshape(4, 2)
    xyz = np.stack([pairs[:, 0] / pairs[:, 1], np.ones(4), (1 - pairs.sum(axis=1)) / pairs[:, 1]])
    return xyz[:, 1:], np.linalg.solve(xyz[:, 1:], xyz[:, 0])


def _to_xyz(chromaticities: Chromaticities) -> Floats:
    """Linear RGB to XYZ under D65, white adapted by Bradford's method."""
    lights, shares = _lights(chromaticities)
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    matrix = lights * shares
    white, wanted = (bradford @ it.sum(axis=1) for it in (matrix, np.multiply(*_lights(SRGB_CHROMATICITIES))))
    return np.linalg.inv(bradford) @ np.diag(wanted / white) @ bradford @ matrix


def _light_of(space: Space) -> NDArray[np.float32]:
    """The light of each of the 256 code values; white, for HLG the scene's peak, is 1."""
    shift = max(space.depth, 8) - 8
    values = (np.arange(256) * 2**shift + (2**shift - 1) / 2) / (2 ** (8 + shift) - 1)  # low bits were cut off
    if space.narrow:
        values = np.clip((values * 255 - 16) / 219, 0, 1)
    match space.transfer:
        case Curve.SRGB:
            light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        case Curve.PQ:
            root = values ** (32 / 2523)
            light = (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
            light *= 10_000 / WHITE_NITS
        case Curve.HLG:
            a, b, c = 0.17883277, 0.28466892, 0.55991073
            light = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
        case gamma:
            light = values**gamma
    return light.astype(np.float32)


@cache
def _codes_of_light() -> NDArray[np.uint8]:
    light = np.linspace(0, 1, LIGHT_STEPS)
    return (np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255 + 0.5).astype(
        np.uint8
    )


def _by_space(picture: Image.Image, space: Space) -> Image.Image | None:
    if picture.mode == "CMYK":
        return None  # inks, not lights
    image = picture.convert("RGB")
    if space == SRGB:
        return image
    xyz, light_of, codes = _to_xyz(space.chromaticities), _light_of(space), _codes_of_light()
    matrix = (np.linalg.inv(_to_xyz(SRGB_CHROMATICITIES)) @ xyz).T.astype(np.float32)
    for top in range(0, image.height, BAND_ROWS):
        band = image.crop((0, top, image.width, min(top + BAND_ROWS, image.height)))
        light = light_of[np.asarray(band)]
        if space.transfer is Curve.HLG:
            light *= (light @ xyz[1].astype(np.float32))[..., None] ** np.float32(HLG_GAMMA - 1)
            light *= HLG_PEAK_NITS / WHITE_NITS
        steps = (light @ matrix).clip(0, 1) * (LIGHT_STEPS - 1) + 0.5
        image.paste(Image.fromarray(codes[steps.astype(np.uint16)]), (0, top))
    return image


def _by_profile(image: Image.Image, data: bytes) -> Image.Image | None:
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
        fitting = _fitting(image, data[16:20])
        transform = ImageCms.buildTransform(profile, _srgb(), fitting.mode, "RGB")  # pyright: ignore[reportUnknownMemberType]
        if not _keeps_white_and_black(transform, fitting.mode):
            return None
        return ImageCms.applyTransform(fitting, transform)
    except Exception:  # noqa: BLE001 - hostile bytes in C code: whatever it raises says that the profile is damaged
        return None


def _fitting(image: Image.Image, space: bytes) -> Image.Image:
    """The picture in the mode that a profile of this colour space applies to."""
    if space == b"GRAY" and image.mode == "RGB":
        red, green, blue = image.split()
        if ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox():
            raise ValueError("a grey profile in a picture that has colours")
        return red
    return image.convert("RGB") if space == b"RGB " else image


def _keeps_white_and_black(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether white stays white and black black, as by every profile of a camera or a screen that is not damaged."""
    if mode == "CMYK":
        return True
    ends = Image.new(mode, (2, 1), "white")
    ends.paste("black", (1, 0, 2, 1))
    white, black = np.asarray(ImageCms.applyTransform(ends, transform))[0]
    return bool(white.min() >= NEAR_WHITE and black.max() <= NEAR_BLACK)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
