"""Where a prompt sets its person: a place drawn from simple shapes, out of focus, in the light that the words ask for.

Drawn at half the size and enlarged, which is faster and softer. The same words, size and seed give the same pixels.
"""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageOps

Colour = tuple[int, int, int]
Draw = Callable[[Image.Image, random.Random, "Colour | None"], None]
FLOOR = 0.74  # of the height: where the ground begins
PLANKS, TILES = ((150, 108, 72), (120, 84, 55)), ((176, 170, 160), (146, 141, 132))
PLACE = re.compile(r"\bbackground: (.*)", re.DOTALL)
WALLS = {
    "grey": (208, 209, 211), "gray": (208, 209, 211), "white": (238, 238, 236), "beige": (224, 206, 176),
    "blue": (134, 174, 212), "green": (160, 190, 150), "pink": (238, 192, 198), "red": (178, 78, 70),
    "yellow": (236, 208, 120), "black": (62, 62, 66), "dark": (92, 92, 98), "brown": (150, 116, 90),
}  # fmt: skip


class Light(NamedTuple):
    """What a colour is multiplied by, in the place and, more mildly, on the person."""

    place: Colour = (255, 255, 255)
    person: Colour = (255, 255, 255)


LIGHTS = {
    re.compile(r"\bnight|\bneon|moon", re.I): Light((120, 128, 176), (206, 208, 232)),
    re.compile(r"evening|sunset|golden|\bwarm|candle|dusk", re.I): Light((255, 226, 186), (255, 240, 218)),
    re.compile(r"overcast|cloud|rain|fog", re.I): Light((214, 220, 230), (242, 245, 250)),
    re.compile(r"\bdim\b|low[- ]key|dark room", re.I): Light((150, 148, 150), (214, 212, 212)),
}


def light_of(prompt: str) -> Light:
    """The first kind of light that the words speak of; plain daylight if none."""
    return next((light for words, light in LIGHTS.items() if words.search(prompt)), Light())


