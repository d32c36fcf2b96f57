"""The LoRA that the FLUX.1-dev trainer writes: module names, shapes, and the safetensors header."""

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

HIDDEN = 3072
MLP = 4 * HIDDEN
BYTES_PER_VALUE = 2  # F16
JOB_NAME = "flux_train_replicate"

# name of the linear layer -> (inputs, outputs), in the order in which the trainer lists them
DOUBLE_BLOCK = {
    "norm1.linear": (HIDDEN, 6 * HIDDEN),
    "norm1_context.linear": (HIDDEN, 6 * HIDDEN),
    "attn.to_q": (HIDDEN, HIDDEN),
    "attn.to_k": (HIDDEN, HIDDEN),
    "attn.to_v": (HIDDEN, HIDDEN),
    "attn.add_k_proj": (HIDDEN, HIDDEN),
    "attn.add_v_proj": (HIDDEN, HIDDEN),
    "attn.add_q_proj": (HIDDEN, HIDDEN),
    "attn.to_out.0": (HIDDEN, HIDDEN),
    "attn.to_add_out": (HIDDEN, HIDDEN),
    "ff.net.0.proj": (HIDDEN, MLP),
    "ff.net.2": (MLP, HIDDEN),
    "ff_context.net.0.proj": (HIDDEN, MLP),
    "ff_context.net.2": (MLP, HIDDEN),
}
SINGLE_BLOCK = {
    "norm.linear": (HIDDEN, 3 * HIDDEN),
    "proj_mlp": (HIDDEN, MLP),
    "proj_out": (HIDDEN + MLP, HIDDEN),
    "attn.to_q": (HIDDEN, HIDDEN),
    "attn.to_k": (HIDDEN, HIDDEN),
    "attn.to_v": (HIDDEN, HIDDEN),
}
BLOCKS = (("transformer_blocks", 19, DOUBLE_BLOCK), ("single_transformer_blocks", 38, SINGLE_BLOCK))


class Module(NamedTuple):
    """One linear layer that can carry a LoRA."""

    name: str
    inputs: int
    outputs: int

    def shapes(self, rank: int) -> Iterator[tuple[str, tuple[int, int]]]:
        yield f"{self.name}.lora_A.weight", (rank, self.inputs)
        yield f"{self.name}.lora_B.weight", (self.outputs, rank)


def all_modules() -> list[Module]:
    """The 494 linear layers of FLUX.1-dev's transformer."""
    return [
        Module(f"transformer.{family}.{index}.{layer}", *size)
        for family, count, layers in BLOCKS
        for index in range(count)
        for layer, size in layers.items()
    ]


def matching_modules(regex: str | None) -> list[Module]:
    """The layers that the trainer would optimize; ValueError in the trainer's own words when there are none."""
    modules = all_modules()
    if not regex:
        return modules
    try:
        wanted = re.compile(regex)
    except re.error as error:
        raise ValueError(f"Failed to compile regex '{regex}': {error}") from error
    matched = [module for module in modules if wanted.search(module.name)]
    if not matched:
        names = "\n".join(module.name for module in modules)
        raise ValueError(f"The regex '{regex}' didn't match any layers. These layers can be optimized:\n{names}")
    return matched


def data_bytes(modules: Sequence[Module], rank: int) -> int:
    """Bytes of tensor data, without the header."""
    return BYTES_PER_VALUE * rank * sum(module.inputs + module.outputs for module in modules)


def safetensors_head(modules: Sequence[Module], rank: int, *, trigger_word: str, steps: int, seed: str) -> bytes:
    """The length field and the JSON header; the tensors follow in the header's (sorted) order without gaps."""
    header: dict[str, object] = {"__metadata__": _metadata(trigger_word, steps, seed)}
    offset = 0
    for name, shape in sorted(entry for module in modules for entry in module.shapes(rank)):
        end = offset + BYTES_PER_VALUE * shape[0] * shape[1]
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _metadata(trigger_word: str, steps: int, seed: str) -> dict[str, str]:
    # the two hashes are of the seed, not of the tensors: nobody checks them, and hashing 172 MB costs time
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return {
        "name": JOB_NAME,
        "version": "1.0",
        "training_info": json.dumps({"step": steps, "epoch": 0}),
        "software": json.dumps(
            {"name": "ai-toolkit", "repo": "https://github.com/ostris/ai-toolkit", "version": "0.1.0"}
        ),
        "ss_base_model_version": "sd_1.5",
        "ss_output_name": JOB_NAME,
        "ss_tag_frequency": json.dumps({"1_ostris": {trigger_word: 1}}),
        "sshs_model_hash": digest,
        "sshs_legacy_hash": digest[:8],
        "format": "pt",
    }


def tensor_block(seed: str, size: int = 1 << 20) -> bytes:
    """A block of small, finite F16 values, the same for the same seed; repeated, it fills the tensors."""
    block = bytearray(random.Random(seed).randbytes(size))  # noqa: S311 - filling, not secrecy
    # little-endian F16: the odd bytes hold sign, exponent and two bits of mantissa; keep the exponent to 2^-7..2^-4
    tame = bytes((byte & 0x83) | ((8 + ((byte >> 2) & 3)) << 2) for byte in range(256))
    block[1::2] = block[1::2].translate(tame)
    return bytes(block)
