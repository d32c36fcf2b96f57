"""Reads a safetensors header as hostile text: what the file says about itself must cover it exactly, byte by byte.

Nothing is ever loaded; names and metadata are data only.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import cast

from croquis.domain.strict_json import NotStrictJson, decoded_object
from croquis.errors import WeightsRefused

LENGTH_BYTES = 8
MAX_HEADER = 10_000_000
MAX_DIMENSIONS = 8
MAX_NUMBER = 1 << 63
METADATA = "__metadata__"
LORA_A = ".lora_A.weight"
LORA_B = ".lora_B.weight"
BYTES_PER_VALUE = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}


@dataclass(frozen=True)
class LoraHeader:
    """What a checked file says about itself."""

    tensors: int
    dtypes: frozenset[str]
    metadata: Mapping[str, str]
    header_bytes: int
    ranks: frozenset[int]


@dataclass(frozen=True)
class _Tensor:
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def header_length(head: bytes, size: int) -> int:
    """How many bytes of JSON follow the first eight, or raises `WeightsRefused`."""
    if len(head) < LENGTH_BYTES:
        raise _refused("The weights file is too short to be one.")
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    if not 2 <= length <= MAX_HEADER or LENGTH_BYTES + length > size:
        raise _refused("The weights file's header has an impossible length.")
    return length


def check_header(head: bytes, size: int) -> LoraHeader:
    """Validates a safetensors header against the file's size in bytes, or raises `WeightsRefused`.

    `head` is the start of the file and must hold the whole header; what follows the header in it is not looked at.
    """
    length = header_length(head, size)
    if len(head) < LENGTH_BYTES + length:
        raise _refused("The weights file ends within its header.")
    entries = _parsed(head[LENGTH_BYTES : LENGTH_BYTES + length])
    metadata = _metadata(entries.pop(METADATA, {}))
    tensors = {name: _tensor(entry) for name, entry in entries.items()}
    _refuse_gaps(tensors, size - LENGTH_BYTES - length)
    dtypes = frozenset(tensor.dtype for tensor in tensors.values())
    return LoraHeader(len(tensors), dtypes, metadata, length, _ranks(tensors))


def _parsed(text: bytes) -> dict[str, object]:
    if not text.startswith(b"{"):
        raise _refused("The weights file's header is not a JSON object.")
    try:
        return decoded_object(text)
    except NotStrictJson as why:
        raise _refused(f"The weights file's header is not readable JSON: {why}.") from None


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _refused("The weights file's header is not built as expected.")
    return cast("dict[str, object]", value)


def _metadata(value: object) -> Mapping[str, str]:
    entries = _object(value)
    if not all(isinstance(text, str) for text in entries.values()):
        raise _refused("The weights file's metadata holds more than text.")
    return cast("dict[str, str]", entries)


def _tensor(value: object) -> _Tensor:
    entry = _object(value)
    if entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise _refused("The weights file's header is not built as expected.")
    dtype, shape, offsets = entry["dtype"], _whole_numbers(entry["shape"]), _whole_numbers(entry["data_offsets"])
    if not isinstance(dtype, str) or dtype not in BYTES_PER_VALUE or len(offsets) != 2:
        raise _refused("The weights file's header is not built as expected.")
    tensor = _Tensor(dtype, shape, *offsets)
    # what is multiplied on the way must fit too: other readers count in 64 bits, and refuse a file that does not
    too_many = len(shape) > MAX_DIMENSIONS or any(part >= MAX_NUMBER for part in accumulate(shape, mul))
    if too_many or math.prod(shape) * BYTES_PER_VALUE[dtype] != tensor.end - tensor.begin:
        raise _refused("A tensor's shape does not fit its bytes.")
    return tensor


def _whole_numbers(value: object) -> tuple[int, ...]:
    numbers = cast("list[object]", value) if isinstance(value, list) else [None]
    # `type`, because True is an int to Python; 63 bits, because longer numbers cost time and fit no file
    if not all(type(number) is int and 0 <= number < MAX_NUMBER for number in numbers):
        raise _refused("The weights file's header holds a number that cannot be.")
    return tuple(cast("list[int]", numbers))


def _refuse_gaps(tensors: Mapping[str, _Tensor], data_bytes: int) -> None:
    reached = 0
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.begin, tensor.end)):
        if tensor.begin != reached:
            raise _refused("The tensors overlap or leave a gap.")
        reached = tensor.end
    if reached != data_bytes:
        raise _refused("The tensors do not cover the file.")


def _ranks(tensors: Mapping[str, _Tensor]) -> frozenset[int]:
    downs = {name.removesuffix(LORA_A): tensor for name, tensor in tensors.items() if name.endswith(LORA_A)}
    ups = {name.removesuffix(LORA_B): tensor for name, tensor in tensors.items() if name.endswith(LORA_B)}
    if not downs or downs.keys() != ups.keys():
        raise _refused("The weights file is not a LoRA: its tensors are not pairs of lora_A and lora_B.")
    return frozenset(_rank(downs[module], ups[module]) for module in downs)


def _rank(down: _Tensor, up: _Tensor) -> int:
    if len(down.shape) != 2 or len(up.shape) != 2 or down.shape[0] != up.shape[1] or down.shape[0] < 1:
        raise _refused("The two tensors of a LoRA pair do not fit together.")
    return down.shape[0]


def _refused(sentence: str) -> WeightsRefused:
    return WeightsRefused("weights_refused", sentence, "Train again; this file was not kept.")
