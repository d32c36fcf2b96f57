"""What happens while a training runs: the zip is fetched, the log of the steps grows, a new version stands."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from sandbox.replicate import trainer_log
from sandbox.replicate.dataset import read_captions, read_dataset
from sandbox.replicate.engines import TRAINER_FIELDS
from sandbox.replicate.flux_lora import JOB_NAME, matching_modules
from sandbox.replicate.inputs import JsonObject, with_defaults
from sandbox.replicate.runs import Run, timestamp
from sandbox.replicate.shelves import Version
from sandbox.replicate.state import Twin
from sandbox.replicate.weights_tar import WeightsTar

ZIP_NAME = "input_images.zip"
WEIGHTS_NAME = "trained_model.tar"
OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 1.27 GiB (GPU 0; 79.10 GiB total capacity)"


class FetchError(Exception):
    """In the words of the library that cog fetches with; they hold the address."""


async def train(twin: Twin, run: Run) -> JsonObject:
    """Run the training to its end; errors are the trainer's own, in its own words."""
    request = with_defaults(TRAINER_FIELDS, run.input)
    path = twin.files_of(run.id) / ZIP_NAME
    if request["input_images"]:
        await fetch(twin.client, request["input_images"], path)
    modules, resolutions = _checked(request)
    dataset = await asyncio.to_thread(read_dataset, path)
    dataset.lose(twin.plan.of(run).images_lost)
    config = _config(request, resolutions)
    twin.log(run, *trainer_log.fetching_lines(timestamp(twin.clock()), dataset), *trainer_log.loading_lines(config))
    twin.log(run, *trainer_log.network_lines(int(request["lora_rank"]), len(modules)))
    twin.log(run, *trainer_log.dataset_lines(dataset, resolutions), *trainer_log.baseline_lines())
    await _take_steps(twin, run, request)
    twin.log(run, *trainer_log.idle_lines(twin.plan.of(run).log_bytes - len(run.logs.encode())))
    twin.log(run, *trainer_log.saving_lines(dataset.captions))
    return _publish(twin, run)


def weights_of(twin: Twin, run: Run) -> WeightsTar:
    """The archive of a training that succeeded."""
    request = with_defaults(TRAINER_FIELDS, run.input)
    return WeightsTar(
        seed=run.id,
        rank=int(request["lora_rank"]),
        layers_regex=request["layers_to_optimize_regex"],
        trigger_word=request["trigger_word"],
        steps=int(request["steps"]),
        config=_yaml(_config(request, _resolutions(request))),
        captions=read_captions(twin.files_of(run.id) / ZIP_NAME),
        extra_files=twin.plan.of(run).extra_files,
        ended_at=run.completed_at or run.created_at,
    )


async def fetch(client: httpx.AsyncClient, url: str, path: Path) -> None:
    """What an input's link leads to, or FetchError."""
    # as cog does: no credentials, no retry, redirects followed, streamed to disk
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        await _stream(client, url, path)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"HTTPConnectionPool: Max retries exceeded with url: {url} ({error})") from error


async def _stream(client: httpx.AsyncClient, url: str, path: Path) -> None:
    async with client.stream("GET", url, follow_redirects=True) as answer:
        if answer.is_error:
            side = "Client" if answer.is_client_error else "Server"
            raise FetchError(f"{answer.status_code} {side} Error: {answer.reason_phrase} for url: {url}")
        with path.open("wb") as file:
            async for piece in answer.aiter_bytes(1 << 20):
                file.write(piece)


def _checked(request: JsonObject) -> tuple[list[Any], list[int]]:
    if not request["input_images"]:
        raise ValueError("input_images must be provided")
    return matching_modules(request["layers_to_optimize_regex"]), _resolutions(request)


def _resolutions(request: JsonObject) -> list[int]:
    return [int(part) for part in request["resolution"].split(",")]


async def _take_steps(twin: Twin, run: Run, request: JsonObject) -> None:
    total = int(request["steps"])
    fails = twin.plan.of(run).training_ends == "failed"
    last = total // 2 if fails else total
    each = twin.settings.seconds_per_1000_steps / 1000
    began, done = twin.clock(), 0
    twin.log(run, trainer_log.bar(0, total, each))
    while done < last:
        await twin.pause(run, min(twin.settings.seconds_between_lines, each * (last - done)))
        passed = twin.clock() - began
        reached = last if twin.is_hurried(run) or not each else min(last, int(passed / each))
        lines = trainer_log.step_lines(
            range(done, reached),
            total,
            seconds_per_step=each,
            learning_rate=float(request["learning_rate"]),
            seed=run.id,
        )
        twin.log(run, *lines)
        done = reached
    if fails:
        raise RuntimeError(OUT_OF_MEMORY)


def _publish(twin: Twin, run: Run) -> JsonObject:
    model = twin.models.get(run.destination or "")
    if model is None:
        raise RuntimeError("The destination model is gone.")
    version = Version(twin.chance.version_id(), twin.clock(), training_id=run.id)
    model.versions.append(version)
    twin.models.save(model)
    return {"version": f"{model.path}:{version.id}", "weights": run.delivery_url(WEIGHTS_NAME)}


def _config(request: JsonObject, resolutions: list[int]) -> JsonObject:
    process = {
        "type": "custom_sd_trainer",
        "training_folder": "output",
        "device": "cuda:0",
        "trigger_word": request["trigger_word"],
        "network": {"type": "lora", "linear": request["lora_rank"], "linear_alpha": request["lora_rank"]},
        "save": {"dtype": "float16", "save_every": request["steps"] + 1, "max_step_saves_to_keep": 1},
        "datasets": [
            {
                "folder_path": "input_images",
                "caption_ext": "txt",
                "caption_dropout_rate": request["caption_dropout_rate"],
                "shuffle_tokens": False,
                "cache_latents_to_disk": request["cache_latents_to_disk"],
                "cache_latents": True,
                "resolution": resolutions,
            }
        ],
        "train": {
            "batch_size": request["batch_size"],
            "steps": request["steps"],
            "gradient_accumulation_steps": 1,
            "train_unet": True,
            "train_text_encoder": False,
            "content_or_style": "balanced",
            "gradient_checkpointing": request["gradient_checkpointing"],
            "noise_scheduler": "flowmatch",
            "optimizer": request["optimizer"],
            "lr": request["learning_rate"],
            "ema_config": {"use_ema": True, "ema_decay": 0.99},
            "dtype": "bf16",
        },
        "model": {"name_or_path": "FLUX.1-dev", "is_flux": True, "quantize": False},
    }
    return {
        "job": "custom_job",
        "config": {"name": JOB_NAME, "process": [process]},
        "meta": {"name": JOB_NAME, "version": "1.0"},
    }


def _yaml(value: Any, indent: str = "") -> str:
    if isinstance(value, Mapping):
        return "".join(f"{indent}{key}:{_yaml_value(inner, indent)}" for key, inner in value.items())
    if isinstance(value, list):
        return "".join(f"{indent}-{_yaml_value(inner, indent)}" for inner in value)
    return f"{json.dumps(value)}\n"


def _yaml_value(value: Any, indent: str) -> str:
    nested = isinstance(value, Mapping | list) and value
    return f"\n{_yaml(value, indent + '  ')}" if nested else f" {json.dumps(value)}\n"
