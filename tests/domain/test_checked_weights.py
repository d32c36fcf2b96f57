"""The weights while they flow: checked before, hashed on the way, complete at the end."""

import hashlib
import io

import pytest
from domain.lora_files import archive, lora_entries, safetensors, trainer_members

from croquis.domain.runs.weights import CheckedWeights, safetensors_of
from croquis.errors import WeightsRefused

LORA = safetensors()


def test_checked_weights_pass_through_with_their_hash_and_header() -> None:
    """FI-02, FI-03."""
    member = safetensors_of(io.BytesIO(archive(*trainer_members(LORA))))
    checked = CheckedWeights(member, member.size)
    assert checked.header.ranks == {4}
    with pytest.raises(ValueError, match="read to its end"):
        _ = checked.sha256
    assert checked.read() == LORA
    assert (checked.sha256, checked.size) == (hashlib.sha256(LORA).hexdigest(), len(LORA))


@pytest.mark.parametrize("size", [len(LORA) - 1, len(LORA) + 1])
def test_weights_longer_or_shorter_than_announced_are_refused(size: int) -> None:
    """FI-02, FI-07."""
    with pytest.raises(WeightsRefused):
        CheckedWeights(io.BytesIO(LORA), size)
    with pytest.raises(WeightsRefused):
        CheckedWeights(io.BytesIO(LORA[:-1] if size > len(LORA) else LORA + b"x"), len(LORA)).read()


def test_a_file_that_is_no_lora_is_refused_before_its_bytes_flow() -> None:
    """FI-02."""
    entries = {name.replace("lora_", "other_"): entry for name, entry in lora_entries().items()}
    with pytest.raises(WeightsRefused):
        CheckedWeights(io.BytesIO(safetensors(entries)), len(safetensors(entries)))
