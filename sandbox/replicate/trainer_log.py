"""The trainer's log, line by line, as Replicate stores it: tqdm's returns are newlines, every line is left-trimmed."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from sandbox.replicate.dataset import Dataset, bucket_counts
from sandbox.replicate.flux_lora import JOB_NAME
from sandbox.replicate.weights_tar import JOB_DIR

BAR_WIDTH = 10
EIGHTHS = " ▏▎▍▌▋▊▉"
RULER = "#############################################"
WARNING = "torch/utils/checkpoint.py:295: FutureWarning: `torch.cpu.amp.autocast(args...)` is deprecated."
BASE_WEIGHTS = "https://weights.replicate.delivery/default/black-forest-labs/FLUX.1-dev/files.tar"


def fetching_lines(started: str, dataset: Dataset) -> list[str]:
    """From the first line to the extracted zip."""
    return [
        f"{started} | INFO  | [ Initiating ] chunk_size=150M dest=. url={BASE_WEIGHTS}",
        f'{started} | INFO  | [ Complete ] dest=. size="34 GB" total_elapsed=26.188s url={BASE_WEIGHTS}',
        "Downloaded base weights in 26.606263875961304 seconds",
        f"Extracted {dataset.extracted} files from zip to input_images",
    ]


def loading_lines(config: Mapping[str, Any]) -> list[str]:
    """The job's configuration and the loading of the base model."""
    process = json.dumps(config["config"]["process"][0], indent=4).splitlines()
    return [
        "Starting train job",
        *(line.strip() for line in process),
        "Using EMA",
        *(RULER, f"# Running job: {JOB_NAME}", RULER),
        "Running  1 process",
        *("Loading Flux model", "Loading transformer", "Loading vae", "Loading t5", "Loading clip", "making pipe"),
        "preparing",
    ]


def network_lines(rank: int, modules: int) -> list[str]:
    return [
        f"create LoRA network. base dim (rank): {rank}, alpha: {rank}",
        "neuron dropout: p=None, rank dropout: p=None, module dropout: p=None",
        "create LoRA for Text Encoder: 0 modules.",
        f"create LoRA for U-Net: {modules} modules.",
        "enable LoRA for U-Net",
    ]


def dataset_lines(dataset: Dataset, resolutions: Sequence[int]) -> list[str]:
    """One block for each resolution: what was found, the buckets, the caching bar."""
    return [line for resolution in resolutions for line in _resolution_lines(dataset, resolution)]


def baseline_lines() -> list[str]:
    return ["Generating baseline samples before training", "Generating Images: 0it [00:00, ?it/s]"]


def idle_lines(size: int) -> Iterator[str]:
    """At least so many bytes of what libraries print beside the steps."""
    yield from repeat(WARNING, max(0, -(-size // (len(WARNING) + 1))))


def saving_lines(captions: Sequence[str]) -> list[str]:
    """The end of the training and the names that tar prints."""
    return [
        f"Saved to output/{JOB_NAME}/optimizer.pt",
        f"{JOB_DIR}/",
        f"{JOB_DIR}/config.yaml",
        f"{JOB_DIR}/lora.safetensors",
        f"{JOB_DIR}/captions/",
        *(f"{JOB_DIR}/captions/{name}" for name in sorted(captions)),
    ]


def step_lines(steps: range, total: int, *, seconds_per_step: float, learning_rate: float, seed: str) -> Iterator[str]:
    """Two lines for each step but the first: the loss, then the bar that has moved. It ends at total - 1."""
    for step in steps:
        elapsed = step * seconds_per_step
        tail = f", lr: {learning_rate:.1e} loss: {_loss(step, total, seed):.3e}"
        yield bar(max(step - 1, 0), total, seconds_per_step, tail, elapsed=elapsed)
        if step > 0:
            yield bar(step, total, seconds_per_step, tail)


def bar(
    done: int, total: int, seconds_each: float, tail: str = "", *, elapsed: float | None = None, name: str = JOB_NAME
) -> str:
    """One state of a tqdm bar."""
    share = done / total
    full, eighths = divmod(int(share * BAR_WIDTH * 8), 8)
    drawn = ("█" * full + (EIGHTHS[eighths] if full < BAR_WIDTH else "")).ljust(BAR_WIDTH)
    known = done > 0 and seconds_each > 0
    left = _clock(seconds_each * (total - done)) if known else "?"
    timing = f"[{_clock(done * seconds_each if elapsed is None else elapsed)}<{left}, "
    timing += f"{_rate(seconds_each) if known else '?it/s'}{tail}]"
    return f"{f'{name}: ' if name else ''}{share * 100:3.0f}%|{drawn}| {done}/{total} {timing}".lstrip()


def _resolution_lines(dataset: Dataset, resolution: int) -> list[str]:
    count = len(dataset.images)
    looked_at = count + len(dataset.broken)
    buckets = bucket_counts(list(dataset.images.values()), resolution)
    return [
        "Dataset: input_images",
        "-  Preprocessing image dimensions",
        bar(0, looked_at, 0.01, name=""),
        *(f"Error processing image: input_images/{name}" for name in dataset.broken),
        bar(looked_at, looked_at, 0.01, name=""),
        f"-  Found {count} images",
        "Bucket sizes for input_images:",
        *(f"{width}x{height}: {files} files" for (width, height), files in sorted(buckets.items())),
        f"{len(buckets)} buckets made",
        "Caching latents for input_images",
        "- Keeping latents in memory",
        bar(0, count, 0.12, name="Caching latents"),
        bar(count, count, 0.12, name="Caching latents"),
    ]


def _loss(step: int, total: int, seed: str) -> float:
    noise = random.Random(f"{seed}:{step}").random()  # noqa: S311 - a curve to look at
    return 0.18 + 0.3 * (1 - step / total) * noise + 0.12 * noise


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _rate(seconds_each: float) -> str:
    return f"{1 / seconds_each:5.2f}it/s" if seconds_each < 1 else f"{seconds_each:5.2f}s/it"