def draw_backdrop(prompt: str, size: tuple[int, int], seed: int, *, near: float = 1) -> Image.Image:
    """`near`: so much closer than for a whole figure; its ground is then below the picture."""
    place = found[1] if (found := PLACE.search(prompt)) else prompt
    chance = random.Random(f"{seed}:{place}")  # noqa: S311 - which stones, which trees
    draw = next((draw for words, draw in PLACES.items() if words.search(place)), _studio)
    scene = Image.new("RGB", (max(2, size[0] // 2), max(2, size[1] // 2)))
    draw(scene, chance, next((WALLS[word] for word in re.findall(r"\w+", place.lower()) if word in WALLS), None))
    scene = ImageChops.multiply(scene, Image.new("RGB", scene.size, light_of(prompt).place))
    if "night" in place.lower():
        scene = ImageChops.screen(scene, _lamps(scene.size, chance))
    scene = scene.filter(ImageFilter.GaussianBlur(scene.width * 0.0022 * near))
    part = (scene.width * (1 - 1 / near) / 2, 0, scene.width * (1 + 1 / near) / 2, scene.height / near)
    lower = scene.height * 0.08 * (near - 1)
    return scene.resize(size, Image.Resampling.BICUBIC, box=(part[0], part[1] + lower, part[2], part[3] + lower))


def _studio(scene: Image.Image, chance: random.Random, colour: Colour | None) -> None:
    """One colour without a corner, brighter in the middle."""
    colour = colour or chance.choice((WALLS["grey"], WALLS["beige"], WALLS["blue"], WALLS["pink"], WALLS["green"]))
    width, height = scene.size
    spot = ImageOps.invert(Image.radial_gradient("L")).resize((width * 2, round(height * 1.6)))
    at = (width // 2 + round(width * chance.uniform(-0.2, 0.2)), round(height * 0.3))
    light = spot.crop((at[0], at[1], at[0] + width, at[1] + height))
    scene.paste(ImageOps.colorize(light, _tone(colour, 0.80), _tone(colour, 1.06)))
    ground = Image.linear_gradient("L").resize((width, height - round(height * 0.66)))
    shade = ImageOps.colorize(ground, "white", (226, 226, 226))
    lower = scene.crop((0, height - shade.height, width, height))
    scene.paste(ImageChops.multiply(lower, shade), (0, height - shade.height))


def _street(scene: Image.Image, chance: random.Random, _: Colour | None) -> None:
    width, height = scene.size
    draw, floor = _sky(scene, (156, 186, 214), (226, 232, 236)), round(height * FLOOR)
    left = -round(width * chance.uniform(0, 0.2))
    while left < width:
        wide = round(width * chance.uniform(0.3, 0.46))
        stone = chance.choice(((196, 170, 142), (182, 132, 110), (204, 196, 182), (160, 158, 160), (214, 186, 150)))
        _facade(draw, (left, round(height * chance.uniform(0.02, 0.16)), left + wide, floor), stone, chance)
        left += wide
    _ground(scene, floor, TILES)
    draw.rectangle((0, floor, width, floor + height * 0.012), fill=(128, 124, 120))


def _facade(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], stone: Colour, chance: random.Random) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=stone)
    draw.rectangle((left, top, right, top + (bottom - top) * 0.025), fill=_tone(stone, 0.8))
    columns, rows = chance.choice((2, 3)), chance.choice((4, 5))
    step, floor = (right - left) / columns, (bottom - top) / (rows + 0.4)
    for column in range(columns):
        for row in range(rows):
            x, y = left + step * (column + 0.28), top + floor * (row + 0.45)
            wide, high = step * 0.44, floor * (0.62 if row < rows - 1 else 0.94)
            draw.rectangle((x - 2, y - 2, x + wide + 2, y + high + 2), fill=_tone(stone, 1.16))
            draw.rectangle((x, y, x + wide, y + high), fill=_tone((74, 88, 102), chance.uniform(0.7, 1.25)))


def _room(scene: Image.Image, chance: random.Random, colour: Colour | None) -> None:
    """A wall with pictures, and planks."""
    width, height = scene.size
    _studio(scene, chance, colour or (234, 231, 224))
    draw, floor = ImageDraw.Draw(scene), round(height * FLOOR)
    left = width * chance.uniform(-0.1, 0.04)
    while left < width:
        wide, high, top = (side * chance.uniform(*share) for side, share in
                           ((width, (0.2, 0.34)), (height, (0.14, 0.26)), (height, (0.16, 0.26))))  # fmt: skip
        draw.rectangle((left, top, left + wide, top + high), fill=(58, 52, 48))
        rim = width * 0.012
        draw.rectangle((left + rim, top + rim, left + wide - rim, top + high - rim), fill=(240, 238, 232))
        for _ in range(3):
            x, y = left + wide * chance.uniform(0.15, 0.5), top + high * chance.uniform(0.15, 0.5)
            shade = (chance.randrange(90, 210), chance.randrange(100, 190), chance.randrange(90, 200))
            draw.ellipse((x, y, x + wide * 0.35, y + high * 0.35), fill=shade)
        left += wide + width * chance.uniform(0.1, 0.2)
    _ground(scene, floor, PLANKS)
    draw.rectangle((0, floor - height * 0.022, width, floor), fill=(248, 247, 244))


def _garden(scene: Image.Image, chance: random.Random, _: Colour | None) -> None:
    width, height = scene.size
    draw, floor = _sky(scene, (150, 192, 226), (230, 238, 236)), round(height * FLOOR)
    for depth, green in enumerate(((96, 136, 88), (74, 116, 66), (58, 98, 52))):
        for _tree in range(11):
            x, reach = width * chance.uniform(-0.1, 1.1), width * chance.uniform(0.12, 0.2)
            y = height * (0.24 + 0.15 * depth + chance.uniform(0, 0.12))
            leaf = _tone(green, chance.uniform(0.85, 1.2))
            draw.ellipse((x - reach, y - reach, x + reach, y + reach * 1.2), fill=leaf)
    draw.rectangle((0, height * 0.62, width, floor), fill=(64, 104, 56))
    _ground(scene, floor, TILES)


def _beach(scene: Image.Image, chance: random.Random, _: Colour | None) -> None:
    width, height = scene.size
    draw, floor = _sky(scene, (112, 170, 222), (226, 238, 244)), round(height * FLOOR)
    draw.rectangle((0, height * 0.55, width, floor), fill=(74, 138, 170))
    for _wave in range(14):
        x, y = width * chance.uniform(-0.1, 1), chance.uniform(height * 0.57, floor)
        draw.line((x, y, x + width * chance.uniform(0.1, 0.3), y), fill=(150, 196, 212), width=2)
    sand = Image.linear_gradient("L").resize((width, height - floor))
    scene.paste(ImageOps.colorize(sand, (226, 208, 168), (198, 174, 132)), (0, floor))


PLACES: dict[re.Pattern[str], Draw] = {
    re.compile(r"street|city|facade|alley|town|square|brick", re.I): _street,
    re.compile(r"beach|\bsea\b|seaside|ocean|shore|coast|dune", re.I): _beach,
    re.compile(r"garden|park\b|terrace|forest|wood(s|land)\b|meadow|field|tree", re.I): _garden,
    re.compile(r"gallery|museum|room|interior|office|caf[eé]|home|library|wooden floor|loft|hall", re.I): _room,
}


def _sky(scene: Image.Image, high: Colour, low: Colour) -> ImageDraw.ImageDraw:
    scene.paste(ImageOps.colorize(Image.linear_gradient("L").resize(scene.size), high, low))
    return ImageDraw.Draw(scene)


def _ground(scene: Image.Image, top: int, colours: tuple[Colour, Colour]) -> None:
    """Boards or tiles that run away from the camera."""
    width, height = scene.size
    deep = height - top
    slope = Image.linear_gradient("L").resize((width, deep))
    scene.paste(ImageOps.colorize(slope, _tone(colours[0], 1.08), _tone(colours[0], 0.94)), (0, top))
    draw, middle = ImageDraw.Draw(scene), width / 2
    for line in range(-14, 15):
        draw.line((middle + line * width * 0.09, top, middle + line * width * 0.3, height), fill=colours[1], width=1)
    if colours is TILES:
        for row in (0.1, 0.26, 0.52, 0.9):
            draw.line((0, top + deep * row, width, top + deep * row), fill=colours[1], width=1)


def _lamps(size: tuple[int, int], chance: random.Random) -> Image.Image:
    glow, width = Image.new("RGB", size), size[0]
    draw = ImageDraw.Draw(glow)
    for _ in range(16):
        x, y = width * chance.uniform(0, 1), size[1] * chance.uniform(0.12, FLOOR - 0.06)
        reach = width * chance.uniform(0.01, 0.035)
        shade = ImageColor.getrgb(chance.choice(("#ffc978", "#ffe2ab", "#ff9d6b", "#9fc4ff")))
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=shade)
    return ImageChops.screen(glow, glow.filter(ImageFilter.GaussianBlur(width * 0.03)))


def times(colour: Colour, light: Colour) -> Colour:
    """The colour in that light."""
    red, green, blue = (round(part * lit / 255) for part, lit in zip(colour, light, strict=True))
    return red, green, blue


def _tone(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue
