"""Makes OpenCV Zoo's int8 networks readable to onnxruntime, in memory: the files stay the very objects that we lock.

- Every weight of SFace is listed among the graph's inputs too, and onnxruntime asks for them all.
- Some biases of YuNet have one scale and a block size, and onnxruntime takes a block size only for several scales.

Both edits drop fields and change no number. Field numbers: onnx.proto3 (ModelProto 7, GraphProto 1, 5 and 11, …).
"""

from collections.abc import Iterator
from typing import NamedTuple

GRAPH = 7  # of the model
NODE, INITIALIZER, INPUT = 1, 5, 11  # of the graph
NODE_INPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 1, 4, 5
ATTRIBUTE_NAME = 1
DIMENSIONS, TENSOR_NAME = 1, 8
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


class Field(NamedTuple):
    """One field of a message: its number, all of it with its key, and its content."""

    number: int
    whole: bytes
    content: bytes


def readable(model: bytes) -> bytes:
    """The same network, with the picture as its only input and no block size where there is one scale."""
    return b"".join(_field(GRAPH, _graph(it.content)) if it.number == GRAPH else it.whole for it in fields(model))


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a protobuf message, in their order."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        length = {FIXED_64: 8, FIXED_32: 4}.get(key & 7, 0)
        if key & 7 == BYTES:
            length, at = _varint(message, at)
        begin, at = at, (_varint(message, at)[1] if key & 7 == VARINT else at + length)
        yield Field(key >> 3, message[start:at], message[begin:at])


def _graph(graph: bytes) -> bytes:
    parts = list(fields(graph))
    single = {_name(it.content) for it in parts if it.number == INITIALIZER and _shape(it.content) == [1]}
    picture = next(it.whole for it in parts if it.number == INPUT)
    kept = (_node(it, single) if it.number == NODE else it.whole for it in parts if it.number != INPUT)
    return b"".join([*kept, picture])


def _node(node: Field, single: set[bytes]) -> bytes:
    parts = list(fields(node.content))
    inputs = [it.content for it in parts if it.number == NODE_INPUT]
    if not any(it.number == NODE_OPERATOR and it.content == b"DequantizeLinear" for it in parts):
        return node.whole
    if inputs[1] not in single:
        return node.whole
    return _field(NODE, b"".join(it.whole for it in parts if not _is_block_size(it)))


def _is_block_size(part: Field) -> bool:
    named = part.number == NODE_ATTRIBUTE
    return named and any(it.number == ATTRIBUTE_NAME and it.content == b"block_size" for it in fields(part.content))


def _name(tensor: bytes) -> bytes:
    return next(it.content for it in fields(tensor) if it.number == TENSOR_NAME)


def _shape(tensor: bytes) -> list[int]:
    shape: list[int] = []
    for it in fields(tensor):
        at = 0
        while it.number == DIMENSIONS and at < len(it.content):  # packed, or a field for each
            dimension, at = _varint(it.content, at)
            shape.append(dimension)
    return shape


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (message[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if message[at - 1] < 128:
            return value, at


def _field(number: int, content: bytes) -> bytes:
    head, length = bytearray([number << 3 | BYTES]), len(content)
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    return bytes([*head, length]) + content
