"""PR-01, AS-07: whoever holds a link sees and decides about the one person of that link, and nobody else's anything."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sql.seats import NO_RIGHT, refused
from sql.story import CONSENT, Story, seen
from sql.test_withdrawal import WISHED, consent

PLACE = {"before_at": None, "before_id": None, "most": 50}


def linked(story: Story, **changes: Any) -> str:
    """The hash of the token of a new link."""
    token = sha256(uuid4().bytes).hexdigest()
    given = {"consent_id": consent(story), "days": 7, "used_by": "Studio Berlin", "token_sha256": token}
    story.owner.call("open_consent_link", **(given | changes))
    return token


def shown(story: Story, token: str, **place: Any) -> dict[str, Any]:
    return story.worker.call("shown_person", token_sha256=token, **(PLACE | place))


def decided(story: Story, token: str, image: str, decision: str) -> dict[str, Any]:
    return story.worker.call("decide_shown_image", token_sha256=token, image=image, decision=decision)


def with_pictures(story: Story, **consent_says: Any) -> list[str]:
    """An approved model with two saved pictures, and one that is not; the ids of those that are."""
    story.to("approved").ordered(wishes=[WISHED] * 3)
    if consent_says:
        story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT | consent_says)
    saved = story.connection.execute(
        "update public.images i set status = 'saved', path = concat_ws('/', i.owner_id, i.job_id, i.id), sha256 = '0',"
        " bytes = 1, content_type = 'image/png', width = 1, height = 1, signed = true,"
        " created_at = now() + make_interval(secs => i.position)"
        " where i.kind = 'generation' and i.job_id = %s and i.position < 3 returning i.id, i.path, i.position",
        (story.job,),
    ).fetchall()
    for _, path, _ in saved:
        story.landed(path, "images")
    return [str(image) for image, _, _ in sorted(saved, key=lambda it: -it[2])]


def test_the_link_shows_the_consent_its_text_and_the_pictures_newest_first(story):
    pictures = with_pictures(story)
    found = shown(story, linked(story))
    assert found["consent"] == story.seen()["consent"]
    assert found["text"].startswith("I am an adult.")
    assert (found["name"], found["used_by"]) == ("Maya", "Studio Berlin")
    assert [it["id"] for it in found["images"]] == pictures


def test_pictures_come_page_by_page(story):
    newest, older = with_pictures(story)
    token = linked(story)
    [first] = shown(story, token, most=1)["images"]
    rest = shown(story, token, before_at=first["created_at"], before_id=first["id"])["images"]
    assert (first["id"], [it["id"] for it in rest]) == (newest, [older])


def test_it_shows_nothing_of_anothers_nor_of_the_same_owners_other_person(story, other):
    with_pictures(story)
    twin = Story(story.connection, story.user)
    mine = with_pictures(twin)
    with_pictures(other)
    token = linked(twin)
    assert [it["id"] for it in shown(twin, token)["images"]] == mine
    for stranger in (story, other):
        ((image,),) = stranger.connection.execute(
            "select id::text from public.images where job_id = %s and status = 'saved' limit 1", (stranger.job,)
        ).fetchall()
        story.owner.call("renew_consent", consent_id=consent(twin), consent=CONSENT | {"ask_shown_person": True})
        with refused(404, "no_such_image"):
            decided(twin, token, image, "refuse")


def expired(story: Story, token: str) -> str:
    story.connection.execute("update public.consent_links set expires_at = now() where token_sha256 = %s", (token,))
    return token


def revoked(story: Story, token: str) -> str:
    ((link,),) = story.connection.execute("select id from public.consent_links where token_sha256 = %s", (token,))
    for _ in range(2):
        story.owner.call("revoke_consent_link", consent_id=consent(story), link=link)
    return token


BAD = {
    "old": expired,
    "revoked": revoked,
    "guessed": lambda *_: "0" * 64,
    "empty": lambda *_: "",
    "missing": lambda *_: None,
    "the hash in capitals": lambda _, token: token.upper(),
}


@pytest.mark.parametrize("what", BAD)
def test_a_link_that_is_not_valid_opens_nothing_and_is_told_in_one_way(story, what):
    [image, _] = with_pictures(story, ask_shown_person=True)
    token = BAD[what](story, linked(story))
    for ask in (
        lambda: shown(story, token),
        lambda: decided(story, token, image, "refuse"),
        lambda: decided(story, token, image, "x"),
        lambda: story.worker.call("withdraw_shown", token_sha256=token),
    ):
        with refused(401, "link_not_valid", "incomplete, too old, or was taken back"):
            ask()
    assert story.seen()["consent"]["withdrawn_at"] is None


@pytest.mark.parametrize("days", [None, 0, 91, -1, 2**31 - 1])
def test_a_link_is_good_for_one_to_ninety_days(story, days):
    story.to("draft")
    with refused(422, "bad_days"):
        linked(story, days=days)


@pytest.mark.parametrize("wrong", [None, "", "0", "g" * 64, "0" * 65, "A" * 64])
def test_only_a_hash_is_kept_of_a_token(story, wrong):
    story.to("draft")
    with pytest.raises(psycopg.Error) as caught:
        linked(story, token_sha256=wrong)
    assert (caught.value.sqlstate or "")[:2] == "23"


def test_the_owner_is_not_told_the_hash_and_nobody_reads_the_table(story):
    story.to("draft")
    made = story.owner.call("open_consent_link", consent_id=consent(story), days=1, used_by=None, token_sha256="a" * 64)
    assert "token_sha256" not in made
    for seat in (story.owner, story.worker):
        with pytest.raises(NO_RIGHT):
            seat.sql("select from public.consent_links")


def test_twenty_links_may_be_good_at_once(story):
    story.to("draft")
    tokens = [linked(story) for _ in range(20)]
    with refused(409, "too_many_links"):
        linked(story)
    revoked(story, tokens[0])
    linked(story)
    shown(story, tokens[1])


def test_nobody_makes_or_revokes_a_link_for_anothers_person(story, other):
    story.to("draft")
    other.to("draft")
    token = linked(story)
    ((link,),) = story.connection.execute("select id from public.consent_links where token_sha256 = %s", (token,))
    with refused(404, "no_such_consent"):
        linked(other, consent_id=consent(story))
    with refused(404, "no_such_consent"):
        other.owner.call("good_consent_links", consent_id=consent(story))
    assert other.owner.call("good_consent_links", consent_id=consent(other)) == []
    with refused(404, "no_such_consent"):
        other.owner.call("revoke_consent_link", consent_id=consent(story), link=link)
    with refused(404, "no_such_link"):
        other.owner.call("revoke_consent_link", consent_id=consent(other), link=link)
    shown(story, token)


@pytest.mark.parametrize("function", ["shown_person", "decide_shown_image", "withdraw_shown"])
def test_an_owner_and_anyone_else_may_not_ask_in_the_place_of_the_door(story, anon, function):
    token = linked(story.to("draft"))
    more = {"shown_person": PLACE, "decide_shown_image": {"image": str(uuid4()), "decision": "refuse"}}
    for seat in (story.owner, anon):
        with pytest.raises(NO_RIGHT):
            seat.call(function, token_sha256=token, **more.get(function, {}))


def test_who_is_not_asked_decides_nothing(story):
    [image, _] = with_pictures(story)
    with refused(409, "not_asked"):
        decided(story, linked(story), image, "refuse")


def seen_files(story: Story) -> int:
    ((count,),) = story.owner.sql("select count(*) from storage.objects where bucket_id = 'images'")
    return count


def test_a_refused_picture_is_closed_to_its_owner_until_it_is_approved(story):
    [image, _] = with_pictures(story, ask_shown_person=True)
    token = linked(story)
    assert seen_files(story) == 2
    assert decided(story, token, image, "refuse")["shown_decision"] == "refuse"
    assert seen_files(story) == 1
    assert len(shown(story, token)["images"]) == 2
    # to be asked no more opens nothing that was refused
    story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT)
    assert seen_files(story) == 1
    story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT | {"ask_shown_person": True})
    decided(story, token, image, "approve")
    assert seen_files(story) == 2


@pytest.mark.parametrize("wrong", [None, "", "reject", "REFUSE"])
def test_a_decision_is_one_of_two(story, wrong):
    [image, _] = with_pictures(story, ask_shown_person=True)
    with refused(422, "bad_decision"):
        decided(story, linked(story), image, wrong)


def test_they_withdraw_exactly_as_the_owner_can(story):
    story.to("training")
    token = linked(story)
    attempt = story.attempt()
    for _ in range(2):
        assert story.worker.call("withdraw_shown", token_sha256=token)["attempts"] == [attempt["id"]]
    assert story.seen()["consent"]["withdrawn_by"] == "shown_person"
    assert shown(story, token)["consent"]["withdrawn_at"]
    assert story.saw(seen(attempt["provider_id"], "processing"))["cancel"]
    with refused(409, "consent_over"):
        story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT)
