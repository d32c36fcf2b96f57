"""What happens while a prediction runs: pictures of a trained version, and the try-on models."""

import asyncio
import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from sandbox.replicate import pictures
from sandbox.replicate.dataset import photo
from sandbox.replicate.engines import ASPECT_RATIOS, OFFICIAL_MODELS, TRAINED_FIELDS
from sandbox.replicate.fetching import fetch
from sandbox.replicate.inputs import JsonObject, with_defaults
from sandbox.replicate.runs import Run
from sandbox.replicate.state import Twin
from sandbox.replicate.trainer_log import bar
from sandbox.replicate.training import ZIP_NAME

NSFW = "NSFW content detected. Try running it again, or try a different prompt."
LONG_SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}


async def generate(twin: Twin, run: Run) -> list[str]:
    """Pictures of the version's own person; the same seed and prompt give the same pictures."""
    request = with_defaults(TRAINED_FIELDS, run.input)
    seed = int.from_bytes(os.urandom(2)) if request["seed"] is None else int(request["seed"])
    twin.log(run, f"Using seed: {seed}", f"Prompt: {request['prompt']}", "[!] txt2img mode")
    urls: list[str] = []
    for number in range(int(request["num_outputs"])):
        await twin.pause(run, twin.settings.seconds_per_image)
        _fail_if_told_to(twin)
        steps = int(request["num_inference_steps"])
        twin.log(run, bar(steps, steps, twin.settings.seconds_per_image / steps, name=""))
        draw = partial(_draw, _zip_of(twin, run), request, seed + number)
        urls.append(await _save(twin, run, number, request, draw))
    return urls


async def try_on(twin: Twin, run: Run) -> str:
    """One picture of the first input picture, with the second one small in its corner."""
    model = OFFICIAL_MODELS[run.model]
    request = with_defaults(model.fields, run.input)
    inputs = [await _fetched(twin, run, number, url) for number, url in enumerate(_urls(request, model.pictures))]
    await twin.pause(run, twin.settings.seconds_per_image)
    _fail_if_told_to(twin)
    return await _save(twin, run, 0, request, partial(_draw_try_on, inputs, request))


def _fail_if_told_to(twin: Twin) -> None:
    if twin.faults.prediction_ends in ("failed", "nsfw"):
        raise RuntimeError(NSFW if twin.faults.prediction_ends == "nsfw" else "CUDA error: an illegal memory access")


def _zip_of(twin: Twin, run: Run) -> Path | None:
    found = twin.models.find_version(run.version)
    if found is None or found[1].training_id is None:
        return None
    path = twin.files_of(found[1].training_id) / ZIP_NAME
    return path if path.exists() else None


async def _save(twin: Twin, run: Run, number: int, request: JsonObject, draw: Callable[[], Image.Image]) -> str:
    name = f"out-{number}.{request['output_format']}"
    path = twin.files_of(run.id) / name

    def write() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pictures.encode(draw(), request["output_format"], int(request.get("output_quality", 90))))

    await asyncio.to_thread(write)
    return run.delivery_url(name)


def _draw(source: Path | None, request: JsonObject, seed: int) -> Image.Image:
    chance = random.Random(f"{seed}:{request['prompt']}").random()  # noqa: S311 - which photo
    person = photo(source, chance) if source else None
    return pictures.compose(person, size=_size(request), prompt=request["prompt"], seed=seed)


def _size(request: JsonObject) -> tuple[int, int]:
    if request["aspect_ratio"] == "custom":
        width, height = (int(request[side] or 1024) // 16 * 16 for side in ("width", "height"))
        return width, height
    width, height = ASPECT_RATIOS[request["aspect_ratio"]]
    return (width // 2, height // 2) if request["megapixels"] == "0.25" else (width, height)


def _urls(request: JsonObject, names: tuple[str, ...]) -> list[str]:
    values: list[Any] = [request[name] for name in names]
    return [url for value in values for url in (value if isinstance(value, list) else [value]) if url]


async def _fetched(twin: Twin, run: Run, number: int, url: str) -> Image.Image:
    path = twin.files_of(run.id) / f"input-{number}"
    await fetch(twin.client, url, path)

    def opened() -> Image.Image:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")

    return await asyncio.to_thread(opened)


def _draw_try_on(inputs: list[Image.Image], request: JsonObject) -> Image.Image:
    person = inputs[0] if inputs else None
    seed = int(request.get("seed") or 0)
    picture = pictures.compose(person, size=_try_on_size(person, request), prompt=request["prompt"], seed=seed)
    return pictures.add_garment(picture, inputs[1]) if len(inputs) > 1 else picture


def _try_on_size(person: Image.Image | None, request: JsonObject) -> tuple[int, int]:
    wanted = request["aspect_ratio"]
    matched = person.size if person else (1024, 1024)
    width, height = matched if wanted == "match_input_image" else ASPECT_RATIOS[wanted]
    scale = LONG_SIDES[request.get("resolution", "1K")] / max(width, height)
    return round(width * scale), round(height * scale)
