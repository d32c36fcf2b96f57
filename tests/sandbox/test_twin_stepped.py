"""The twin without thread or socket, under a time that the test moves: what a harness drives step by step."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from stepped_stage import LINES, MINUTE, ORIGIN, QUEUED, TRAINED, Stage

from croquis.adapters.replicate.provider import ReplicateProvider
from croquis.domain.runs.attempt import ProviderStatus, RunKind
from croquis.domain.runs.training import TrainingParameters
from croquis.errors import Unavailable
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinSettings

LIMIT = 50_000_000


@pytest.fixture
def new_stage(tmp_path: Path, photos_zip: bytes) -> Iterator[Callable[..., Stage]]:
    with ExitStack() as stack:

        def new(folder: str = "one", **changes: Any) -> Stage:
            pace = {"seconds_to_start": QUEUED, "seconds_per_1000_steps": TRAINED, "seconds_between_lines": LINES}
            settings = TwinSettings.generate(tmp_path / folder, public_url=ORIGIN, **{**pace, **changes})
            return Stage(settings, photos_zip).open(stack)

        yield new


@pytest.fixture
def stage(new_stage: Callable[..., Stage]) -> Stage:
    return new_stage()


def test_a_training_lives_only_while_its_time_is_moved(stage: Stage) -> None:
    run_id = stage.order().json()["id"]
    assert (stage.read(run_id)["status"], stage.passed) == ("starting", 0)

    stage.stepped.advance(QUEUED - 1)
    assert (stage.read(run_id)["status"], stage.bill) == ("starting", [])
    stage.stepped.advance(1)
    assert stage.read(run_id)["status"] == "processing"
    stage.stepped.advance(TRAINED)

    assert stage.read(run_id)["metrics"] == {"predict_time": TRAINED, "total_time": QUEUED + TRAINED}
    [entry] = stage.bill
    assert (entry.predict_time, entry.cost) == (TRAINED, 1.83)


def test_everything_that_falls_into_the_time_happens_at_its_own_time_and_in_order(stage: Stage) -> None:
    stage.order()
    stage.stepped.advance(24 * 60 * MINUTE)

    logs = [(QUEUED + at, "processing") for at in range(LINES, TRAINED, LINES)]
    assert stage.told == [
        *[(QUEUED, "processing")] * 2, *logs, *[(QUEUED + TRAINED, status) for status in ("processing", "succeeded")],
    ]  # fmt: skip


def test_the_time_of_the_next_event_is_known(stage: Stage) -> None:
    assert stage.stepped.next_at() is None
    stage.order()
    steps: list[float] = []
    while (moment := stage.stepped.next_at()) is not None:
        stage.stepped.advance(moment - stage.stepped.clock())
        steps.append(stage.passed)

    assert steps == [QUEUED + at for at in range(0, TRAINED + 1, LINES)]


def test_whoever_is_told_may_ask_back_at_once(stage: Stage) -> None:
    seen: list[str] = []

    def ask_back() -> int:
        seen.append(stage.read(run_id)["status"])
        return 200

    stage.when_told = ask_back
    run_id = stage.order().json()["id"]
    stage.stepped.advance(QUEUED + TRAINED)

    assert len(seen) == len(stage.told)
    assert (seen[0], seen[-1]) == ("processing", "succeeded")


def test_whoever_is_told_may_let_time_pass_and_it_never_goes_back(stage: Stage) -> None:
    def dawdle() -> int:
        stage.when_told = lambda: 200
        stage.stepped.advance(2 * TRAINED)
        return 200

    stage.when_told = dawdle
    stage.order()
    stage.stepped.advance(QUEUED + 1)

    assert stage.passed == QUEUED + 2 * TRAINED
    assert stage.told[-1] == (QUEUED + TRAINED, "succeeded")


def test_a_receiver_that_crashes_is_told_again(stage: Stage) -> None:
    class Crash(BaseException):
        pass

    def crash_at_the_end() -> int:
        if stage.told[-1][1] == "succeeded":
            raise Crash
        return 200

    stage.order()
    stage.when_told = crash_at_the_end
    with pytest.raises(Crash):
        stage.stepped.advance(QUEUED + TRAINED)
    stage.when_told = lambda: 200
    retry = stage.settings.webhook_retry_delays[0]
    stage.stepped.advance(retry)

    assert [at for at, status in stage.told if status == "succeeded"] == [
        QUEUED + TRAINED, QUEUED + TRAINED + retry,
    ]  # fmt: skip


def test_a_caller_waits_in_the_twins_time_and_gives_up_in_it(stage: Stage) -> None:
    stage.stepped.twin.once("create", create_delay_s=5 * MINUTE)

    with pytest.raises(httpx.ReadTimeout):
        stage.order()
    assert (stage.passed, stage.listed()) == (20, [])
    stage.stepped.advance(5 * MINUTE - 20)

    assert len(stage.listed()) == 1


def test_a_patient_caller_is_answered_when_the_time_has_come(stage: Stage) -> None:
    stage.stepped.twin.once("list", answer_delay_s=19)

    assert (stage.listed(), stage.passed) == ([], 19)


@pytest.mark.parametrize(
    ("answer", "error", "runs"),
    [
        ("drop_connection_before", httpx.RemoteProtocolError, 0),
        ("drop_connection_after", httpx.RemoteProtocolError, 1),
        ("cut_after", httpx.RemoteProtocolError, 1),
        ("timeout_before", httpx.ReadTimeout, 0),
        ("timeout_after", httpx.ReadTimeout, 1),
    ],
)
def test_a_call_without_an_answer_raises_what_a_network_raises(
    stage: Stage, answer: str, error: type[Exception], runs: int
) -> None:
    stage.stepped.twin.once("create", create_answers=answer)

    with pytest.raises(error):
        stage.order()
    assert len(stage.listed()) == runs


def test_weights_that_break_off_arrive_up_to_there(stage: Stage) -> None:
    run_id = stage.order().json()["id"]
    stage.stepped.advance(QUEUED + TRAINED)
    stage.stepped.twin.once("download", delivery_breaks=True)
    arrived: list[bytes] = []

    with stage.http.stream("GET", stage.read(run_id)["output"]["weights"]) as answer:
        with pytest.raises(httpx.RemoteProtocolError):
            arrived.extend(answer.iter_raw())
        assert sum(map(len, arrived)) == int(answer.headers["content-length"]) // 2


def test_a_seed_makes_two_twins_alike(new_stage: Callable[..., Stage]) -> None:
    def story(folder: str, seed: str) -> list[Any]:
        stage = new_stage(folder, seed=seed)
        ids = [stage.order().json()["id"] for _ in range(2)]
        stage.stepped.advance(QUEUED + TRAINED)
        messages = [delivery.message_id for delivery in stage.stepped.twin.webhooks.deliveries]
        return [ids, messages, stage.told, stage.read(ids[0])["output"], stage.bill]

    assert story("one", "7") == story("another", "7")
    assert story("third", "8") != story("fourth", "7")


def test_no_thread_is_started(stage: Stage) -> None:
    threads: set[str] = set()

    def look() -> int:
        threads.update(thread.name for thread in threading.enumerate())
        return 200

    before = {thread.name for thread in threading.enumerate()}
    stage.when_told = look
    stage.order()
    stage.stepped.advance(QUEUED + TRAINED)

    assert threads <= before


def test_pictures_can_be_plain_and_still_tell_their_order(new_stage: Callable[..., Stage]) -> None:
    stage = new_stage(plain_pictures=True, seconds_per_image=13.0)
    run_id = stage.order().json()["id"]
    stage.stepped.advance(QUEUED + TRAINED)
    version, pictures = stage.read(run_id)["output"]["version"], list[bytes]()
    for seed in (1, 1, 2):
        made = stage.http.post("/v1/predictions", json={"version": version, "input": {"prompt": "TOK", "seed": seed}})
        stage.stepped.advance(QUEUED + 13)
        [url] = stage.http.get(f"/v1/predictions/{made.json()['id']}").json()["output"]
        pictures.append(stage.http.get(url).content)

    assert pictures[0] == pictures[1] != pictures[2]
    assert [entry.predict_time for entry in stage.bill] == [TRAINED, 13, 13, 13]
    assert stage.stepped.twin.ledger.total == round((TRAINED + 3 * 13) * stage.settings.price_per_second, 6)


@pytest.fixture
def provider(stage: Stage) -> Iterator[ReplicateProvider]:
    provider = ReplicateProvider(
        token=lambda: stage.settings.api_token,
        trainer=f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
        destination=f"{stage.settings.owner}/people",
        webhook_url=lambda: "http://hooks.test",
        sandbox_origin=ORIGIN,
        transport=stage.stepped.transport,
        sockets=stage.stepped.sockets,
    )
    yield provider
    provider.close()


def test_our_own_provider_reaches_it_and_its_files(stage: Stage, provider: ReplicateProvider) -> None:
    started = provider.start_training(
        TrainingParameters(lora_rank=1), dataset_url="http://files.test/a.zip", trigger_word="TOK", marker="m" * 32
    )
    stage.stepped.advance(QUEUED + TRAINED)

    run = provider.look(RunKind.TRAINING, started.id or "")

    assert run is not None
    assert (run.end, run.seconds) == (ProviderStatus.SUCCEEDED, TRAINED)
    with provider.fetch(run.output.weights or "", limit=LIMIT, deadline_s=60) as weights:
        assert len(weights.read()) == weights.size


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ({"delivery_breaks": True}, "incomplete|did not answer properly"),
        ({"download_answers": "503"}, "answered 503"),
        ({"download_answers": "drop_connection_before"}, "did not answer properly"),
        ({"download_answers": "timeout_before"}, "did not answer properly"),
    ],
)
def test_our_own_provider_hears_of_files_that_do_not_arrive(
    stage: Stage, provider: ReplicateProvider, faults: dict[str, Any], sentence: str
) -> None:
    run_id = stage.order().json()["id"]
    stage.stepped.advance(QUEUED + TRAINED)
    url = stage.read(run_id)["output"]["weights"]
    stage.stepped.twin.once("download", **faults)

    with pytest.raises(Unavailable, match=sentence), provider.fetch(url, limit=LIMIT, deadline_s=60) as weights:
        weights.read()
