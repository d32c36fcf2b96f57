"""An owner's catalogue: images found by kind, day and mark, page by page; marked; removed, and deleted by the sweep."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sql.seats import Connection, refused
from sql.story import WISH, Story
from sql.test_sweep_goes_on import Ports

from croquis.domain.cursor import cursor_of, place_of

DAY = timedelta(days=1)


@pytest.fixture
def catalogue(story: Story) -> Story:
    """A model with two previews and three ordered images, all saved."""
    story.to("approved").ordered(wishes=[WISH] * 3)
    saved(story)
    return story


def saved(story: Story) -> None:
    story.connection.execute(
        "update public.images set status = 'running' where status = 'queued' and owner_id = %s", (story.user,)
    )
    story.connection.execute(
        "update public.images set status = 'saved', path = owner_id || '/' || job_id || '/' || id || '.png',"
        " sha256 = md5(id::text), bytes = 5, content_type = 'image/png', width = 8, height = 8, signed = true"
        " where status = 'running' and owner_id = %s",
        (story.user,),
    )
    story.connection.execute(  # previews of a story are closed unmade
        "update public.images set status = 'saved', path = owner_id || '/' || job_id || '/' || id || '.png',"
        " sha256 = md5(id::text), bytes = 5, content_type = 'image/png', width = 8, height = 8, signed = true"
        " where kind = 'preview' and owner_id = %s",
        (story.user,),
    )


def found(story: Story, **wanted: Any) -> list[str]:
    model = story.seen()["model"]["id"]
    return [image["id"] for image in story.owner.call("read_images", model=model, **wanted)["images"]]


def marked(story: Story, image: str, **marks: Any) -> dict[str, Any]:
    return story.owner.call("change_image", image=image, **marks)


def removed(story: Story, image: str) -> dict[str, Any]:
    return story.owner.call("remove_image", image=image)


def created(db: Connection, image: str, at: datetime) -> None:
    db.execute("update public.images set created_at = %s where id = %s", (at, image))


def test_images_are_found_by_what_they_were_made_for(catalogue: Story):
    everything = found(catalogue)
    previews, ordered = found(catalogue, kind="preview"), found(catalogue, kind="generation")
    assert (len(previews), len(ordered)) == (2, 3)
    assert {*everything} == {*previews, *ordered}
    assert found(catalogue, kind="anything") == []


def test_only_what_is_saved_is_in_the_catalogue(story: Story):
    story.to("approved").ordered()
    assert found(story, kind="generation") == []


def test_images_are_found_by_their_marks(catalogue: Story):
    first, second, *others = found(catalogue)
    assert marked(catalogue, first, favourite=True)["favourite"] is True
    assert marked(catalogue, second, favourite=True, accepted=True)["accepted"] is True
    assert found(catalogue, favourite=True) == [first, second]
    assert found(catalogue, accepted=True) == [second]
    assert found(catalogue, favourite=True, accepted=False) == [first]
    assert found(catalogue, favourite=False) == others
    assert marked(catalogue, second, favourite=False)["accepted"] is True
    with refused(422, "nothing_to_change"):
        marked(catalogue, first)


def test_images_are_found_by_their_days_in_utc_both_included(catalogue: Story):
    late, early, *_ = images = found(catalogue)
    for image in images:
        created(catalogue.connection, image, datetime(2026, 1, 5, tzinfo=UTC))
    created(catalogue.connection, late, datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC))
    created(catalogue.connection, early, datetime(2026, 1, 1, tzinfo=UTC))
    catalogue.connection.execute("set local timezone = 'America/New_York'")
    assert found(catalogue, until="2026-01-02") == [late, early]
    assert found(catalogue, since="2026-01-02", until="2026-01-02") == [late]
    assert found(catalogue, until="2026-01-01") == [early]
    assert len(found(catalogue, since="2026-01-01")) == len(images)
    assert len(found(catalogue, since="2026-01-03")) == len(images) - 2


def test_pages_follow_on_each_other_without_a_gap_although_many_images_are_of_one_moment(catalogue: Story):
    everything, pages, place = found(catalogue), [], {}
    model = catalogue.seen()["model"]["id"]
    while page := catalogue.owner.call("read_images", model=model, most=2, **place)["images"]:
        pages.append([image["id"] for image in page])
        at, image = place_of(cursor_of(datetime.fromisoformat(page[-1]["created_at"]), page[-1]["id"]))
        place = {"before_at": at, "before_id": image}
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [image for page in pages for image in page] == everything


def test_a_removed_image_is_nowhere_and_its_object_is_deleted_by_the_sweep(
    catalogue: Story, played: Callable[..., None]
):
    order = catalogue.connection.execute("select id::text from public.image_orders where kind = 'generation'")
    ((order_id,),) = order.fetchall()
    [image, *_], [preview, *_] = found(catalogue, kind="generation"), found(catalogue, kind="preview")
    ports = Ports(catalogue)
    for it in (image, preview):
        assert removed(catalogue, it)["removed_at"] == removed(catalogue, it)["removed_at"] is not None
    with refused(404, "no_such_image"):
        marked(catalogue, image, favourite=True)

    assert not {image, preview} & {*found(catalogue), *(it["id"] for it in catalogue.seen()["previews"])}
    assert catalogue.owner.call("image_to_repeat", image=image) is None
    assert catalogue.worker.call("image_to_check", image=image) is None
    order = catalogue.owner.call("read_image_order", image_order=order_id)["images"]
    assert [it["id"] for it in order if it["removed_at"]] == [image]  # it was paid all the same
    assert ports.swept().found["removed_images"] == 0  # somebody may still be saving it
    played("update public.images set removed_at = now() - interval '4 minutes' where removed_at is not null")
    assert ports.swept().found["removed_images"] == 2
    root = f"{catalogue.user}/{catalogue.job}"
    assert {*ports.removed} == {f"{root}/{image}.png", f"{root}/{preview}.png"}
    assert ports.swept().found["removed_images"] == 0


def test_that_a_removed_image_was_made_here_is_known_and_no_more(catalogue: Story):
    image = removed(catalogue, found(catalogue)[0])
    answer = catalogue.owner.call("find_provenance", sha256=image["sha256"], image=None)
    assert answer == {"made_here": True, "image": None}


@pytest.mark.parametrize("status", ["queued", "running", "failed"])
def test_what_is_not_saved_is_neither_marked_nor_removed(story: Story, status: str):
    story.to("approved").ordered()
    query = "update public.images set status = 'running' where kind = 'generation'"
    story.connection.execute(query)
    if status != "running":
        cast(Any, story.connection).execute(f"update public.images set status = '{status}' where kind = 'generation'")
    ((image,),) = story.connection.execute(
        "select id::text from public.images where kind = 'generation' and owner_id = %s", (story.user,)
    ).fetchall()
    for change in (lambda: removed(story, image), lambda: marked(story, image, accepted=True)):
        with refused(409, "image_not_saved", status):
            change()


def test_nobody_finds_marks_or_removes_anothers_images(catalogue: Story, other: Story):
    """AS-07."""
    model, image = catalogue.seen()["model"]["id"], found(catalogue)[0]
    assert other.owner.call("read_images", model=model) is None
    for change in (lambda: marked(other, image, favourite=True), lambda: removed(other, image)):
        with refused(404, "no_such_image"):
            change()
    other.to("approved")
    assert found(other, before_at="2100-01-01", before_id=image) == []
    assert image in found(catalogue, favourite=False)
