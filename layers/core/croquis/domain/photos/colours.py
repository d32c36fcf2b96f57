"""Do two photos' clothes, or two backgrounds, have the same colours? Compared as shares, which vision measures.

The shares stand in two halves, each of which sums to 1: clothes above and below the hips, a background's wall and
floor. Each half must be alike, or a new top over the same trousers would be the same outfit.
"""

from collections.abc import Sequence

# the share of a half's colours without a counterpart. The same outfit in another photo measures .07-.28, up to .38 if
# that is a fifth darker or brighter or a little tinted, and other outfits from .62. A background measures up to .27
# against crops and darker or brighter copies of itself, and others from .46 but for plain walls of one grey
COLOURS_DIFFER = 0.40


def alike_colours(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether they may be the same thing in another photo; what is unknown (empty) is like nothing."""
    if not one or len(one) != len(other):
        return False
    middle = len(one) // 2
    halves = (slice(None, middle), slice(middle, None))
    return all(_without_counterpart(one[half], other[half]) <= COLOURS_DIFFER for half in halves)


def _without_counterpart(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2
