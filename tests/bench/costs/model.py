"""What a training, a picture and a look use of AWS and pay to the provider; the same with a poll each 30 seconds."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.costs.played import STEPS, Played
from bench.costs.usage import ACCESS_BYTES, Usage, usage
from croquis.domain.runs.training import TrainingParameters, expected_seconds
from sandbox.aws.stack import Stack

POLL_SECONDS, EVENT_SECONDS = 30, 0.5  # the provider sends no two log events sooner after each other
LINES_A_STEP = 2
HINT_SECONDS = 2  # between two moves of a run that are stored, and told
PREVIEWS = 4
TRAINING_SECONDS = expected_seconds(TrainingParameters())
LEARNING = ("ReplicateWebhook", "SettleAttempt")  # how ours learns of an end; a poll does without
TRAINED_SECOND, PICTURE, LOOK = "training_second", "flux-dev-lora", "prunaai/p-image-try-on"  # in the table `prices`


@dataclass(frozen=True)
class Job:
    """One piece of work. `provider` is what it pays to the provider."""

    name: str
    ours: Usage
    polled: Usage
    provider: float


def jobs(stack: Stack, played: Played, prices: Mapping[str, float]) -> Iterator[Job]:
    """A training with ten photos and its four previews, a picture, and a look on a picture that is there; `prices` are
    the provider's.
    """
    photos, log = usage(stack, played.photos), log_of_training(stack, played)
    trained = usage(stack, played.training, transitions=played.transitions_of_training)
    unheard = usage(
        stack,
        [it for it in played.training if it.function not in LEARNING],
        transitions=played.transitions_of_training,
    )
    polls = math.ceil(TRAINING_SECONDS / POLL_SECONDS) + PREVIEWS
    paid = TRAINING_SECONDS * prices[TRAINED_SECOND] + PREVIEWS * prices[PICTURE]
    yield Job("training", photos + trained + log, photos + unheard + poll(stack, played) * polls, paid)
    for name, calls, price in (("picture", played.picture, prices[PICTURE]), ("look", played.look, prices[LOOK])):
        ours = usage(stack, calls, transitions=played.transitions_of_picture)
        kept = [it for it in calls if it.function not in LEARNING]
        polled = usage(stack, kept, transitions=played.transitions_of_picture) + poll(stack, played)
        yield Job(name, ours, polled, price)


def log_of_training(stack: Stack, played: Played) -> Usage:
    """Of the webhooks that bring its log, as many as may come: their functions are warm."""
    return usage(stack, played.log_events, warm=True) * (log_events() / len(played.log_events))


def log_events() -> float:
    return min(LINES_A_STEP * STEPS, TRAINING_SECONDS / EVENT_SECONDS)


def hints(played: Played) -> float:
    """What Realtime sends about one training to the one who watches it."""
    return sum(played.hints.values()) + TRAINING_SECONDS / HINT_SECONDS


def poll(stack: Stack, played: Played) -> Usage:
    """One look at the provider, written down, behind a route that is called for it."""
    looks = [it for it in played.training if it.function == "SettleAttempt"]
    route = Usage(Counter({"requests": 1, "logged": ACCESS_BYTES}))
    return usage(stack, looks, warm=True) * (1 / len(looks)) + route
