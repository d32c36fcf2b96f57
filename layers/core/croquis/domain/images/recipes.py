"""What an engine makes an image from, one type per kind of input: the same input makes the same image."""

from dataclasses import dataclass

from croquis.domain.images.engines import Engine, WornGarment
from croquis.domain.images.image import ImageSize


@dataclass(frozen=True)
class TextRecipe:
    """From words. `nonce` is up to 999,999 and has no effect: with the seed it is what a list shows of the order."""

    version: str
    prompt: str
    size: ImageSize
    seed: int
    lora_scale: float
    guidance: float
    nonce: int


@dataclass(frozen=True)
class InpaintRecipe:
    """From a picture, of which what is white in `mask` is made anew; both are links, and the result has their size.

    The name of the file in the link to `picture` is what a list shows of the order.
    """

    version: str
    prompt: str
    picture: str
    mask: str
    strength: float  # how much of it is made anew
    seed: int
    lora_scale: float
    guidance: float


@dataclass(frozen=True)
class TryOnRecipe:
    """From the picture of a person, whose link bears the marker as its file's name, and pictures of garments."""

    engine: Engine
    person: str
    garments: tuple[WornGarment, ...]
    prompt: str
    seed: int | None

    @property
    def version(self) -> str:
        return self.engine.ordered_as


ImageRecipe = (
    TextRecipe | InpaintRecipe | TryOnRecipe
)  # another engine: its type here, its builder in the provider's orders
