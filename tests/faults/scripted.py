"""Functions that do as they are told, for a machine whose path is the question, in the stepper and in moto alike."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.aws.runners import FunctionError

ANSWERS: dict[str, Any] = {
    "AskProvider": {"answer": "go_on"},
    "IngestWeights": {"path": "p", "sha256": "s", "bytes": 1, "version": "v", "skipped_files": 0},
}
CALLED_BACK = {"StartTraining", "StartImage"}
Send = Callable[[str, str | None], object]


@dataclass
class Script:
    """By function, what its calls do one after the other: `raise X`, `fail X` by callback, `silent`, `answer X`, `ok`.

    What is not told goes well.
    """

    told: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def play(self, function: str, event: Any, send: Send) -> Any:
        word, _, rest = (self.told.get(function) or ["ok"]).pop(0).partition(" ")
        if word == "raise":
            raise FunctionError(rest)
        if function in CALLED_BACK and word != "silent":
            send(event["task_token"], rest if word == "fail" else None)
        if word == "answer":
            return {"answer": rest}
        if function == "RegisterModel":
            return {"images": [{"image_id": event["job_id"]}]}
        return ANSWERS.get(function)


class Bench:
    """Surroundings of a stepper that plays one script."""

    def __init__(self, script: Script) -> None:
        self._script, self._now, self._events, self._numbers = script, 0.0, list[Any](), count()
        self.send: Send = lambda *_: None

    def now(self) -> float:
        return self._now

    def jitter(self) -> float:
        return 0.5

    def later(self, seconds: float, act: Callable[[], object], *, idle: bool = False) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._numbers), act))

    def call(self, function: str, event: Any) -> Any:
        return self._script.play(function, event, lambda token, error: self.send(token, error))

    def run(self) -> None:
        while self._events:
            self._now, _, act = heapq.heappop(self._events)
            act()


# a machine and a name of each path that it can take: what its functions are told
PATHS: dict[tuple[str, str], dict[str, list[str]]] = {
    ("training", "all goes well"): {},
    ("training", "the dataset is refused"): {"BuildDataset": ["raise Refused"]},
    ("training", "the dataset at the second try"): {"BuildDataset": ["raise Unavailable", "ok"]},
    ("training", "the order is refused"): {"StartTraining": ["raise NotStarted"]},
    ("training", "the order is throttled once"): {"StartTraining": ["raise Throttled", "ok"]},
    ("training", "the order is unclear, and runs"): {"StartTraining": ["raise Runtime.ExitError"]},
    ("training", "it ends badly"): {
        "StartTraining": ["fail ProviderEnded"], "AskProvider": ["answer give_up"],
    },
    ("training", "nobody calls back"): {"StartTraining": ["silent", "ok"], "AskProvider": ["answer wait"]},
    ("training", "nobody answers"): {
        "StartTraining": ["raise Boom", "ok"], "AskProvider": ["raise Boom"],
    },
    ("training", "the weights are refused"): {"IngestWeights": ["raise WeightsRefused"] * 3},
    ("training", "the weights at the third try"): {"IngestWeights": [*["raise WeightsRefused"] * 2, "ok"]},
    ("training", "canceled before the model"): {"RegisterModel": ["raise Canceled"]},
    ("training", "a preview is refused"): {"StartImage": ["raise NotStarted"]},
    ("training", "a preview is not saved"): {"SaveImage": ["raise StepFailed"]},
    ("training", "a preview is asked about"): {"StartImage": ["fail ProviderEnded"]},
    ("training", "grading breaks"): {"GradePreviews": ["raise Boom"]},
    ("training", "grading at the second try"): {"GradePreviews": ["raise Unavailable", "ok"]},
    ("training", "the review does not open"): {"OpenReview": ["raise Boom"]},
    ("image", "all goes well"): {},
    ("image", "the order is refused"): {"StartImage": ["raise NotStarted"]},
    ("image", "the order is throttled once"): {"StartImage": ["raise Throttled", "ok"]},
    ("image", "it ends badly"): {"StartImage": ["fail ProviderEnded"], "AskProvider": ["answer give_up"]},
    ("image", "nobody calls back"): {"StartImage": ["silent", "ok"], "AskProvider": ["answer wait"]},
    ("image", "nobody answers"): {"StartImage": ["raise Boom", "ok"], "AskProvider": ["raise Boom"]},
    ("image", "the check breaks"): {"CheckImage": ["raise Boom"]},
    ("image", "it is not saved"): {"SaveImage": ["raise StepFailed"]},
    ("image", "a repair goes well"): {},
    ("image", "a repair without a face"): {"CutOutFace": ["raise FaceNotFound"]},
}  # fmt: skip
