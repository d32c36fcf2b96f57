"""The engines that put garments on a person: what each takes, what it costs, in whose words it refuses.

As their pages say on 2026-11-30. The rows that Croquis has of them are elsewhere, and are held against these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.replicate.inputs import Field, Fields, JsonObject

LINK, LINKS = Field("string", format="uri"), Field("array")
TEXT, FLAG = Field("string"), Field("boolean")
FLAGGED = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
NSFW = "NSFW content detected in the person or garment image."
RATIOS = ("match_input_image", "1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
LEVELS = ("block_low_and_above", "block_medium_and_above", "block_only_high")


@dataclass(frozen=True)
class TryOnEngine:
    """One of them. `closed`: 422 for a key that it does not know; the others ignore such a key without a word."""

    model: str
    version: str
    fields: Fields
    person: str
    garments: str
    refusal: str
    usd: Callable[[int, float], float]  # by the number of garments, and the seconds that it ran
    closed: bool = False
    official: bool = False  # runs under its name alone

    def people_and_garments(self, given: JsonObject) -> tuple[str, list[str]]:
        """The links to the person and to each garment."""
        person, garments = given[self.person], given[self.garments]
        if self.person == self.garments:
            return person[0], list(person[1:])
        return person, list(garments) if isinstance(garments, list) else [garments]


PRUNA = TryOnEngine(
    model="prunaai/p-image-try-on",
    version="6aaa4749ee142241dfa3bf5736f9e8d16e0796d4452e450ba2e92e40cf7e676a",
    fields={
        "person_image": Field("string", format="uri", required=True),
        "garment_images": Field("array", required=True, most=11),
        "prompt": TEXT,
        "reference_pose": LINK,
        "turbo": FLAG,
        "seed": Field("integer"),
        "preserve_input_size": Field("boolean", True),
        "output_format": Field("string", "jpg", choices=("jpg", "png", "webp")),
        "output_quality": Field("integer", 95, ge=0, le=100),
        "no_op": FLAG,
    },
    person="person_image",
    garments="garment_images",
    refusal=NSFW,
    usd=lambda garments, _: 0.015 + 0.008 * (garments - 1),
    closed=True,
)
BANANA = TryOnEngine(
    model="google/nano-banana-pro",
    version="f5318740f60d79bf0c480216aaf9ca7614977553170eacd19ff8cbcda2409ac8",
    fields={
        "prompt": Field("string", required=True),
        "image_input": Field("array", most=14),
        "aspect_ratio": Field("string", "match_input_image", choices=RATIOS),
        "resolution": Field("string", "2K", choices=("1K", "2K", "4K")),
        "output_format": Field("string", "jpg", choices=("jpg", "png")),
        "safety_filter_level": Field("string", "block_only_high", choices=LEVELS),
    },
    person="image_input",
    garments="image_input",
    refusal=FLAGGED,
    usd=lambda _, __: 0.15,
    official=True,
)
IDM = TryOnEngine(
    model="cuuupid/idm-vton",
    version="c871bb9b046607b680449ecbae55fd8c6d945e0a1948644bf2361b3d021d3ff4",
    fields={
        "human_img": Field("string", format="uri", required=True),
        "garm_img": Field("string", format="uri", required=True),
        "garment_des": TEXT,
        "category": Field("string", "upper_body", choices=("upper_body", "lower_body", "dresses")),
        "crop": Field("boolean", False),
        "force_dc": Field("boolean", False),
        "mask_img": LINK,
        "mask_only": Field("boolean", False),
        "steps": Field("integer", 30, ge=1, le=40),
        "seed": Field("integer", 42),
    },
    person="human_img",
    garments="garm_img",
    refusal=NSFW,
    usd=lambda _, seconds: 0.0014 * seconds,
)
TRY_ON_ENGINES = {it.model: it for it in (PRUNA, BANANA, IDM)}
BY_VERSION = {it.version: it for it in TRY_ON_ENGINES.values()}


def price_of(model: str, given: JsonObject, seconds: float) -> float | None:
    """Of a run of one of these; None for what is no try-on."""
    engine = TRY_ON_ENGINES.get(model)
    if engine is None or not seconds:
        return None
    return engine.usd(len(engine.people_and_garments(given)[1]), seconds)


def schema_outputs() -> dict[str, Any]:
    """They answer with one link."""
    return {"Output": {"type": "string", "title": "Output", "format": "uri"}}
