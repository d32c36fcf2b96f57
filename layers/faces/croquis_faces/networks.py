"""YuNet and SFace, each a function of a picture; loaded once per process, when the first picture comes."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from croquis_faces.geometry import Floats
from croquis_faces.model_file import readable
from croquis_pictures.weights import weight_file

QUIET = 3  # errors only: it warns of every initializer that nobody uses


class _Session(Protocol):
    """What is used of onnxruntime's session, which has no types."""

    def get_inputs(self) -> list[Any]: ...
    def get_outputs(self) -> list[Any]: ...
    def run(self, outputs: None, inputs: Mapping[str, Floats]) -> list[Floats]: ...


class Network:
    """One network on one thread: what a small Lambda has. The same picture gives the same numbers."""

    def __init__(self, weights: str) -> None:
        self._session = _session(readable(weight_file(weights, os.environ).read_bytes()))
        self._input = self._session.get_inputs()[0].name
        self._outputs = [it.name for it in self._session.get_outputs()]

    def __call__(self, picture: Floats) -> Mapping[str, Floats]:
        """The outputs by name; `picture` is height x width x 3, 0 to 255. No batch axes."""
        given = np.ascontiguousarray(picture.transpose(2, 0, 1)[np.newaxis], np.float32)
        return {
            name: it[0] for name, it in zip(self._outputs, self._session.run(None, {self._input: given}), strict=True)
        }


class Networks(NamedTuple):
    """All that is needed for one face."""

    finder: Network
    recogniser: Network


@cache
def networks() -> Networks:
    """The networks of this process; raises WeightsMissing."""
    return Networks(
        finder=Network("face_detection_yunet_2023mar_int8bq.onnx"),
        recogniser=Network("face_recognition_sface_2021dec_int8bq.onnx"),
    )


def _session(model: bytes) -> _Session:
    import onnxruntime  # pyright: ignore[reportMissingTypeStubs] - a tenth of a second, and it has none

    runtime = cast("Any", onnxruntime)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    return cast("_Session", runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))
