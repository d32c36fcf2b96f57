"""Downloads: what may be in one, and what is refused with the image that it is about."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection, refused
from sql.story import Story, key
from sql.test_the_person_shown import decided, linked, with_pictures
from sql.test_withdrawal import consent

from croquis.http.downloads import MOST_IMAGES


def ordered(story: Story, *images: str, **given: Any) -> dict[str, Any]:
    chosen = {"image_ids": list(images)} if images else {"model": story.seen()["model"]["id"]}
    return story.owner.call("order_download", **{"idempotency_key": key()} | chosen | given)


def claimed(story: Story, download: dict[str, Any]) -> dict[str, Any] | None:
    return story.worker.call("claim_download", download=download["id"])


def in_zip(story: Story, download: dict[str, Any]) -> list[str]:
    given = claimed(story, download)
    assert given
    return [it["id"] for it in given["images"]]


def test_the_number_of_images_is_the_same_in_sql_and_python(db: Connection) -> None:
    assert db.execute("select croquis.most_images_in_download()").fetchone() == (MOST_IMAGES,)


def test_images_are_packed_in_the_order_in_which_they_were_named_and_each_once(story):
    newest, older = with_pictures(story)
    assert in_zip(story, ordered(story, older, newest, older)) == [older, newest]


def test_filters_choose_the_images_of_a_model(story):
    newest, older = with_pictures(story)
    story.owner.call("change_image", image=older, favourite=True)
    assert in_zip(story, ordered(story)) == [newest, older]
    assert in_zip(story, ordered(story, favourite=True)) == [older]
    with refused(422, "nothing_selected"):
        ordered(story, kind="preview")


def test_filters_leave_out_what_the_person_shown_refused(story):
    newest, older = with_pictures(story, ask_shown_person=True)
    decided(story, linked(story), older, "refuse")
    assert in_zip(story, ordered(story)) == [newest]


def test_the_same_key_is_the_same_download(story):
    newest, older = with_pictures(story)
    same = key()
    first = ordered(story, newest, idempotency_key=same)
    assert ordered(story, newest, idempotency_key=same)["id"] == first["id"]
    with refused(409, "idempotency_key_reused"):
        ordered(story, older, idempotency_key=same)
    with refused(400, "no_idempotency_key"):
        ordered(story, newest, idempotency_key=None)


def why_not(story: Story, *images: str) -> tuple[str | None, str | None, str]:
    before = story.connection.execute("select count(*) from public.downloads").fetchone()
    with pytest.raises(psycopg.Error) as caught, story.connection.transaction():
        ordered(story, *images)
    assert story.connection.execute("select count(*) from public.downloads").fetchone() == before
    return caught.value.diag.sqlstate, caught.value.diag.message_detail, str(caught.value.diag.message_primary)


def test_an_image_that_may_not_be_in_it_is_named_and_nothing_is_written(story, other):
    newest, older = with_pictures(story, ask_shown_person=True)
    (of_another, _), nobodys = with_pictures(other), str(uuid4())
    unsaved = story.connection.execute(
        "select id::text from public.images where job_id = %s and status = 'queued' and kind = 'generation'",
        (story.job,),
    ).fetchone()[0]
    for image, sqlstate, code in (
        (of_another, "PT404", "no_such_image"),
        (nobodys, "PT404", "no_such_image"),
        (unsaved, "PT409", "image_not_saved"),
    ):
        assert why_not(story, newest, image)[:2] == (sqlstate, code)
        assert image in why_not(story, newest, image)[2]
    decided(story, linked(story), older, "refuse")
    assert why_not(story, newest, older)[1:] == (
        "refused_by_shown_person",
        f"The person shown has refused the image {older}.",
    )
    story.owner.call("remove_image", image=newest)
    assert why_not(story, newest)[1:] == ("no_such_image", f"There is no such image: {newest}.")


def test_after_a_withdrawal_no_image_of_the_person_is_packed(story):
    newest, _ = with_pictures(story)
    story.owner.call("withdraw_consent", consent_id=consent(story))
    assert why_not(story, newest)[1] == "consent_withdrawn"


def test_another_owners_model_is_told_like_none(story, other):
    with_pictures(story)
    with_pictures(other)
    for model in (other.seen()["model"]["id"], str(uuid4())):
        with refused(404, "no_such_model"):
            ordered(story, model=model)


@pytest.mark.parametrize("given", [{}, {"image_ids": Jsonb("x")}, {"image_ids": Jsonb({})}])
def test_a_selection_is_of_ids_or_of_a_model(story, given):
    with_pictures(story)
    with refused(422, "bad_selection"):
        story.owner.call("order_download", idempotency_key=key(), **given)
    with refused(422, "bad_selection"):
        ordered(story, str(uuid4()), model=story.seen()["model"]["id"])


def test_what_is_too_much_for_one_zip_is_refused(story, played):
    newest, older = with_pictures(story)
    with refused(422, "too_many_selected"):
        ordered(story, *(str(uuid4()) for _ in range(MOST_IMAGES + 1)))
    played("update public.images set bytes = 345000001 where id = any (%s::uuid[])", [newest, older])
    assert ordered(story, newest)["image_bytes"] == 345_000_001
    assert why_not(story, newest, older)[1:] == (
        "too_large_together",
        "These images have 691 MB together; one download holds 690 MB.",
    )


def test_a_model_with_more_images_than_fit_is_refused_and_not_cut(story, played):
    newest, _ = with_pictures(story)
    played(
        "insert into public.image_orders (id, owner_id, model_id, kind) select gen_random_uuid(), owner_id, model_id,"
        " 'generation' from public.images i, generate_series(1, %s) where i.id = %s",
        MOST_IMAGES,
        newest,
    )
    same = (
        "i.owner_id, i.model_id, i.job_id, i.run, 'generation', 1, i.prompt, i.framing, i.asked_width, i.asked_height"
    )
    saved = "'v', 'saved', i.path, i.sha256, i.bytes, i.content_type, i.width, i.height, i.signed, 0, now()"
    played(
        "insert into public.images (order_id, owner_id, model_id, job_id, run, kind, position, prompt, framing,"
        " asked_width, asked_height, provider_version, status, path, sha256, bytes, content_type, width, height,"
        f" signed, reserved_usd, deadline_at) select o.id, {same}, {saved} from public.images i"
        " join public.image_orders o on o.model_id = i.model_id where i.id = %s"
        " and not exists (select from public.images x where x.order_id = o.id)",
        newest,
    )
    with refused(422, "too_many_selected"):
        ordered(story)


def test_what_the_person_shown_refused_takes_no_place_among_those_that_are_looked_at(story, played):
    newest, older = with_pictures(story)
    played("update public.images set shown_decision = 'refuse' where id = %s", newest)
    model = story.seen()["model"]["id"]
    found = story.owner.call("read_images", model=model, most=1, refused=False)
    assert [it["id"] for it in found["images"]] == [older]
    assert newest not in in_zip(story, ordered(story))


def test_nobody_orders_more_downloads_a_day_than_are_allowed(story):
    newest, _ = with_pictures(story)
    story.connection.execute("update croquis.limits set downloads_per_day = 1")
    ordered(story, newest)
    with refused(429, "too_many_downloads"):
        ordered(story, newest)
