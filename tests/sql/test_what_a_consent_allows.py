"""PR-01: what the newest form of a consent allows, until its last day, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sql.seats import refused
from sql.story import CONSENT, Story, key, seen
from sql.test_withdrawal import WISHED, consent, withdraw

USES = ("train", "generate", "try_on", "face_measurement")


def day(days: int) -> str:
    return str((datetime.now(UTC) + timedelta(days=days)).date())


def renewed(story: Story, **changes: Any) -> dict[str, Any]:
    return story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT | changes)


def opened(story: Story, **changes: Any) -> dict[str, Any]:
    job = story.owner.call("open_training", model_name="Maya", gender="female", consent=CONSENT | changes)
    story.job = job["id"]
    return story.seen()["consent"]


def allowed(story: Story, given: str | None = None) -> set[str]:
    given = given or consent(story)
    query = "select use from unnest(%s::text[]) as use where croquis.consents_to(%s, use)"
    return {use for (use,) in story.connection.execute(query, (list(USES), given))}


def days_pass(story: Story, days: int = 2) -> None:
    """The last days lie so much earlier, as if so many days had passed."""
    with story.connection.transaction():
        story.connection.execute("alter table public.consents disable trigger consents_are_append_only")
        story.connection.execute("update public.consents set valid_until = valid_until - %s", (days,))
        story.connection.execute("alter table public.consents enable trigger consents_are_append_only")


def test_without_uses_it_is_for_training_and_generating_as_its_declarations_say(story):
    shown = opened(story)
    assert (shown["uses"], shown["valid_until"], shown["ask_shown_person"]) == (["generate", "train"], None, False)
    assert allowed(story) == {"train", "generate"}


def test_it_keeps_the_hash_of_its_text_and_who_the_text_says_has_it(story):
    shown = opened(story)
    body, sha256 = story.owner.sql("select body, sha256 from public.consent_texts where version = '2026-11'")[0]
    assert shown["text_sha256"] == sha256
    assert len(shown["providers"]) == 4
    assert all(provider in body for provider in shown["providers"])


def test_all_that_was_chosen_is_kept_and_shown(story):
    chosen = {
        "uses": ["face_measurement", "train", "train"],
        "territories": ["DE"],
        "media": ["print"],
        "valid_until": day(30),
        "ask_shown_person": True,
    }
    assert opened(story, **chosen).items() >= (chosen | {"uses": ["face_measurement", "train"]}).items()
    assert allowed(story) == {"train", "face_measurement"}


WRONG = {
    "uses": ([], ["sell"], ["train", "TRAIN"], [None], [1]),
    "territories": ([], ["de"], ["DEU"], ["D1"], [""], ["DE"] * 251),
    "media": ([], ["tv"], [None]),
    "valid_until": (day(0), day(-1), "infinity", "1999-01-01"),
}


@pytest.mark.parametrize(("field", "wrong"), [(field, wrong) for field, all_of in WRONG.items() for wrong in all_of])
def test_what_it_cannot_be_for_is_refused_for_what_it_is(story, field, wrong):
    with refused(422, "bad_term" if field == "valid_until" else "bad_scope"):
        opened(story, **{field: wrong})
    assert story.owner.sql("select from public.consents") == []


@pytest.mark.parametrize(
    ("uses", "code"), [(["generate"], "use_not_consented"), (["face_measurement", "try_on"], "use_not_consented")]
)
def test_no_training_is_ordered_without_that_use(story, uses, code):
    renewed(story.to("draft"), uses=uses)
    with refused(403, code, "has not agreed to this use: train"):
        story.submitted()
    assert {quote["refusal"]["code"] for quote in story.seen()["quotes"]} == {code}
    assert story.money()[0] == 0
    renewed(story)
    assert story.submitted()["status"] == "queued"


def test_no_retry_without_that_use(story):
    renewed(story.to("failed"), uses=["generate"])
    with refused(403, "use_not_consented"):
        story.reviewed("retry", idempotency_key=key())


def test_no_picture_is_ordered_without_that_use_but_a_training_is_and_its_previews(story):
    renewed(story.to("draft"), uses=["train"])
    story.submitted()
    for stage in ("preparing", "training", "ingesting", "previewing"):
        story.step(stage)
    ((preview,), *_) = story.worker.sql("select id from public.images where kind = 'preview'")
    assert story.opened_image(preview)["post"]
    story.step("in_review")
    story.reviewed("approve")
    with refused(403, "use_not_consented", "has not agreed to this use: generate"):
        story.ordered()


def test_a_use_that_is_taken_back_stops_what_was_ordered_and_not_yet_posted(story, other):
    story.to("approved").ordered()
    renewed(story, uses=["train"])
    ((image,),) = story.worker.sql("select id from public.images where kind = 'generation'")
    with refused(410, "canceled"):
        story.opened_image(image)
    renewed(other.to("preparing"), uses=["generate"])
    with refused(410, "canceled"):
        other.attempted()


def test_the_newest_form_counts_as_a_whole_and_all_forms_stay(story):
    story.to("draft")
    given = consent(story)
    longer = renewed(story, uses=["train", "face_measurement"], valid_until=day(9))
    assert longer == story.seen()["consent"]
    assert (longer["id"], longer["valid_until"]) == (given, day(9))
    assert allowed(story) == {"train", "face_measurement"}
    assert renewed(story)["valid_until"] is None
    assert allowed(story) == {"train", "generate"}
    assert story.owner.sql("select count(*) from public.consents") == [(3,)]


def test_a_newer_form_is_no_consent_of_its_own(story):
    """Nothing is allowed by its id, and neither can it be withdrawn or renewed."""
    renewed(story.to("draft"))
    ((form,),) = story.owner.sql("select id::text from public.consents where renews is not null")
    assert allowed(story, form) == set()
    for call in (
        lambda: story.owner.call("withdraw_consent", consent_id=form),
        lambda: story.owner.call("renew_consent", consent_id=form, consent=CONSENT),
    ):
        with refused(404, "no_such_consent"):
            call()


def test_nobody_renews_anothers_consent(story, other):
    story.to("draft")
    other.opened()
    with refused(404, "no_such_consent"):
        other.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT)
    assert allowed(story) == {"train", "generate"}


def test_what_was_withdrawn_is_not_renewed(story):
    withdraw(story.to("draft"))
    with refused(409, "consent_over"):
        renewed(story)
    assert allowed(story) == set()


@pytest.mark.parametrize("wrong", [None, Jsonb(None), {}, CONSENT | {"adult": False}, CONSENT | {"text_version": "1"}])
def test_a_newer_form_is_as_whole_as_the_first(story, wrong):
    story.to("draft")
    with refused(422, "no_consent"):
        story.owner.call("renew_consent", consent_id=consent(story), consent=wrong)


def test_a_consent_cannot_be_renewed_without_end(story):
    story.to("draft")
    story.connection.execute(
        "insert into public.consents (owner_id, text_version, text_sha256, uses, providers, renews)"
        " select owner_id, text_version, text_sha256, uses, providers, id from public.consents, generate_series(1, 99)"
        " where owner_id = %s",
        (story.user,),
    )
    renewed(story)
    with refused(409, "too_many_changes"):
        renewed(story)


def test_it_stands_on_its_last_day_and_no_longer(story):
    renewed(story.to("draft"), valid_until=day(2))
    days_pass(story, 2)
    assert allowed(story) == {"train", "generate"}
    assert past_term(story) == []
    days_pass(story, 1)
    assert allowed(story) == set()
    with refused(403, "consent_withdrawn"):
        story.submitted()
    with refused(409, "consent_over"):
        renewed(story)


def test_an_end_that_was_put_off_in_time_is_none(story):
    renewed(story.to("draft"), valid_until=day(1))
    renewed(story, valid_until=day(20))
    days_pass(story)
    assert allowed(story) == {"train", "generate"}
    assert past_term(story) == []
    assert story.worker.call("end_consent_past_term", consent_id=consent(story)) is None
    assert story.seen()["consent"]["withdrawn_at"] is None


def past_term(story: Story) -> list[str]:
    return [it["id"] for it in story.worker.each("consents_past_term")]


def test_after_its_last_day_it_ends_like_one_that_is_withdrawn(story, other):
    renewed(story.to("approved"), valid_until=day(1))
    story.ordered(wishes=[WISHED, WISHED])
    ((running,), _) = story.worker.sql("select id from public.images where kind = 'generation'")
    attempt = story.opened_image(running)["attempt"]["id"]
    story.started(attempt)
    renewed(other.to("training"), valid_until=day(1))
    days_pass(story)
    with refused(403, "consent_withdrawn"):
        story.ordered()

    assert past_term(story) == sorted([consent(story), consent(other)])
    ended = story.worker.call("end_consent_past_term", consent_id=consent(story))
    assert ended["attempts"] == [attempt]
    assert ended["consent"]["withdrawn_by"] == "term"
    assert story.seen()["model"]["status"] == "revoked"
    query = "select distinct status, failure_code from public.images where kind = 'generation'"
    assert story.worker.sql(query) == [("failed", "consent_withdrawn")]
    training = other.attempt()
    assert other.worker.call("end_consent_past_term", consent_id=consent(other))["attempts"] == [training["id"]]
    assert other.saw(seen(training["provider_id"], "processing"))["cancel"]
    assert past_term(story) == []


def test_the_text_names_every_use_and_says_what_becomes_of_the_model(db):
    ((words,),) = db.execute("select body from public.consent_texts")
    for use in ("to train an image model", "to make further pictures", "to try clothes on", "to measure the face"):
        assert use in words
    assert (
        "The model and the pictures are kept: withdrawing this consent locks the model, and deletes neither." in words
    )
    assert "The same happens when the last day that I name is over." in words
