"""What a run would cost, and why it would be refused, told before it is ordered: by the very functions of the order."""

from collections.abc import Callable
from decimal import Decimal
from typing import LiteralString

import psycopg
import pytest
from sql.story import Story, key

from croquis.domain.runs.training import JobStatus, Preset
from croquis.http.presenter import training_view
from croquis.ports.jobs import ReadTraining


def quotes(story: Story) -> dict[str, dict[str, object]]:
    return {quote["preset"]: quote for quote in story.seen()["quotes"]}


def refusal(story: Story, preset: str) -> dict[str, str | None] | None:
    """What submit says; the job is a draft again afterwards."""
    try:
        with story.connection.transaction(force_rollback=True):
            story.submitted(preset=preset)
    except psycopg.DatabaseError as error:
        diag = error.diag
        return {"code": diag.message_detail, "sentence": diag.message_primary, "hint": diag.message_hint}
    return None


@pytest.mark.parametrize("preset", Preset)
def test_a_submit_reserves_what_its_quote_said(story, preset):
    quote = quotes(story.with_photos())[preset]
    assert quote["refusal"] is None
    story.submitted(preset=preset)
    run = story.seen()["runs"][0]
    assert (run["expected_seconds"], run["reserved_usd"]) == (quote["expected_seconds"], quote["expected_usd"])
    assert story.money()[0] == Decimal(str(quote["expected_usd"]))


def test_another_price_is_another_quote(db, story):
    before = quotes(story.opened())["full"]["expected_usd"]
    db.execute("update public.prices set usd = 2 * usd where item = 'training_second'")
    assert quotes(story)["full"]["expected_usd"] == 2 * before


def with_photos_being_checked(story: Story) -> None:
    story.with_photos()
    for slot in (9, 10, 11):
        story.claimed(story.landed(story.announced(slot)["upload_path"]))


def set_to(statement: LiteralString) -> Callable[[Story], object]:
    return lambda story: story.with_photos().connection.execute(f"update {statement}")


HINDRANCES: dict[str, Callable[[Story], object]] = {
    "photos_not_uploaded": lambda story: story.with_photos().announced(9),
    "wrong_number_of_photos": lambda story: story.with_photos(5),
    "photos_being_checked": with_photos_being_checked,
    "consent_withdrawn": lambda story: story.with_photos().withdrawn(),
    "too_many_trainings": set_to("croquis.limits set trainings_per_day = 0"),
    "closed": set_to("croquis.limits set accept_jobs = false"),
    "spend_limit": set_to("public.spend_accounts set limit_usd = 1.5"),
}


@pytest.mark.parametrize("code", HINDRANCES)
def test_a_quote_says_word_for_word_why_submit_would_refuse(story, code):
    HINDRANCES[code](story)
    for preset, quote in quotes(story).items():
        assert quote["refusal"] == refusal(story, preset)
        assert quote["refusal"]["code"] == code


def test_a_quote_counts_the_photos(story):
    story.with_photos(5)
    assert "this job has 5." in quotes(story)["full"]["refusal"]["sentence"]
    story.claimed(story.landed(story.announced(6)["upload_path"]))
    assert quotes(story)["full"]["refusal"]["sentence"] == "1 photo is still being checked."
    story.claimed(story.landed(story.announced(7)["upload_path"]))
    assert quotes(story)["full"]["refusal"]["sentence"] == "2 photos are still being checked."


def test_a_storage_for_small_files_refuses_all_presets_but_compact(db, story):
    db.execute("update storage.buckets set file_size_limit = 50000000 where id = 'lora-weights'")
    found = quotes(story.with_photos())
    assert [found[it]["refusal"]["code"] for it in ("full", "identity")] == ["weights_too_large"] * 2
    assert found["compact"]["refusal"] is None


@pytest.mark.parametrize("status", JobStatus)
def test_there_are_quotes_where_the_graph_lets_a_job_be_queued(db, story, status):
    story.to(status)
    may = db.execute("select croquis.may_move(%s::public.job_status, 'queued')", (status,)).fetchone()
    assert (len(quotes(story)) == len(Preset),) == may


@pytest.mark.parametrize("status", ["in_review", "failed"])
def test_a_retry_reserves_what_its_quote_said(story, status):
    quote = quotes(story.to(status))["compact"]
    story.reviewed("retry", idempotency_key=key(), parameters={"preset": "compact"})
    assert story.seen()["runs"][-1]["reserved_usd"] == quote["expected_usd"]


def test_without_photos_there_is_no_retry_and_no_quote(db, story):
    story.to("failed")
    db.execute("update public.lora_training_jobs set photos_purged_at = now() where id = %s", (story.job,))
    assert quotes(story) == {}


def test_nobody_elses_job_is_quoted(story, other):
    """AS-07."""
    story.with_photos()
    assert other.owner.call("training_quotes", job=story.job) == []
    assert len(story.owner.call("training_quotes", job=story.job)) == len(Preset)


def test_the_view_tells_dollars_and_the_minutes_of_the_whole_way(story):
    view = training_view(ReadTraining.model_validate(story.with_photos(7).seen()), {})
    full = view.quotes[0]
    assert (full.preset, full.expected_usd, full.expected_minutes) == (Preset.FULL, Decimal("1.769"), 21)
    assert full.problem is not None
    assert full.problem.code == "wrong_number_of_photos"
