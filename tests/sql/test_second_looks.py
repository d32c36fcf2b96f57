"""What use cases make of these rows: a run that seems lost at the provider, a photo removed too late or too large."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from pydantic_core import to_jsonable_python
from sql.story import Story

from croquis.adapters.supabase.data_api import DataApi
from croquis.adapters.supabase.store import SupabaseStore
from croquis.domain.ids import JobId
from croquis.domain.photos.examined_photo import ExaminedPhoto
from croquis.errors import CodedError, CroquisError, Refused, TooLarge, WeightsRefused
from croquis.ports import Croquis, ProviderRun
from croquis.usecases import provider_runs, runs, sweep, uploads
from croquis.usecases.uploads import Examiners

RUNNING = ProviderRun("p", "processing")

UNDECODED = Examiners(lambda _: pytest.fail("it was decoded"), lambda _: pytest.fail("it was decoded"))


class RowsOfStory(DataApi):
    """The adapters' way to the database, without HTTP: as the workers' role, in the story's own transaction."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def _as_worker(self, function: str, arguments: dict[str, object]) -> Any:
        found = self._story.worker.each(function, **to_jsonable_python(arguments))
        query = "select bool_or(proretset) from pg_proc where proname = %s and pronamespace = 'public'::regnamespace"
        ((many,),) = self._story.connection.execute(query, (function,)).fetchall()
        return found if many else found[0]


@dataclass
class Studio:
    """The ports around real rows: a provider that answers from a list, and files that note what is removed."""

    story: Story
    answers: list[ProviderRun | None] = field(default_factory=list[ProviderRun | None])
    listed: list[ProviderRun] = field(default_factory=list[ProviderRun])
    removed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    object: bytes | CroquisError = b"more than was announced"

    @property
    def store(self) -> SupabaseStore:
        return SupabaseStore(RowsOfStory(self.story))

    @property
    def provider(self) -> "Studio":
        return self

    files = provider

    def look(self, kind: str, provider_id: str) -> ProviderRun | None:
        return self.answers.pop(0)

    def now(self) -> int:
        return 1_800_000_000

    def list_runs(self, kind: str, since: Any) -> list[list[ProviderRun]]:
        return [self.listed]

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> Any:
        raise TooLarge("The file is larger than its limit.")

    def read(self, bucket: str, path: str, *, limit: int) -> bytes:
        if isinstance(self.object, CroquisError):
            raise self.object
        return self.object

    def remove(self, bucket: str, paths: Sequence[str]) -> None:
        self.removed += [(bucket, path) for path in paths]


@pytest.fixture
def studio(story: Story) -> Studio:
    return Studio(story)


def test_a_404_about_a_run_that_the_list_shows_decides_nothing(studio, story, played):
    """SF-04, MO-01: or a running, paid training would be called gone."""
    attempt = story.to("training").attempt()
    running = replace(RUNNING, id=attempt["provider_id"], markers=(attempt["listed_as"],))
    states = []
    for listed in ([running], [running], [], []):
        studio.answers, studio.listed = [None, None], listed
        states.append(provider_runs.settle_silently(cast(Croquis, studio), attempt["id"]).state)
        played("update public.provider_attempts set missing_since = missing_since - interval '31 minutes'")
        played("update public.provider_attempts set posted_at = posted_at - interval '31 minutes'")
    assert states == ["started"] * 4
    played("update public.provider_attempts set missing_since = missing_since - interval '31 minutes'")
    studio.answers = [None]
    assert provider_runs.settle_silently(cast(Croquis, studio), attempt["id"]).state == "lost"


def test_an_archive_larger_than_any_of_ours_is_a_verdict_and_not_an_outage(studio, story, played):
    """Waiting a day would not make it smaller."""
    story.to("ingesting")
    played("update public.training_runs set deadline_at = '2100-01-01'")
    with pytest.raises(WeightsRefused):
        runs.ingest_weights(cast(Croquis, studio), JobId(story.job), 1)


