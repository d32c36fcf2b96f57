"""One colour in other colour spaces, by the formulas of their standards: what a camera would have written for it."""

import numpy as np

Colour = tuple[int, int, int]

# linear sRGB to the lights of the space: from IEC 61966-2-1, BT.2087, and SMPTE RP 177 for the other two
TO_P3 = np.array([[0.82246, 0.17754, 0], [0.03319, 0.96681, 0], [0.01708, 0.07240, 0.91052]])
TO_2020 = np.array([[0.62740, 0.32928, 0.04331], [0.06910, 0.91954, 0.01136], [0.01639, 0.08801, 0.89559]])
TO_ADOBE = np.array([[0.71513, 0.28487, 0], [0, 1, 0], [0, 0.04116, 0.95884]])
LUMINANCE_2020 = np.array([0.2627, 0.6780, 0.0593])


def light(colour: Colour) -> np.ndarray:
    values = np.array(colour) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def srgb_curve(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def in_p3(colour: Colour) -> np.ndarray:
    """Display P3, 0 to 1."""
    return srgb_curve(TO_P3 @ light(colour))


def in_2020(colour: Colour) -> np.ndarray:
    """BT.2020 with sRGB's curve."""
    return srgb_curve(TO_2020 @ light(colour))


def in_adobe_rgb(colour: Colour) -> np.ndarray:
    return (TO_ADOBE @ light(colour)) ** (256 / 563)


def in_pq(colour: Colour, *, white: float = 203) -> np.ndarray:
    """BT.2100 PQ with this many nits for white."""
    power = (TO_2020 @ light(colour) * white / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def in_hlg(colour: Colour) -> np.ndarray:
    """BT.2100 HLG as a display of 1,000 nits shows it, with 203 nits for white."""
    shown = TO_2020 @ light(colour) * 0.203
    scene = shown * float(LUMINANCE_2020 @ shown) ** (1 / 1.2 - 1)
    logarithm = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), logarithm)


def codes(values: np.ndarray, depth: int = 8) -> Colour:
    red, green, blue = (round(float(it) * (2**depth - 1)) for it in values)
    return red, green, blue
