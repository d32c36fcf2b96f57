"""Downloads: who packs one, who may have its ZIP, and what ends it at once."""

from typing import Any

import pytest
from sql.story import CONSENT, Story
from sql.test_downloads import claimed, ordered
from sql.test_realtime import sent
from sql.test_the_person_shown import decided, linked, with_pictures
from sql.test_withdrawal import consent


def packed(story: Story, download: dict[str, Any]) -> bool:
    return story.worker.call("download_is_packed", download=download["id"], bytes=9)


def ready(story: Story, *images: str) -> dict[str, Any]:
    download = ordered(story, *images)
    assert claimed(story, download)
    assert packed(story, download)
    return download


def read(story: Story, download: dict[str, Any]) -> dict[str, Any]:
    return story.owner.call("read_download", download=download["id"])


def may_fetch(story: Story, download: dict[str, Any]) -> bool:
    """Whether the storage lets the owner have the object, whatever the API says."""
    put = "insert into storage.objects (bucket_id, name) values ('downloads', %s) on conflict do nothing"
    story.connection.execute(put, (download["path"],))
    query = "select from storage.objects where bucket_id = 'downloads' and name = %s"
    return len(story.owner.sql(query, (download["path"],))) > 0


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
