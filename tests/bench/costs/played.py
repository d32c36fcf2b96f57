"""One of each kind of work, played once on the stand and recorded: ten phone photos, a training, a picture, a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import boto3
import numpy as np
from doors.replicate import body, signed
from dressing_room import agreed, garment, ordered, picture
from PIL import Image
from scenes import attempts, draft, long_trainings, until_it_trains
from studio import PHOTOS, Studio, User, deployed

from bench.costs.recording import Call, recording
from sandbox.replicate import trainer_log

PHONE, GRAIN = (3_000, 4_000), 6  # as in bench.dataset: 12 megapixels, and the noise that makes 5 MB of them
WANTED_PHOTOS = 10  # as the page advises
STEPS, LOOKS_AT_LOG = 1_000, 8
COUNTED = ("TaskStateEntered", "MapStateEntered", "ChoiceStateEntered", "WaitStateEntered", "SucceedStateEntered")


@dataclass(frozen=True)
class Played:
    """What each kind of work called; beside it the transitions of one execution, and hints by what they are about."""

    photos: Sequence[Call]
    training: Sequence[Call]
    log_events: Sequence[Call]  # of one training, evenly over its length
    picture: Sequence[Call]
    garment: Sequence[Call]
    look: Sequence[Call]
    reads: Sequence[Call]  # of a training, and of its log
    sweeps: Sequence[tuple[float, Sequence[Call]]]  # with the seconds between two of them
    transitions_of_training: int
    transitions_of_picture: int
    hints: Mapping[str, int]  # of photos and training


def played(studio: Studio) -> Played:
    """Everything once; the weights are those of the preset `full`."""
    with recording(studio) as found:
        user = studio.user()
        job = user.open()
        photos = [_of_a_phone(number) for number in range(WANTED_PHOTOS)]
        of_photos = found.during(lambda: _bring(user, job, photos))
        of_training = found.during(lambda: _train(user, job))
        hints = {
            it["event"]: it["n"]
            for it in studio.rows("select event, count(*) as n from realtime.messages group by event")
        }
        model = user.http.get("/v1/models").json()["models"][0]["id"]
        agreed(user, model)
        of_picture = found.during(lambda: ordered(user, f"/v1/models/{model}/generations", pose="standing"))
        worn: list[str] = []
        of_garment = found.during(lambda: worn.append(garment(user, "upper")))
        shown = picture(user, model)
        of_look = found.during(lambda: ordered(user, image_id=shown, garment_ids=worn))
        reads = found.reading(lambda: (user.read(job), user.http.get(f"/v1/trainings/{job}/log")))
        printed = found.during(lambda: _print_log(studio, studio.user()))
        sweeps = [(it.seconds, found.during(lambda it=it: _swept(studio, it))) for it in deployed().schedules]
    return Played(
        of_photos, of_training, [it for it in printed if it.is_log], of_picture, of_garment, of_look, reads, sweeps,
        _transitions(studio, "training"), _transitions(studio, "image"), hints,
    )  # fmt: skip


def _of_a_phone(number: int) -> bytes:
    with Image.open(PHOTOS[number]) as photo:
        large = np.asarray(photo.convert("RGB").resize(PHONE, Image.Resampling.BICUBIC), np.float32)
    grain = np.random.default_rng(number).normal(0, GRAIN, large.shape)
    seen = Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8))
    seen.save(target := BytesIO(), "JPEG", quality=92)
    return target.getvalue()


def _bring(user: User, job: str, photos: Sequence[bytes]) -> None:
    for slot, data in enumerate(photos, 1):
        user.upload(job, slot, data)
    view = user.checked(job)
    assert view["accepted_photos"] == len(photos), view["photos"]


def _train(user: User, job: str) -> None:
    answer = user.submit(job, preset="full")
    assert answer.status_code == 202, answer.text
    user.until(job, "in_review")
    assert user.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).is_success


def _print_log(studio: Studio, user: User) -> None:
    """The webhooks of one that trains, as its log grows."""
    with long_trainings(studio):
        user.submit(job := draft(user))
        until_it_trains(studio, job)
        [attempt] = attempts(studio, job)
        lines = list(
            trainer_log.step_lines(range(STEPS), STEPS, seconds_per_step=1.1, learning_rate=4e-4, seed="costs")
        )
        for number in range(1, LOOKS_AT_LOG + 1):
            text = "\n".join(lines[: len(lines) * (2 * number - 1) // (2 * LOOKS_AT_LOG)])
            data = body("processing", attempt["provider_id"], logs=text)
            event = signed(data, secret=studio.twin.settings.webhook_secret, marker=attempt["marker"])
            assert _called(studio, "ReplicateWebhook", event)["statusCode"] == 200
        assert user.post(f"/v1/trainings/{job}/cancel").is_success


def _swept(studio: Studio, schedule: Any) -> None:
    _called(studio, schedule.function, schedule.event)


def _called(studio: Studio, function: str, event: Any) -> Any:
    return studio.aws.invoke(deployed().functions[function], event)


def _transitions(studio: Studio, machine: str) -> int:
    """Of its first execution: each state that was entered, each round of a Map, and the end."""
    client = boto3.client("stepfunctions")
    found = client.list_executions(stateMachineArn=studio.machines[machine], statusFilter="SUCCEEDED")["executions"]
    arn = min(found, key=lambda it: it["startDate"])["executionArn"]
    events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return 1 + sum(it["type"] in (*COUNTED, "MapIterationStarted") for it in events)
