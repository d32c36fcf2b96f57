"""A plot as an SVG: two axes with their numbers, and each curve in a colour of its own with its name beside its end."""

import math
from collections.abc import Callable, Iterable
from html import escape

from bench.row import Plot

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 64, 56
MIDDLE = (TOP + HEIGHT - BOTTOM) / 2
COLOURS = ("#0b6e4f", "#c1440e", "#3d5a80", "#8a6d00")  # told apart without seeing red or green, on white
TICKS = 5

Scale = Callable[[float], float]


def svg(plot: Plot) -> str:
    points = [point for curve in plot.curves for point in curve.points]
    across = _ticks((x for x, _ in points), plot.logarithmic_x)
    up = _ticks((y for _, y in points), plot.logarithmic_y)
    at_x = _scale(across, LEFT, WIDTH - RIGHT, plot.logarithmic_x)
    at_y = _scale(up, HEIGHT - BOTTOM, TOP, plot.logarithmic_y)
    parts = [
        _text(LEFT, 24, plot.title, "font-size='16' font-weight='600'"),
        *(_vertical(at_x(it), _number(it)) for it in across),
        *(_horizontal(at_y(it), _number(it)) for it in up),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, plot.x, "text-anchor='middle'"),
        _text(0, 0, plot.y, f"text-anchor='middle' transform='translate(16 {MIDDLE}) rotate(-90)'"),
    ]
    for number, curve in enumerate(plot.curves):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in curve.points)
        parts.append(f"<polyline points='{line}' fill='none' stroke='{colour}' stroke-width='2.5'/>")
        parts.append(_text(LEFT + 190 * number, 48, f"— {curve.name}", f"fill='{colour}' font-weight='600'"))
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' font-family='sans-serif'"
    body = "\n".join(parts)
    return f"{head} font-size='12' fill='#333'>\n<rect width='100%' height='100%' fill='#fff'/>\n{body}\n</svg>\n"


def _ticks(values: Iterable[float], logarithmic: bool) -> list[float]:
    """Round numbers around the values; from 0 on where the axis is not logarithmic."""
    found = list(values)
    if logarithmic:
        low, high = (math.log10(it) for it in (min(found), max(found)))
        return [10.0**power for power in range(math.floor(low), max(math.ceil(high), math.floor(low) + 1) + 1)]
    step = _round_step((max(found) or 1) / TICKS)
    return [step * number for number in range(math.ceil(max(found) / step - 1e-9) + 1)]


def _round_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(it * size for it in (1, 2, 2.5, 5, 10) if it * size >= rough * 0.999)


def _scale(ticks: list[float], begin: float, end: float, logarithmic: bool) -> Scale:
    of: Scale = math.log10 if logarithmic else float
    low, high = of(ticks[0]), of(ticks[-1])
    return lambda value: begin + (of(value) - low) / ((high - low) or 1) * (end - begin)


def _vertical(x: float, label: str) -> str:
    line = f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{TOP}' y2='{HEIGHT - BOTTOM}' stroke='#e4e4e4'/>"
    return line + _text(x, HEIGHT - BOTTOM + 18, label, "text-anchor='middle'")


def _horizontal(y: float, label: str) -> str:
    line = f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#e4e4e4'/>"
    return line + _text(LEFT - 8, y + 4, label, "text-anchor='end'")


def _text(x: float, y: float, text: str, how: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {how}>{escape(text)}</text>"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
