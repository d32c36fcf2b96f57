"""What allowed parameters are likely to do to a person: reported with the run, and left to its owner."""

from dataclasses import dataclass

from croquis.domain.runs.training import TrainingParameters

WARPS = 0.8  # steps times learning rate: 2,000 steps at 4e-4, from where on users saw faces warp


@dataclass(frozen=True)
class Advice:
    """Never a refusal."""

    code: str
    sentence: str
    hint: str


def advice_on(parameters: TrainingParameters) -> tuple[Advice, ...]:
    """Empty for every preset as it is."""
    steps, rate = parameters.steps, parameters.learning_rate
    if round(steps * rate, 9) < WARPS:
        return ()
    return (
        Advice(
            "likely_to_warp",
            f"{steps} steps at a learning rate of {rate:g} are likely to warp the person's face and body.",
            "Stay near 1000 steps at 0.0004, or use 0.0001 for 2000 steps, as the preset identity does.",
        ),
    )
