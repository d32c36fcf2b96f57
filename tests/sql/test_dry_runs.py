"""A dry run tells everything that stands against an order, at once, and leaves no trace of itself."""

import pytest
from sql.seats import refused
from sql.story import Story, key


def submit(story: Story, **parameters):
    return story.owner.call("dry_run_training", job=story.job, retry=False, parameters=parameters)


def images(story: Story, wanted: int = 1):
    return story.owner.call("dry_run_images", model=story.seen()["model"]["id"], wanted=wanted)


def codes(planned) -> list[str]:
    return [it["code"] for it in planned["refusals"]]


def everything(db) -> str:
    """Whatever the tables hold."""
    ((found,),) = db.execute(
        "select string_agg(query_to_xml('select * from public.' || relname, true, false, '')::text, '')"
        " from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    ).fetchall()
    return found


def test_all_that_stands_against_a_submit_is_told_at_once(db, story):
    story.with_photos(7)
    story.announced(8)
    story.withdrawn()
    db.execute("update public.lora_training_jobs set photos_purge_after = now()")
    db.execute("update croquis.limits set accept_jobs = false, trainings_per_day = 0, weights_refused_bytes = 1")
    db.execute("update public.spend_accounts set limit_usd = 0")
    assert codes(submit(story, resolution="1024", steps=3000)) == [
        "photos_not_uploaded", "wrong_number_of_photos", "consent_withdrawn", "photos_expire", "too_many_trainings",
        "weights_too_large", "closed", "spend_limit",
    ]  # fmt: skip


def test_the_first_that_is_told_is_what_a_submit_is_refused_with(story):
    story.with_photos(7)
    story.withdrawn()
    with refused(409, codes(submit(story))[0]):
        story.submitted()


def test_nothing_stands_against_what_would_be_accepted_and_it_costs_what_was_told(story):
    story.with_photos()
    planned = submit(story, steps=500)
    assert planned["refusals"] == []
    story.submitted(steps=500)
    assert float(story.money()[0]) == planned["expected_usd"]
    assert codes(submit(story)) == ["already_submitted"]


def test_a_retry_is_tried_where_a_retry_is_possible(story):
    story.to("queued")
    asked = {"job": story.job, "retry": True, "parameters": {}}
    assert codes(story.owner.call("dry_run_training", **asked)) == ["no_retry"]
    story.failed()
    assert codes(story.owner.call("dry_run_training", **asked)) == []


def test_all_that_stands_against_images_is_told_at_once(db, story):
    story.to("in_review")
    story.withdrawn()
    db.execute("update croquis.limits set accept_jobs = false, images_per_day = 1")
    db.execute("update public.spend_accounts set limit_usd = 0")
    told = ["model_not_active", "consent_withdrawn", "too_many_images", "closed", "spend_limit"]
    assert codes(images(story, 2)) == told
    assert codes(images(story, 9)) == [*told[:2], "bad_count", *told[2:]]


def test_a_dry_run_of_either_kind_writes_nothing(db, story):
    story.to("approved")
    story.ordered()
    before = everything(db)
    assert codes(images(story, 8)) == []
    assert codes(submit(story)) == ["already_submitted"]
    assert everything(db) == before


def test_nobody_tries_what_is_somebody_elses(story, other):
    """AS-07."""
    story.to("approved")
    with refused(404, "no_such_training"):
        other.owner.call("dry_run_training", job=story.job, retry=False, parameters={})
    with refused(404, "no_such_model"):
        other.owner.call("dry_run_images", model=story.seen()["model"]["id"], wanted=1)


@pytest.mark.parametrize("finished", [0, 9])
def test_the_history_is_what_the_last_ones_took(db, story, finished):
    story.to("approved")
    for seconds in range(20, 20 + 5 * finished, 5):
        image = db.execute("select id from public.images where order_id = %s", (story.ordered()["id"],)).fetchone()[0]
        db.execute(
            "update public.images set status = 'saved', path = 'p', sha256 = 's', bytes = 1, content_type = 'c',"
            " width = 1, height = 1, signed = true, created_at = now(),"
            " ended_at = now() + make_interval(secs => %s) where id = %s",
            (seconds, image),
        )
    history = images(story)["history"]
    assert history["finished"] == finished
    assert (history["low"], history["middle"], history["high"]) == ((20, 40, 60) if finished else (None, None, None))


def test_runs_are_compared_with_what_was_expected_of_each(db, story):
    story.to("in_review")
    ((expected,),) = db.execute("select expected_seconds + 100 from public.training_runs").fetchall()
    db.execute(
        "update public.training_runs set created_at = (select at from public.job_events where to_status = 'in_review')"
        " - make_interval(secs => %s)",
        (2 * expected,),
    )
    history = story.owner.call("dry_run_training", job=story.job, retry=True, parameters={})["history"]
    assert (history["finished"], history["middle"]) == (1, 2)
    assert story.reviewed("retry", idempotency_key=key())["status"] == "queued"


def test_a_dry_run_of_images_knows_the_exam_of_the_active_run(story, played):
    story.to("approved")
    assert images(story)["exam"] is None
    played("update public.training_runs set exam = '{\"pictures\": 4}' where job_id = %s", story.job)
    assert images(story)["exam"] == {"pictures": 4}
