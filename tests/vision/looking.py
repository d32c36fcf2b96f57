"""The type of the fixture `look`."""

from collections.abc import Callable

from PIL import Image

from croquis_vision import PhotoReport

Look = Callable[[Image.Image], PhotoReport]
