"""Downloads: what may be in one, who may have it, who packs it, and what ends it at once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection, refused
from sql.story import CONSENT, Story, key
from sql.test_realtime import sent
from sql.test_the_person_shown import decided, linked, with_pictures
from sql.test_withdrawal import consent

from croquis.http.downloads import MOST_IMAGES

Play = Callable[..., None]


def ordered(story: Story, *images: str, **given: Any) -> dict[str, Any]:
    chosen = {"image_ids": list(images)} if images else {"model": story.seen()["model"]["id"]}
    return story.owner.call("order_download", **{"idempotency_key": key()} | chosen | given)


def claimed(story: Story, download: dict[str, Any]) -> dict[str, Any] | None:
    return story.worker.call("claim_download", download=download["id"])


def packed(story: Story, download: dict[str, Any]) -> bool:
    return story.worker.call("download_is_packed", download=download["id"], bytes=9)


def ready(story: Story, *images: str) -> dict[str, Any]:
    download = ordered(story, *images)
    assert claimed(story, download)
    assert packed(story, download)
    return download


def read(story: Story, download: dict[str, Any]) -> dict[str, Any]:
    return story.owner.call("read_download", download=download["id"])


def in_zip(story: Story, download: dict[str, Any]) -> list[str]:
    given = claimed(story, download)
    assert given
    return [it["id"] for it in given["images"]]


def may_fetch(story: Story, download: dict[str, Any]) -> bool:
    """Whether the storage lets the owner have the object, whatever the API says."""
    put = "insert into storage.objects (bucket_id, name) values ('downloads', %s) on conflict do nothing"
    story.connection.execute(put, (download["path"],))
    query = "select from storage.objects where bucket_id = 'downloads' and name = %s"
    return len(story.owner.sql(query, (download["path"],))) > 0


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
    played("update public.images set bytes = 1000000001 where id = any (%s::uuid[])", [newest, older])
    assert ordered(story, newest)["image_bytes"] == 1_000_000_001
    assert why_not(story, newest, older)[1:] == (
        "too_large_together",
        "These images have 2001 MB together; one download holds 2000 MB.",
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


def test_nobody_orders_more_downloads_a_day_than_are_allowed(story):
    newest, _ = with_pictures(story)
    story.connection.execute("update croquis.limits set downloads_per_day = 1")
    ordered(story, newest)
    with refused(429, "too_many_downloads"):
        ordered(story, newest)


def test_one_worker_packs_at_a_time_and_after_four_none(story, played):
    newest, _ = with_pictures(story)
    download = ordered(story, newest)
    for _ in range(4):
        assert claimed(story, download)
        assert claimed(story, download) is None
        played("update public.downloads set claimed_at = now() - interval '12 minutes' where id = %s", download["id"])
    assert claimed(story, download) is None
    assert [it["tries"] for it in story.worker.each("downloads_to_pack")] == [4]


def test_the_sweep_sends_again_what_nobody_began_or_ended(story, played):
    newest, _ = with_pictures(story)
    download = ordered(story, newest)
    assert story.worker.each("downloads_to_pack") == []
    played("update public.downloads set created_at = now() - interval '2 minutes' where id = %s", download["id"])
    assert [it["id"] for it in story.worker.each("downloads_to_pack")] == [download["id"]]
    assert claimed(story, download)
    assert story.worker.each("downloads_to_pack") == []
    assert [it["id"] for it in story.worker.each("downloads_to_pack", at_once=True)] == [download["id"]]
    assert claimed(story, download), "whoever had it has stopped"


def test_a_zip_is_its_owners_alone_while_it_is_ready(story, other, played):
    newest, _ = with_pictures(story)
    download = ordered(story, newest)
    assert not may_fetch(story, download)
    assert claimed(story, download)
    assert packed(story, download)
    assert may_fetch(story, download)
    assert packed(story, download), "an answer that was lost is asked for again"
    assert read(other, download) is None
    assert other.owner.sql("select from storage.objects where bucket_id = 'downloads'") == []
    played("update public.downloads set expires_at = now() where id = %s", download["id"])
    assert (read(story, download)["status"], may_fetch(story, download)) == ("expired", False)


def removed(story: Story, image: str) -> None:
    story.owner.call("remove_image", image=image)


def refused_by_the_person(story: Story, image: str) -> None:
    decided(story, linked(story), image, "refuse")


def withdrawn_by_the_owner(story: Story, _: str) -> None:
    story.owner.call("withdraw_consent", consent_id=consent(story))


def withdrawn_by_the_person(story: Story, _: str) -> None:
    story.worker.call("withdraw_shown", token_sha256=linked(story))


STATUSES = ("working", "ready", "expired")
LOSSES = (removed, refused_by_the_person, withdrawn_by_the_owner, withdrawn_by_the_person)


@pytest.mark.parametrize("lose", LOSSES)
def test_what_takes_an_image_away_closes_every_zip_that_holds_it_at_once(story, lose):
    newest, older = with_pictures(story, ask_shown_person=True)
    there, begun, elsewhere = ready(story, newest, older), ordered(story, newest), ready(story, older)
    assert claimed(story, begun)
    assert may_fetch(story, there)
    lose(story, newest)
    for download in (there, begun):
        found = read(story, download)
        assert (found["status"], found["failure_code"]) == ("expired", "image_withdrawn")
        assert not may_fetch(story, download)
    assert packed(story, begun) is False, "a ZIP that comes now must not stay"
    still = lose in (removed, refused_by_the_person)
    assert read(story, elsewhere)["status"] == ("ready" if still else "expired")
    to_forget = {it["id"] for it in story.worker.each("downloads_to_forget")}
    assert {there["id"], begun["id"]} <= to_forget


def test_a_zip_stays_where_a_picture_is_approved_marked_or_the_consent_renewed(story):
    newest, older = with_pictures(story, ask_shown_person=True)
    download = ready(story, newest, older)
    decided(story, linked(story), newest, "approve")
    story.owner.call("change_image", image=newest, favourite=True)
    story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT)
    assert read(story, download)["status"] == "ready"


def test_a_zip_is_deleted_after_a_day_and_its_row_says_so_when_nobody_can_bring_it_any_more(story, played):
    newest, _ = with_pictures(story)
    download = ready(story, newest)
    ((kept,),) = story.connection.execute(
        "select extract(epoch from expires_at - ended_at) / 3600 from public.downloads"
    )
    assert kept == 24
    assert story.worker.each("downloads_to_forget") == []
    played("update public.downloads set expires_at = now() - interval '1 s' where id = %s", download["id"])
    story.worker.call("download_is_gone", download=download["id"])
    assert read(story, download)["status"] == "expired"
    assert len(story.worker.each("downloads_to_forget")) == 1, "its worker may still be at work"
    played("update public.downloads set claimed_at = now() - interval '12 minutes' where id = %s", download["id"])
    story.worker.call("download_is_gone", download=download["id"])
    assert story.worker.each("downloads_to_forget") == []


def test_an_image_that_is_refused_while_it_is_ordered_is_in_no_zip(acted, overlapping):
    newest, _ = with_pictures(acted, ask_shown_person=True)
    link = linked(acted)
    order, _ = overlapping(acted, lambda it: ordered(it, newest), lambda it: decided(it, link, newest, "refuse"))
    assert read(acted, order)["status"] == "expired"


def test_a_consent_that_is_withdrawn_while_a_download_is_ordered_ends_it(acted, overlapping):
    newest, _ = with_pictures(acted)
    order, _ = overlapping(acted, lambda it: ordered(it, newest), lambda it: withdrawn_by_the_owner(it, newest))
    assert read(acted, order)["status"] == "expired"


def test_its_owner_hears_how_far_it_is(story):
    newest, _ = with_pictures(story)
    download = ready(story, newest)
    withdrawn_by_the_owner(story, newest)
    heard = [
        payload for payload, topic, private in sent(story.connection, "download") if private and story.user in topic
    ]
    assert heard == [{"download_id": download["id"], "status": it} for it in STATUSES]
