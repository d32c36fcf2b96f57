"""The sweep over real rows: what resists ends nothing else and is told at the end; the rest waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sql.story import Story
from sql.test_second_looks import RowsOfStory

from croquis.adapters.supabase.store import SupabaseStore
from croquis.errors import SweepIncomplete, Unavailable
from croquis.ports import Croquis
from croquis.usecases.sweep import sweep
from croquis.usecases.sweep_kinds import LAST_SECONDS, Swept


@dataclass
class Ports:
    """Files that note what is removed, refuse some paths, and take their time; the provider lists nothing."""

    story: Story
    seconds: float = 240
    seconds_each: float = 0
    refused: set[str] = field(default_factory=set[str])
    removed: list[str] = field(default_factory=list[str])

    @property
    def store(self) -> SupabaseStore:
        return SupabaseStore(RowsOfStory(self.story))

    @property
    def files(self) -> "Ports":
        return self

    @property
    def provider(self) -> "Ports":
        return self

    def now(self) -> int:
        return 1_800_000_000

    def list_runs(self, kind: str, since: Any) -> list[list[Any]]:
        return []

    def remove(self, bucket: str, paths: Sequence[str]) -> None:
        self.seconds -= self.seconds_each
        if self.refused & {*paths}:
            raise Unavailable("The storage did not answer.")
        self.removed += paths

    def swept(self) -> Swept:
        return sweep(cast(Croquis, self), lambda: self.seconds)


@pytest.fixture
def ports(story: Story) -> Ports:
    return Ports(story)


def removed_photos(story: Story, played: Callable[..., None], many: int) -> list[str]:
    """The upload paths of so many photos whose objects are to be deleted, in the order in which they are found."""
    story.opened()
    for slot in range(1, many + 1):
        story.owner.call("remove_photo", job=story.job, photo=story.announced(slot)["id"])
    played("update public.training_photos set updated_at = now() - interval '4 minutes' where job_id = %s", story.job)
    return [photo["upload_path"] for photo in story.worker.each("objects_of_removed_photos")]


def with_a_late_log(story: Story, played: Callable[..., None]) -> None:
    other = Story(story.connection).to("training")
    other.printed(1)
    played("update public.training_logs set purge_after = now() - interval '1 s' where owner_id = %s", other.user)


def test_one_that_resists_stops_neither_the_others_nor_the_kinds_after_it_and_is_told(ports, story, played):
    first, *others = removed_photos(story, played, 3)
    with_a_late_log(story, played)
    ports.refused = {first}

    swept = ports.swept()

    assert (swept.found["removed_photos"], swept.found["logs"], swept.cut_short) == (3, 1, [])
    assert {*others} <= {*ports.removed}
    assert [(kind, type(error)) for kind, error in swept.errors] == [("removed_photos", Unavailable)]
    with pytest.raises(SweepIncomplete, match="removed_photos"):
        swept.answer()


def test_an_error_that_nobody_foresaw_is_one_too(ports, story, played):
    first, second = removed_photos(story, played, 2)
    ports.refused = cast(Any, None)  # a TypeError in the first
    ports.swept()
    ports.refused = set()
    assert ports.swept().answer()["removed_photos"] == 2
    assert {first, second} <= {*ports.removed}


def test_a_kind_that_cannot_be_looked_for_does_not_stop_the_others(ports, story, played, db):
    (path,) = removed_photos(story, played, 1)
    db.execute("alter function public.runs_to_start rename to runs_to_start_is_lost")

    swept = ports.swept()

    assert [kind for kind, _ in swept.errors] == ["runs"]
    assert path in ports.removed


def test_without_time_nothing_is_claimed(ports, story, played):
    attempt = story.to("training").attempt()["id"]
    played("update public.provider_attempts set look_after = now() - interval '1 s' where id = %s", attempt)
    ports.seconds = LAST_SECONDS

    swept = ports.swept()

    assert swept.cut_short == list(swept.found)
    assert set(swept.found.values()) == {0}
    assert story.worker.each("claim_attempts_to_ask") == [attempt]


def test_a_slow_kind_leaves_the_others_their_time(ports, story, played):
    removed_photos(story, played, 4)
    with_a_late_log(story, played)
    ports.seconds_each = 80  # of the 195 that there are; two calls for each photo

    swept = ports.swept()

    assert swept.cut_short == ["removed_photos"]
    assert (swept.found["removed_photos"], swept.found["logs"]) == (1, 1)
    assert ports.swept().cut_short  # and what was left is found again
