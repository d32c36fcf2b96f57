"""The header of a weights file: it must cover the file exactly and be a LoRA."""

import json

import pytest
from domain.lora_files import MODULE, lora_entries, safetensors, tensor
from hypothesis import given
from hypothesis import strategies as st

from croquis.domain.runs.weights import check_header
from croquis.errors import WeightsRefused

GOOD = safetensors()
A, B = f"{MODULE}.lora_A.weight", f"{MODULE}.lora_B.weight"


def refuse(data: bytes, size: int | None = None) -> None:
    with pytest.raises(WeightsRefused):
        check_header(data, len(data) if size is None else size)


def test_a_lora_s_header_is_read() -> None:
    """FI-02."""
    header = check_header(GOOD, len(GOOD))
    assert (header.tensors, header.dtypes, header.ranks) == (2, {"F16"}, {4})
    assert header.metadata["name"] == "flux_train_replicate"
    assert header.header_bytes == len(GOOD) - 8 - 128


def test_the_header_alone_is_enough() -> None:
    assert check_header(GOOD[:-128], len(GOOD)) == check_header(GOOD, len(GOOD))


def test_padding_spaces_and_scalars_are_part_of_the_format() -> None:
    entries = lora_entries() | {f"{MODULE}.alpha": tensor("F32", (), 128, 4)}
    padded = json.dumps(entries).encode() + b"     "
    data = safetensors(padded, 132)
    assert check_header(data, len(data)).tensors == 3


def with_a(entry: object) -> dict[str, object]:
    return lora_entries() | {A: entry}


WRONG_ENTRIES: dict[str, object] = {
    "no tensors": {"__metadata__": {}},
    "an unknown dtype": with_a(tensor("F17")),
    "a dtype that is a list": with_a(tensor() | {"dtype": ["F16"]}),
    "a dtype too wide for its bytes": with_a(tensor("F32")),
    "a shape too small for its bytes": with_a(tensor(shape=(4, 7))),
    "a shape that is text": with_a(tensor() | {"shape": "48"}),
    "two tensors in one place": lora_entries() | {B: tensor(shape=(8, 4))},
    "offsets backwards": with_a(tensor() | {"data_offsets": [64, 0]}),
    "three offsets": with_a(tensor() | {"data_offsets": [0, 32, 64]}),
    "offsets that are missing": with_a({"dtype": "F16", "shape": [4, 8]}),
    "a word too many": with_a(tensor() | {"pickle": "x"}),
    "a tensor that is text": with_a("F16"),
    "metadata that is not text": lora_entries() | {"__metadata__": {"steps": 1}},
    "metadata that is a list": lora_entries() | {"__metadata__": []},
    "an A without its B": {A: tensor(), f"{MODULE}2.lora_B.weight": tensor(shape=(8, 4), begin=64)},
    "only A": {A: tensor(), f"{MODULE}2.lora_A.weight": tensor(begin=64)},
    "a whole model": {"transformer.weight": tensor(size=64), "transformer.bias": tensor(begin=64)},
    "a pair of two ranks": lora_entries() | {B: tensor(shape=(4, 8), begin=64)},
    "a rank of none": {
        A: tensor(shape=(0, 8), size=0),
        B: tensor(shape=(8, 0), size=0),
        "x": tensor("U8", (128,), 0, 128),
    },
    "a list": [],
    "a number": 7,
}


@pytest.mark.parametrize("what", WRONG_ENTRIES)
def test_refused_is(what: str) -> None:
    """FI-02: each right in every other way."""
    refuse(safetensors(json.dumps(WRONG_ENTRIES[what]).encode()))


