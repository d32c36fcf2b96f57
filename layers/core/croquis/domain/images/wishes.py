"""What an owner wants in images: their own words or single choices, and how strictly the model follows them."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from croquis.domain.images.image import AspectRatio, ImageSize, image_size
from croquis.domain.images.prompts import PromptChoices, named, prompt
from croquis.domain.images.scenes import WISHES_OF, SceneName
from croquis.domain.short_text import IsNamed, plain
from croquis.domain.subject import Subject

# inside the engine's ranges (-1 to 3, and 0 to 10): beyond these the person or the picture falls apart
LoraScale = Annotated[float, Field(ge=0.5, le=1.2)]
Guidance = Annotated[float, Field(ge=1, le=5)]
FreePrompt = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(plain), IsNamed
]
IN_WORDS = ("scene", "pose", "background", "lighting", "expression", "outfit", "shoes")


class ImageWishes(PromptChoices):
    """Choices in words, a `scene` that fills those that are left out, or a `prompt` of one's own in their place, before
    which the person's trigger word and noun are put where they are missing. Left out, the size is the framing's.
    """

    scene: SceneName | None = None
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
        return named(subject, self.prompt) if self.prompt else prompt(subject, self.filled)

    @property
    def filled(self) -> PromptChoices:
        """The choices, with the scene's where nothing was chosen."""
        given = _sent(self, set(PromptChoices.model_fields))
        return PromptChoices.model_validate({**_sent(WISHES_OF[self.scene]), **given} if self.scene else given)

    @property
    def pixels(self) -> ImageSize:
        return image_size(self.filled.framing, self.size)

    @property
    def stored(self) -> dict[str, object]:
        """What was chosen, and no more: of it the same is made again."""
        return _sent(self, set(ImageWishes.model_fields))

    def changed(self, changes: Self) -> "ImageWishes":
        """With what is sent in `changes`, where null takes back; a new prompt takes the place of all choices in words.

        ValidationError where choices are added to a prompt.
        """
        sent = changes.model_dump(mode="json", exclude_unset=True)
        left_out = set(IN_WORDS) if changes.prompt else set[str]()
        return ImageWishes.model_validate({**_sent(self, set(ImageWishes.model_fields) - left_out), **sent})


def _sent(choices: PromptChoices, names: set[str] | None = None) -> dict[str, object]:
    return choices.model_dump(mode="json", include=names, exclude_unset=True, exclude_none=True)
