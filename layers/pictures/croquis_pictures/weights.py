"""Where a layer's network weights are: the same rule for every layer that carries some."""

from collections.abc import Mapping
from pathlib import Path


class WeightsMissing(RuntimeError):
    """The weights are not where they should be."""


def weight_file(name: str, environment: Mapping[str, str]) -> Path:
    """The file of this name in the folder of weights; raises WeightsMissing."""
    path = models_folder(environment) / name
    if not path.is_file():
        raise WeightsMissing(f"{path} is not there. Run `python layers/vision/fetch_models.py`.")
    return path


def models_folder(environment: Mapping[str, str]) -> Path:
    """CROQUIS_MODELS, else beside the layer's `python` folder (/opt/models on Lambda), else the checkout's cache."""
    if chosen := environment.get("CROQUIS_MODELS"):
        return Path(chosen)
    here = Path(__file__).parents
    in_the_layer = here[2] / "models"
    return in_the_layer if in_the_layer.is_dir() else here[3] / ".croquis" / "models"
