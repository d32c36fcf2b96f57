"""What happens while a prediction runs: pictures of a trained version."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image

from sandbox.replicate import inpainting, pictures
from sandbox.replicate.cut_out import figure_of
from sandbox.replicate.dataset import photo
from sandbox.replicate.engines import ASPECT_RATIOS, TRAINED_FIELDS
from sandbox.replicate.inputs import JsonObject, with_defaults
from sandbox.replicate.runs import Run
from sandbox.replicate.state import Twin
from sandbox.replicate.trainer_log import bar
from sandbox.replicate.training import ZIP_NAME, fetch

GIVEN = ("image", "mask")
NSFW = "NSFW content detected. Try running it again, or try a different prompt."


async def generate(twin: Twin, run: Run) -> list[str]:
    """Pictures of the version's own person; the same seed and prompt give the same pictures."""
    request = with_defaults(TRAINED_FIELDS, run.input)
    seed = int.from_bytes(os.urandom(2)) if request["seed"] is None else int(request["seed"])
    given = [await _fetched(twin, run, request, name) for name in GIVEN if request[name]]
    mode = ("txt2img", "img2img", "inpaint")[len(given)]
    twin.log(run, f"Using seed: {seed}", f"Prompt: {request['prompt']}", f"[!] {mode} mode")
    urls: list[str] = []
    for number in range(int(request["num_outputs"])):
        await twin.pause(run, twin.settings.seconds_per_image)
        _fail_if_told_to(twin, run)
        steps = int(request["num_inference_steps"])
        twin.log(run, bar(steps, steps, twin.settings.seconds_per_image / steps, name=""))
        draw = _inpainted(twin, run, request, *given) if given else _picture(twin, run, request, seed + number)
        urls.append(await _save(twin, run, number, request, draw))
    return urls


async def _fetched(twin: Twin, run: Run, request: JsonObject, name: str) -> Path:
    path = twin.files_of(run.id) / name
    await fetch(twin.client, request[name], path)
    return path


def _fail_if_told_to(twin: Twin, run: Run) -> None:
    end = twin.plan.of(run).prediction_ends
    if end in ("failed", "nsfw"):
        raise RuntimeError(NSFW if end == "nsfw" else "CUDA error: an illegal memory access")


def _zip_of(twin: Twin, run: Run) -> Path:
    found = twin.models.find_version(run.version)
    if found is None or found[1].training_id is None:
        raise RuntimeError("The version is gone.")
    return twin.files_of(found[1].training_id) / ZIP_NAME


async def _save(twin: Twin, run: Run, number: int, request: JsonObject, draw: Callable[[], Image.Image]) -> str:
    name = f"out-{number}.{request['output_format']}"
    path = twin.files_of(run.id) / name

    def write() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pictures.encode(draw(), request["output_format"], int(request["output_quality"])))

    await asyncio.to_thread(write)
    return run.delivery_url(name)


def _picture(twin: Twin, run: Run, request: JsonObject, seed: int) -> Callable[[], Image.Image]:
    source, prompt = _zip_of(twin, run), request["prompt"]
    if twin.settings.plain_pictures:
        return partial(pictures.plain, size=_size(request), prompt=prompt, seed=seed)
    name, shown = twin.sittings.picture_for(source, prompt, seed), twin.plan.of(run).pictures_show
    if shown == "copy":
        return lambda: pictures.copied(photo(source, name), size=_size(request))
    return lambda: pictures.compose(figure_of(source, name), size=_size(request), prompt=prompt, seed=seed, shown=shown)


def _inpainted(
    twin: Twin, run: Run, request: JsonObject, picture: Path, mask: Path | None = None
) -> Callable[[], Image.Image]:
    if mask is None:
        raise RuntimeError("The stand-in draws from a picture only where a mask says what to draw anew.")
    strength, shown = float(request["prompt_strength"]), twin.plan.of(run).pictures_show
    return partial(inpainting.inpainted, picture, mask, strength=strength, shown=shown)


def _size(request: JsonObject) -> tuple[int, int]:
    if request["aspect_ratio"] == "custom":
        width, height = (int(request[side] or 1024) // 16 * 16 for side in ("width", "height"))
        return width, height
    width, height = ASPECT_RATIOS[request["aspect_ratio"]]
    return (width // 2, height // 2) if request["megapixels"] == "0.25" else (width, height)