def test_a_photo_that_was_removed_while_it_was_checked_leaves_no_clean_copy(studio, story, played):
    """PR-03: its row never learned where the copy is."""
    photo = story.opened().announced()
    story.claimed(story.landed(photo["upload_path"]))
    story.owner.call("remove_photo", job=story.job, photo=photo["id"])
    played("update public.training_photos set updated_at = now() - interval '4 minutes' where id = %s", photo["id"])
    assert sweep.sweep(cast(Croquis, studio), lambda: 240).found["removed_photos"] == 1
    path = photo["upload_path"]
    assert studio.removed == [
        ("photo-uploads", path),
        ("training-photos", f"{path}.jpg"),
        ("training-photos", f"{path}.thumbnail.jpg"),
    ]


@pytest.mark.parametrize("told", [None, 0, 999_999_999])
def test_what_arrived_is_counted_whatever_the_storage_says_of_its_size(studio, story, played, told):
    """FI-06: it is compared with what was announced, before anything is decoded."""
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    played("update public.storage_outbox set size = %s where object_id = %s", told, landed[0])
    uploads.check(cast(Croquis, studio), UNDECODED, *landed)
    (checked,) = story.seen()["photos"]
    assert (checked["status"], [it["code"] for it in checked["findings"]]) == ("rejected", ["size_differs"])
    assert checked["findings"][0]["measured"] == len(studio.object)


@pytest.mark.parametrize(
    "answer",
    [
        Refused("There is no such object.", code="no_such_object", status=404),
        Refused("The storage refused the object.", code="storage_refused", status=400),
    ],
    ids=["not there yet", "refused"],
)
def test_an_object_that_cannot_be_read_yet_is_read_again_and_given_up_after_the_third_time(
    studio, story, played, answer
):
    """SF-17: an answer of the storage says nothing about the photo."""
    landed = story.landed(story.opened().announced()["upload_path"])
    studio.object = answer
    for _ in range(3):
        with pytest.raises(type(answer)):
            uploads.check(cast(Croquis, studio), UNDECODED, *landed)
        assert story.seen()["photos"][0]["status"] == "checking"
        assert studio.removed == []
        played("update public.storage_outbox set claimed_at = claimed_at - interval '3 minutes'")
    uploads.check(cast(Croquis, studio), UNDECODED, *landed)
    (given_up,) = story.seen()["photos"]
    assert (given_up["status"], [it["code"] for it in given_up["findings"]]) == ("unreadable", ["unreadable"])


def test_an_object_that_can_be_read_the_second_time_is_checked(studio, story, played):
    landed = story.landed(story.opened().announced()["upload_path"])
    studio.object = Refused("There is no such object.", code="no_such_object", status=404)
    with pytest.raises(Refused):
        uploads.check(cast(Croquis, studio), UNDECODED, *landed)
    played("update public.storage_outbox set claimed_at = claimed_at - interval '3 minutes'")
    studio.object = bytes(1000)
    uploads.check(cast(Croquis, studio), Examiners(no_photo, UNDECODED.garment), *landed)
    (checked,) = story.seen()["photos"]
    assert [it["code"] for it in checked["findings"]] == ["not_decodable"]


def no_photo(data: bytes) -> ExaminedPhoto:
    raise CodedError("not_decodable", "The picture is damaged or incomplete.", "Save it again.")


def test_an_object_that_grew_beyond_every_limit_while_it_was_read_is_rejected(studio, story):
    landed = story.landed(story.opened().announced()["upload_path"])
    studio.object = Refused("The file is larger than allowed.", code="too_many_bytes", status=413)
    uploads.check(cast(Croquis, studio), UNDECODED, *landed)
    (checked,) = story.seen()["photos"]
    assert (checked["status"], [it["code"] for it in checked["findings"]]) == ("rejected", ["too_many_bytes"])
