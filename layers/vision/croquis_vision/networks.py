"""The three networks, each a function of a picture; loaded once per process, when the first photo comes."""

import os
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from croquis_pictures.weights import weight_file

Floats = npt.NDArray[np.float32 | np.float64]
Pixels = npt.NDArray[np.uint8]  # a picture, a part of one, or n of its pixels; with three channels or grey


class _Interpreter(Protocol):
    """What is used of LiteRT's interpreter, which has no types."""

    def allocate_tensors(self) -> None: ...
    def get_input_details(self) -> list[dict[str, Any]]: ...
    def get_output_details(self) -> list[dict[str, Any]]: ...
    def set_tensor(self, index: int, value: Floats) -> None: ...
    def get_tensor(self, index: int) -> Floats: ...
    def invoke(self) -> None: ...


class Network:
    """One network. The same picture gives the same numbers; several threads may ask at once and take turns.

    One thread of its own is what a Lambda of one processor has; two more save a few milliseconds.
    """

    def __init__(self, weights: Path, outputs: Sequence[str], *, threads: int = 1) -> None:
        self._interpreter = _interpreter(weights, threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        indices = {it["name"]: it["index"] for it in self._interpreter.get_output_details()}
        self._outputs = {name: indices[name] for name in outputs}
        self._turn = threading.Lock()

    def __call__(self, picture: Floats) -> Mapping[str, Floats]:
        """The outputs by name; `picture` is height x width x 3, scaled as the network wants. No batch axes."""
        with self._turn:
            self._interpreter.set_tensor(self._input, picture[np.newaxis].astype(np.float32, copy=False))
            self._interpreter.invoke()
            return {name: self._interpreter.get_tensor(index)[0] for name, index in self._outputs.items()}


class Networks(NamedTuple):
    """All that is needed for one photo."""

    person: Network
    landmarks: Network
    face: Network


@cache
def networks() -> Networks:
    """The networks of this process; raises WeightsMissing."""
    return Networks(
        person=Network(_weights("pose_detection.tflite"), ("Identity", "Identity_1")),
        landmarks=Network(
            _weights("pose_landmark_full.tflite"), ("Identity", "Identity_1", "Identity_2", "Identity_4")
        ),
        face=Network(_weights("face_detection_full_range_sparse.tflite"), ("Identity", "Identity_1")),
    )


def _weights(name: str) -> Path:
    return weight_file(name, os.environ)


def _interpreter(weights: Path, threads: int) -> _Interpreter:
    from ai_edge_litert.interpreter import (  # pyright: ignore[reportMissingTypeStubs] - half a second, and it has none
        Interpreter,
    )

    return cast("_Interpreter", Interpreter(str(weights), num_threads=threads))
