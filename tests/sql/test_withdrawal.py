"""PR-01: a consent that is taken back stops new orders at once, and everything that runs is told to stop."""

import re
from pathlib import Path

import psycopg
import pytest
from sql.seats import refused
from sql.story import STAGES, Story, key, seen

MIGRATIONS = Path(__file__).parents[2] / "infra/supabase/migrations"


def consent(story: Story) -> str:
    return story.seen()["consent"]["id"]


def withdraw(story: Story) -> dict:
    return story.owner.call("withdraw_consent", consent_id=consent(story))


def test_a_job_shows_its_consent_and_since_when_it_is_withdrawn(story):
    story.to("draft")
    shown = story.seen()["consent"]
    assert (shown["text_version"], shown["withdrawn_at"]) == ("2026-11", None)
    withdrawn = withdraw(story)["consent"]
    assert withdrawn == story.seen()["consent"]
    assert withdrawn["withdrawn_at"] is not None
    assert withdrawn["withdrawn_by"] == "owner"
    assert withdrawn | {"withdrawn_at": None, "withdrawn_by": None} == shown


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("draft", "canceled"), ("in_review", "canceled"), ("queued", "queued"), ("training", "training"),
        ("previewing", "previewing"), ("approved", "approved"), ("failed", "failed"), ("rejected", "rejected"),
    ],
)  # fmt: skip
def test_what_waits_ends_at_once_and_what_works_is_to_be_canceled(story, status, then):
    story.to(status)
    withdraw(story)
    seen = story.seen()
    assert seen["job"]["status"] == then
    assert (seen["job"]["cancel_requested_at"] is not None) == (status in STAGES[1:-1])
    if seen["model"]:
        assert seen["model"]["status"] == "revoked"


def test_nothing_can_be_ordered_any_more(story, other):
    story.to("approved")
    withdraw(story)
    with refused(409, "model_not_active"):
        story.ordered()
    other.to("failed")
    withdraw(other)
    with refused(403, "consent_withdrawn"):
        other.reviewed("retry", idempotency_key=key())


def test_an_owner_of_a_withdrawn_model_is_not_sent_to_approve_it(story):
    story.to("approved")
    withdraw(story)
    model = story.seen()["model"]["id"]
    for ask in (story.ordered, lambda: story.owner.call("change_model", model=model, archived=True)):
        with pytest.raises(psycopg.Error, match="This model is revoked") as told, story.connection.transaction():
            ask()
        assert "pprove" not in str(told.value.diag.message_hint)


def test_a_training_that_runs_is_named_to_be_stopped_as_long_as_it_is_open(story):
    attempt = story.to("training").attempt()["id"]
    assert [withdraw(story)["attempts"] for _ in range(2)] == [[attempt]] * 2
    assert story.saw(seen(story.attempt()["provider_id"], "processing"))["cancel"]
    story.ended(attempt, "canceled")
    assert withdraw(story)["attempts"] == []
    assert story.failed() == "canceled"


def test_images_that_are_open_fail_their_money_goes_back_and_what_runs_is_stopped(story):
    story.to("approved").ordered(wishes=[WISHED, WISHED])
    ((running,), (waiting,)) = story.worker.sql("select id from public.images where kind = 'generation'")
    opened = story.opened_image(running)["attempt"]["id"]
    provider_id = story.started(opened)
    spent = story.money()[1]

    assert withdraw(story)["attempts"] == [opened]

    query = """
      select i.id, i.status, i.failure_code, sum(e.reserved_usd) > 0
      from public.images i join public.ledger_entries e on e.image_id = i.id
      where i.kind = 'generation' group by i.id
    """
    assert {it[0]: it[1:] for it in story.connection.execute(query).fetchall()} == {
        running: ("failed", "consent_withdrawn", True),  # it may still be paid
        waiting: ("failed", "consent_withdrawn", False),
    }
    assert story.saw(seen(provider_id, "processing"), "image")["cancel"]
    story.ended(opened, "canceled", 10)
    assert story.money()[0] == 0
    assert story.money()[1] > spent  # its owner stopped it, and pays what it took until then
    with refused(410, "run_over"):
        story.opened_image(waiting)


