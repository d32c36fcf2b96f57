"""The moment of a deployment, with work in each state: which job and which picture stands where, who waits for what.

Times are seconds. Trainings take seven minutes, so those that are to be far begin long before the others.
"""

from collections.abc import Iterator
from typing import Any

from faults.owners import NAMES, Owner
from faults.scenarios import agreeing_to_try_ons, approving, ordering, repairing, settled, submitting_with_faces
from faults.stepper import Execution
from upgrade.worlds import StillWorld, subject_of

FAR_SECONDS, MOMENT_SECONDS, ALL_QUEUES_STAND_SECONDS = 440, 475, 470
# a training that stands before each function, and how many seconds after the beginning it was submitted
BEFORE = {
    "IngestWeights": 0, "RegisterModel": 0, "SaveImage": 0, "StartImage": 0, "GradePreviews": 0, "OpenReview": 0,
    "BuildDataset": FAR_SECONDS, "StartTraining": FAR_SECONDS, "AskProvider": FAR_SECONDS, "RecordFailure": FAR_SECONDS,
}  # fmt: skip
# others, which sleep: on the provider's word about a training or four previews, or on the clock
ASLEEP = {"training": FAR_SECONDS, "previews": 40, "wait": FAR_SECONDS, "canceled now": FAR_SECONDS}
TIMED_OUT, CANCELED = "States.Timeout", "Canceled"
# of one order, a picture before each function
PICTURES = ("SaveImage", "CheckImage", "AskProvider", "RecordFailure", "wait")
TO_BE_WOKEN = {"AskProvider": (TIMED_OUT, 1), "RecordFailure": (CANCELED, 1), "wait": (TIMED_OUT, 14)}
QUEUES = {"CheckPhoto", "SettleAttempt", "PackDownload", "FillLookBook"}
ALWAYS = {"CutOutFace", "BindLookBook"}


class Moment:
    """Plays up to it; `executions` and `messages` are what is under way then."""

    def __init__(self, world: StillWorld) -> None:
        self.world = world
        self._numbers = iter(range(100))
        self._held: dict[str, set[str]] = {}
        self._queues_stand = False
        world.held = self._stands

    def play(self) -> None:
        self._finished_long_ago()
        begin = self.world.now()
        jobs = {name: self._owner() for name in (*BEFORE, *ASLEEP)}
        self.uploading = self._owner(photos=7)
        for name, seconds in (BEFORE | ASLEEP).items():
            self.world.later(seconds, jobs[name].submit)
            if name in BEFORE:
                self._held.setdefault(name, set()).add(jobs[name].job)
        self.world.run(begin + FAR_SECONDS + 5)
        self._pictures()
        self._canceled_book()
        self._woken(jobs["AskProvider"].job, TIMED_OUT)
        self._woken(jobs["wait"].job, TIMED_OUT)
        jobs["RecordFailure"].cancel()
        self.world.run(begin + ALL_QUEUES_STAND_SECONDS)
        self._queues_stand = True
        jobs["canceled now"].cancel()
        self._orders_of_now()
        self.world.run(begin + MOMENT_SECONDS)

    @property
    def executions(self) -> Iterator[Execution]:
        return (it for it in self.world.machines.executions.values() if it.status == "RUNNING")

    def _finished_long_ago(self) -> None:
        """What later orders need: two approved models, one with a picture to be repaired, one to be dressed."""
        self.repaired, self.dressed = self._owner(), self._owner()
        submitting_with_faces(self.world, [self.repaired])
        self.dressed.submit()
        for step in (approving, ordering, agreeing_to_try_ons):
            self.world.until(lambda: settled(self.world))
            step(self.world, [self.dressed] if step is agreeing_to_try_ons else [self.repaired, self.dressed])
        self.world.until(lambda: settled(self.world))

    def _pictures(self) -> None:
        self.repaired.order(len(PICTURES))
        self.world.run(self.world.now() + 1)
        found = self.world.rows("select id::text from images where status <> 'saved' and job_id = %s order by position",
                                self.repaired.job)  # fmt: skip
        for name, image in zip(PICTURES, found, strict=True):
            self._held.setdefault(name, set()).add(image["id"])
        for name, (error, seconds) in TO_BE_WOKEN.items():
            [image] = self._held[name] & {it["id"] for it in found}
            self.world.later(seconds, lambda image=image, error=error: self._woken(image, error))

    def _orders_of_now(self) -> None:
        repairing(self.world, [self.repaired])
        self.dressed.order(3, self._first_stands)  # as many as before would be the same order again
        self.uploading.upload(8)
        pictures = self.world.rows("select id::text from images where status = 'saved' and job_id = %s",
                                   self.repaired.job)  # fmt: skip
        self.repaired.call("POST", "/v1/downloads", {"image_ids": [it["id"] for it in pictures[:2]]})
        self.dressed.order_look_book([self.dressed.garment("upper")], columns=1, budget=0.5)

    def _canceled_book(self) -> None:
        """All of it is over, and its files are not made yet."""
        self.dressed.order_look_book([self.dressed.garment("lower")], columns=1, budget=0.5)
        self.world.later(2, self.dressed.cancel_look_book)

    def _first_stands(self) -> None:
        """Of the pictures that were just ordered: the others are asked for, and sleep."""
        [first, *_] = self.world.rows("select id::text from images where status = 'queued' and job_id = %s",
                                     self.dressed.job)  # fmt: skip
        self._held["StartImage"].add(first["id"])

    def _owner(self, photos: int = 8) -> Owner:
        owner = Owner(self.world, NAMES[0], next(self._numbers))
        owner.draft(photos)
        return owner

    def _woken(self, subject: str, error: str) -> None:
        """Whoever sleeps for this job or image hears of this error."""
        for execution in self.executions:
            for position in execution.at.values():
                if position.token and subject in position.data.values():
                    self.world.machines.fail(position.token, error)

    def _stands(self, function: str, event: dict[str, Any]) -> bool:
        if function in QUEUES:
            return self._queues_stand
        if function in ALWAYS:
            return True
        subject, held = subject_of(event), self._held.get(function, set[str]())
        return subject in held or (function in ("SaveImage", "StartImage") and self._job_of(subject) in held)

    def _job_of(self, image: str) -> str:
        return str(self.world.rows("select job_id from images where id = %s", image)[0]["job_id"])
