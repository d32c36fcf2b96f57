"""Trainings as the provider might run them, drawn from a seed: how long they take, and what their log says meanwhile.

Heavy tails on both scales: one run in twelve lies far behind, by Pareto; in a run one step of two hundred stalls.
The log has the trainer's lines, and tqdm's own guess of what is left, which follows its last steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from croquis.domain.runs.progress import INGEST, PREVIEWS
from sandbox.replicate import trainer_log

STEPS, SECONDS_A_STEP = 1000, 1.1  # as expected_seconds has it
# deviation of a run on the scale of logarithms; how many lie far behind, and how heavy that tail is
USUAL, BEHIND, TAIL = 0.12, 1 / 12, 1.5
NOISE, STALLS, TAIL_OF_STALLS = 0.15, 1 / 200, 1.5  # of a step
SMOOTHING = 0.3  # tqdm's


def shares(draw: Random, speed: float = 1.0) -> Iterator[float]:
    """Of what was expected of each run, one after another, without an end."""
    while True:
        share = speed * draw.lognormvariate(0, USUAL)
        yield share * (1 + 0.3 * (draw.paretovariate(TAIL) - 1)) if draw.random() < BEHIND else share


@dataclass(frozen=True)
class Training:
    """One run: how long each step took, and what came after the last one."""

    steps: tuple[float, ...]
    afterwards: float

    @classmethod
    def drawn(cls, draw: Random) -> "Training":
        each = SECONDS_A_STEP * next(shares(draw))
        noisy = (each * draw.lognormvariate(0, NOISE) for _ in range(STEPS))
        steps = tuple(it * (5 * draw.paretovariate(TAIL_OF_STALLS) if draw.random() < STALLS else 1) for it in noisy)
        return cls(steps, (INGEST + PREVIEWS) * next(shares(draw)))

    def left_after(self, step: int) -> float:
        """Seconds until the review."""
        return sum(self.steps[step:]) + self.afterwards

    def pace_at(self, step: int) -> float:
        """Seconds a step, by which tqdm guesses."""
        pace, *further = self.steps[:step]
        for seconds in further:
            pace = SMOOTHING * seconds + (1 - SMOOTHING) * pace
        return pace

    def log_at(self, step: int) -> str:
        """The last line of the trainer's log, when so many steps are done."""
        tail, elapsed = ", lr: 4.0e-04 loss: 3.5e-01", sum(self.steps[:step])
        return trainer_log.bar(step, STEPS, self.pace_at(step), tail, elapsed=elapsed) + "\n"
