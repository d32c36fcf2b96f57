"""The provider delivered what was paid for: an outage or a lack of room on our side waits, and throws nothing away."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from scenes import account, attempts, ended, held, minutes_pass, objects, small_storage, submitted, trainings_paid
from studio import Studio, User
from waiting import until

MORE_THAN_A_DAY = 25 * 60


@contextmanager
def storage_down(studio: Studio) -> Iterator[None]:
    """Each upload is answered with a 500."""
    studio.rows("alter table storage.buckets rename to gone")
    try:
        yield
    finally:
        studio.rows("alter table storage.gone rename to buckets")


def without_room(studio: Studio) -> AbstractContextManager[None]:
    return small_storage(studio, 1000)


@contextmanager
def ingesting_while(trouble: AbstractContextManager[None], studio: Studio, user: User) -> Iterator[str]:
    """A job whose trouble begins after its training was paid, and that has tried several times to store the result."""
    with held(studio, "IngestWeights") as there:
        job = submitted(user)
        there.reached()
        with trouble:
            there.go()
            until(lambda: sum(name == "IngestWeights" and it["job_id"] == job for name, it in studio.aws.calls) > 3)
            yield job


@pytest.mark.parametrize("trouble", [storage_down, without_room])
def test_it_waits_until_the_trouble_is_over_and_becomes_the_model(
    studio: Studio, maya: User, trouble: Callable[[Studio], AbstractContextManager[None]]
) -> None:
    """JB-03: nothing is wrong with the result, so nothing fails the run."""
    with ingesting_while(trouble(studio), studio, maya) as job:
        assert maya.read(job)["status"] == "ingesting"

    view = ended(maya, job)

    assert view["status"] == "in_review"
    assert len(objects(studio, "lora-weights", job)) == trainings_paid(studio, job) == 1


def test_after_a_day_it_is_the_operators_cost_and_the_provider_still_has_it(studio: Studio, maya: User) -> None:
    with ingesting_while(without_room(studio), studio, maya) as job:
        minutes_pass(studio, MORE_THAN_A_DAY)
        view = ended(maya, job)

    [run] = view["runs"]
    assert (run["status"], run["problem"]["code"], run["borne_by"]) == ("failed", "not_kept", "operator")
    assert (float(run["actual_usd"]) > 0, account(studio, maya)) == (True, (0, 0))
    [attempt] = attempts(studio, job)
    assert studio.twin.models.find_version(attempt["output"]["version"].rpartition(":")[2])
