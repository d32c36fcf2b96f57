"""Where weights are kept, and whether there is room for them: the storage itself is asked before anything is paid."""

from croquis.domain.runs.job import Run
from croquis.domain.runs.training import expected_weights_bytes
from croquis.errors import StorageTooSmall
from croquis.ports import Croquis

BUCKET = "lora-weights"
CONTENT_TYPE = "application/octet-stream"
PROBE = "probe/lora.safetensors"  # begun and given up, never written


def weights_path(run: Run) -> str:
    """Where the weights of a run are, or would be, as long as they are not registered."""
    return f"{run.folder}/lora.safetensors"


def need_room(croquis: Croquis, run: Run) -> None:
    """Raise StorageTooSmall where the storage would not take the weights that this run is expected to give."""
    if not _has_room(croquis, expected_weights_bytes(run.parameters)):
        raise StorageTooSmall("weights_too_large", "The storage does not accept files as large as these weights.")


def ask_again(croquis: Croquis, size: int) -> None:
    """Let weights be ordered again that the storage once had no room for, if it has now."""
    if _has_room(croquis, size):
        croquis.store.runs.weights_have_room(size)


def _has_room(croquis: Croquis, size: int) -> bool:
    return croquis.files.has_room(BUCKET, PROBE, size=size, content_type=CONTENT_TYPE)
