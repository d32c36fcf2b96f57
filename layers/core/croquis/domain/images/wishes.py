"""What an owner wishes of images: words of their own or single choices, and how strictly the model follows them."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from croquis.domain.images.image import AspectRatio, ImageSize, image_size
from croquis.domain.images.prompts import PromptChoices, named, prompt
from croquis.domain.short_text import IsNamed, plain
from croquis.domain.subject import Subject

# inside the engine's ranges (-1 to 3, and 0 to 10): beyond these the person or the picture falls apart
LoraScale = Annotated[float, Field(ge=0.5, le=1.2)]
Guidance = Annotated[float, Field(ge=1, le=5)]
FreePrompt = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(plain), IsNamed
]
IN_WORDS = ("pose", "background", "lighting", "expression", "outfit", "shoes")


class ImageWishes(PromptChoices):
    """A `prompt` of one's own takes the place of pose, background, lighting, expression, outfit and shoes; the person's
    trigger word and noun are put before it where they are missing. Left out, the size is the framing's.
    """

    prompt: FreePrompt | None = None
    size: AspectRatio | None = None
    lora_scale: LoraScale = 1
    guidance: Guidance = 3

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if self.prompt and any(getattr(self, name) for name in IN_WORDS):
            raise PydanticCustomError("prompt_or_wishes", "prompt or wishes")
        return self

    def prompt_for(self, subject: Subject) -> str:
        """One line that begins with the person and never describes face or body."""
        return named(subject, self.prompt) if self.prompt else prompt(subject, self)

    @property
    def pixels(self) -> ImageSize:
        return image_size(self.framing, self.size)