WISHED = {"prompt": "a person", "framing": "portrait", "width": 896, "height": 1120}


def test_previews_are_not_made_either_and_the_run_ends_canceled(story):
    story.to("previewing")
    withdraw(story)
    query = "select distinct status, failure_code from public.images where kind = 'preview'"
    assert story.worker.sql(query) == [("failed", "consent_withdrawn")]
    assert story.reviewing() == "canceled"
    assert story.seen()["model"]["status"] == "revoked"


def test_a_failed_job_loses_its_photos_within_the_day_as_it_cannot_be_tried_again(story):
    story.to("failed")
    withdraw(story)
    query = "select photos_purge_after < now() + interval '24 hours' from public.lora_training_jobs where id = %s"
    assert story.connection.execute(query, (story.job,)).fetchone() == (True,)


def test_withdrawing_again_changes_nothing_and_leaves_one_row(story):
    story.to("approved")
    first, again = withdraw(story), withdraw(story)
    assert first == again
    assert story.owner.sql("select count(*) from public.consents where withdraws is not null") == [(1,)]


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_somebody_elses_consent_is_like_none_and_so_is_a_withdrawal(story, other, status):
    story.to(status)
    other.opened()
    given = consent(story)
    with refused(404, "no_such_consent"):
        other.owner.call("withdraw_consent", consent_id=given)
    assert story.seen()["consent"]["withdrawn_at"] is None
    withdraw(story)
    ((withdrawal,),) = story.owner.sql("select id::text from public.consents where withdraws is not null")
    with refused(404, "no_such_consent"):
        story.owner.call("withdraw_consent", consent_id=withdrawal)


@pytest.mark.parametrize("order_first", [True, False])
def test_of_an_order_and_a_withdrawal_at_once_no_image_stays_open(acted, overlapping, order_first):
    acted.to("approved")
    order = lambda story: story.ordered()  # noqa: E731
    overlapping(acted, *((order, withdraw) if order_first else (withdraw, order)))
    query = "select count(*) from public.images where kind = 'generation' and status in ('queued', 'running')"
    assert acted.owner.sql(query) == [(0,)]


ASKS = ("consents_to", "why_not_consented", "why_not_start", "refusals_to_generate", "refusals_to_repair")
ASKS += ("refusals_to_try_on", "refusals_to_look_book", "open_run")


def test_every_function_that_spends_asks_whether_the_consent_stands():
    """Each that reserves money, or opens an attempt, asks, or all that call it do."""
    source = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
    bodies = dict(re.findall(r"\ncreate function ((?:croquis|public)\.\w+)\(.*?as \$\$(.*?)\$\$;", source, re.DOTALL))

    def calls(body: str, *names: str) -> bool:
        return any(f"croquis.{name}(" in body for name in names)

    def asks(name: str) -> bool:
        callers = [it for it, body in bodies.items() if calls(body, name.partition(".")[2])]
        return calls(bodies[name], *ASKS) or (bool(callers) and all(map(asks, callers)))

    spending = {name for name, body in bodies.items() if calls(body, "reserve", "open_attempt", "open_run")}
    assert {"croquis.place_generations", "croquis.add_try_on", "public.open_image_attempt"} <= spending
    assert [name for name in spending if not asks(name)] == []
    assert "croquis.refusals_to_start(" in bodies["croquis.why_not_start"]
    assert "croquis.refusals_to_generate(" in bodies["croquis.refusals_to_repair"]
    for name in ("start", "generate", "try_on", "look_book"):
        assert "croquis.why_not_consented(" in bodies[f"croquis.refusals_to_{name}"]