@pytest.mark.parametrize("shape", ["[true]", "[-1, -1]", "[1.0]", "[1e0]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "1", '["1"]'])
def test_a_tensor_of_a_strange_shape_is_refused_even_when_its_bytes_would_fit(shape: str) -> None:
    """FI-02."""
    text = json.dumps(lora_entries() | {"one byte more": tensor("U8", (1,), 128, 1)})
    assert check_header(safetensors(text.encode(), 129), 8 + len(text) + 129).tensors == 3
    refuse(safetensors(text.replace("[1]", shape).encode(), 129))


@pytest.mark.parametrize("begin", [0, 32, 65, 80])
def test_tensors_that_overlap_or_leave_a_gap_are_refused_even_when_the_last_ends_with_the_file(begin: int) -> None:
    """FI-02."""
    entries = lora_entries() | {B: tensor(shape=(8, 4), begin=begin)}
    refuse(safetensors(json.dumps(entries).encode(), begin + 64))


@pytest.mark.parametrize("offsets", ["[-64, 0]", "[0, true]", "[0.0, 64.0]", f"[{1 << 64}, {(1 << 64) + 64}]"])
def test_offsets_that_are_no_place_in_a_file_are_refused(offsets: str) -> None:
    """FI-02."""
    refuse(safetensors(json.dumps(lora_entries()).replace("[0, 64]", offsets).encode()))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\x80\x04\x95 a pickle",
        b" " + json.dumps(lora_entries()).encode(),
        json.dumps(lora_entries()).encode("utf-16"),
        json.dumps(lora_entries()).encode().replace(b"pt", b"\xff\xfe"),
        json.dumps(lora_entries()).encode() + b"{}",
        b'{"a":' * 100_000,
        json.dumps(lora_entries()).replace("[4, 8]", "[NaN, 8]").encode(),
        json.dumps(lora_entries()).replace("[4, 8]", "[Infinity, 8]").encode(),
        json.dumps(lora_entries()).replace("[4, 8]", "[" + "9" * 5000 + ", 8]").encode(),
        json.dumps(lora_entries()).replace("[4, 8]", "[4e0, 8]").encode(),
        json.dumps(lora_entries()).replace("[0, 64]", "[-0, 64]").encode(),
        json.dumps(lora_entries()).replace("pt", "\\ud800").encode(),
        json.dumps(lora_entries() | {"\ud800": tensor("U8", (0,), 128, 0)}).encode(),
        json.dumps(lora_entries() | {"x": tensor("U8", (1 << 62, 1 << 62, 0), 128, 0)}).encode(),
    ],
)
def test_a_header_that_is_no_clean_json_object_is_refused(text: bytes) -> None:
    """FI-02; the library of that name loads none of them either."""
    refuse(safetensors(text))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(lora_entries())[:-1] + f', "{A}": {json.dumps(tensor())}}}',
        json.dumps(lora_entries())[:-1] + ', "__metadata__": {}}',
        json.dumps(lora_entries()).replace('"format"', '"name"'),
        json.dumps(lora_entries()).replace('"dtype"', '"dtype": "F16", "dtype"'),
    ],
)
def test_a_key_that_is_there_twice_is_refused(text: str) -> None:
    """FI-02: two readers would read two different files."""
    refuse(safetensors(text.encode()))


@pytest.mark.parametrize("length", [0, 1, len(GOOD) - 7, 10_000_001, 1 << 63, (1 << 64) - 1])
def test_a_header_of_impossible_length_is_refused(length: int) -> None:
    """FI-02: before anything of it is read."""
    refuse(length.to_bytes(8, "little") + GOOD[8:])


def test_a_header_above_ten_megabytes_is_refused_even_when_it_is_there() -> None:
    """FI-02."""
    spaces = json.dumps(lora_entries()).encode().ljust(10_000_000)
    assert check_header(safetensors(spaces), len(safetensors(spaces))).tensors == 2
    refuse(safetensors(spaces + b" "))


@pytest.mark.parametrize("size", [0, 7, 8, len(GOOD) - 1, len(GOOD) + 1, -1])
def test_a_file_that_is_longer_or_shorter_than_its_tensors_is_refused(size: int) -> None:
    """FI-02."""
    refuse(GOOD, size)


@pytest.mark.parametrize("length", [*range(0, len(GOOD) - 128, 13), len(GOOD) - 129])
def test_a_cut_header_is_refused(length: int) -> None:
    """FI-02."""
    refuse(GOOD[:length], len(GOOD))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["F16", "__metadata__"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", A, B]), inner),
)


@given(st.binary() | JSON.map(lambda value: safetensors(json.dumps(value).encode())), st.integers(0, 4096))
def test_whatever_is_read_it_is_refused_and_nothing_else_is_raised(data: bytes, size: int) -> None:
    """FI-02."""
    refuse(data, size)
