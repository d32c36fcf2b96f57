"""The weights that the twin delivers: the real layout, names, shapes and sizes of a FLUX LoRA."""

import hashlib
import io
import json
import math
import struct
import tarfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.replicate.flux_lora import all_modules, data_bytes, matching_modules

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

JOB = "output/flux_train_replicate"
COMPACT = "transformer.single_transformer_blocks.(7|12|16|20).proj_out"


def unpacked(archive: bytes) -> dict[str, bytes | None]:
    """Member names and contents, in order; directories have none."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r|") as tar:
        return {member.name: file.read() if (file := tar.extractfile(member)) else None for member in tar}


def header_of(weights: bytes) -> dict[str, Any]:
    (length,) = struct.unpack("<Q", weights[:8])
    return json.loads(weights[8 : 8 + length])


def test_all_modules_together_have_as_many_values_as_the_real_lora() -> None:
    modules = all_modules()

    assert len(modules) == len({module.name for module in modules}) == 494
    assert data_bytes(modules, 1) == 2 * 5_369_856
    assert data_bytes(modules, 16) == 171_835_392


def test_the_compact_preset_is_seven_megabytes() -> None:
    assert data_bytes(matching_modules(COMPACT), 48) == 7_077_888


def test_the_regex_is_searched_not_matched_whole() -> None:
    assert len(matching_modules("proj_out")) == 38
    assert len(matching_modules(r"\.0\.")) > len(matching_modules(r"transformer_blocks\.0\."))


@pytest.mark.parametrize(("regex", "words"), [("nothing", "didn't match any layers"), ("(", "Failed to compile regex")])
def test_a_regex_without_layers_is_refused(regex: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        matching_modules(regex)


def test_the_archive_has_the_trainers_layout(twin: "RunningTwin") -> None:
    run = twin.trained(trigger_word="CRQ7K2")
    answer = httpx.get(run["output"]["weights"])
    members = unpacked(answer.content)

    assert int(answer.headers["content-length"]) == len(answer.content)
    assert len(answer.content) % 10_240 == 0
    assert list(members) == [
        *(JOB, f"{JOB}/config.yaml", f"{JOB}/lora.safetensors", f"{JOB}/captions"),
        *(f"{JOB}/captions/{number:02d}.txt" for number in range(3)),
    ]
    assert members[f"{JOB}/captions/01.txt"] == b"TOK standing, photo 1"
    assert b'trigger_word: "CRQ7K2"' in (members[f"{JOB}/config.yaml"] or b"")


def test_the_safetensors_file_is_whole_and_names_every_layer(twin: "RunningTwin") -> None:
    run = twin.trained(lora_rank=1, layers_to_optimize_regex=None, trigger_word="CRQ7K2")
    weights = unpacked(httpx.get(run["output"]["weights"]).content)[f"{JOB}/lora.safetensors"] or b""
    header = header_of(weights)
    metadata = header.pop("__metadata__")
    data = weights[8 + struct.unpack("<Q", weights[:8])[0] :]
    ends = [tensor["data_offsets"] for tensor in header.values()]

    assert len(header) == 988
    assert len(data) == 2 * 5_369_856 == ends[-1][1]
    assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert {tensor["dtype"] for tensor in header.values()} == {"F16"}
    assert all(
        2 * math.prod(tensor["shape"]) == end - start
        for tensor in header.values()
        for start, end in [tensor["data_offsets"]]
    )
    assert header["transformer.single_transformer_blocks.7.proj_out.lora_A.weight"]["shape"] == [1, 15_360]
    assert header["transformer.transformer_blocks.0.ff.net.0.proj.lora_B.weight"]["shape"] == [12_288, 1]
    assert (metadata["name"], metadata["format"]) == ("flux_train_replicate", "pt")
    assert "CRQ7K2" in metadata["ss_tag_frequency"]
    assert all(isinstance(value, str) for value in metadata.values())


def test_the_values_are_small_and_finite_and_differ_between_trainings(twin: "RunningTwin") -> None:
    first, second = (
        unpacked(httpx.get(twin.trained()["output"]["weights"]).content)[f"{JOB}/lora.safetensors"] for _ in range(2)
    )
    values = struct.unpack(f"<{10_000}e", (first or b"")[-20_000:])

    assert all(0 < abs(value) < 0.2 for value in values)
    assert first != second


def test_a_full_training_delivers_172_megabytes_the_same_each_time(twin: "RunningTwin") -> None:
    run = twin.trained(lora_rank=16, layers_to_optimize_regex=None)
    url = run["output"]["weights"]
    size = int(httpx.head(url).headers["content-length"])

    first, again = (hashlib.sha256(httpx.get(url).content).digest() for _ in range(2))

    assert 171_835_392 + 130_000 < size < 171_835_392 + 200_000
    assert first == again


def test_an_address_that_was_never_given_out_leads_nowhere(twin: "RunningTwin") -> None:
    url = twin.trained()["output"]["weights"]

    assert httpx.get(url.replace("trained_model.tar", "input_images.zip")).status_code == 404
    assert httpx.get(f"{twin.url}/delivery/guessed/trained_model.tar").status_code == 404
