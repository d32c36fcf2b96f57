"""A job's view: how far the whole of it is, and before submit what it would cost, how long it takes, what is amiss."""

from typing import Any

from doors.drafts import draft, training
from doors.exchange import event, send
from studio import Studio, User

from croquis.domain.runs.progress import expected_minutes

SECONDS, SECONDS_OF_2000 = 1160, 2260  # of 1,000 steps, and of 2,000
FINISHED = """
    with made as (
      insert into public.training_runs (job_id, run, owner_id, preset, steps, lora_rank, learning_rate, resolution,
        caption_dropout_rate, expected_seconds, expected_review_seconds, expected_weights_bytes, reserved_usd,
        actual_usd, deadline_at, created_at)
      select r.job_id, 1 + n, r.owner_id, 'full', 1000, 16, 4e-4, '768,1024', 0.05, 500, 600, 1, 1, 0.8 + n / 100.0,
        now(), now() - make_interval(mins => 9 + n)
      from public.training_runs r, generate_series(1, 9) n where r.job_id = %s and r.run = 1
      returning job_id, run, owner_id
    )
    insert into public.job_events (job_id, run, owner_id, to_status, at)
    select job_id, run, owner_id, 'in_review', now() from made"""  # nine that took 10 to 18 minutes in place of 10


def view(token: str, job: str) -> Any:
    answer = send(event("read_training", token=token, job_id=job))
    assert answer.status == 200
    return answer.json


def test_a_draft_shows_the_price_and_the_minutes_of_each_preset(studio: Studio, maya: User, token: str) -> None:
    shown = view(token, draft(studio, maya, photos=8))
    told = {"expected_usd": "1.769", "expected_minutes": expected_minutes(SECONDS), "problem": None}
    longer = {"expected_usd": "3.4465", "expected_minutes": expected_minutes(SECONDS_OF_2000), "problem": None}
    assert shown["quotes"] == [
        *({"preset": preset, **told} for preset in ("full", "compact")),
        {"preset": "identity", **longer},
    ]
    assert (shown["progress"], shown["minutes_left"]) == (0, None)


def test_a_run_with_many_large_steps_is_taken_and_its_owner_advised(studio: Studio, maya: User, token: str) -> None:
    held = training(studio, maya, provider_id="run-that-warps").job
    for steps, rate, code in ((2000, 4e-4, "likely_to_warp"), (2000, 1e-4, None)):
        studio.rows(
            "update public.training_runs set steps = %s, learning_rate = %s where job_id = %s", steps, rate, held
        )
        advice = view(token, held)["runs"][0]["advice"]
        assert [it["code"] for it in advice] == ([code] if code else [])
        assert all(it["sentence"] and it["hint"] for it in advice)


def test_a_draft_says_what_submit_would_say(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=5)
    refusal = maya.submit(job)
    (problem,) = {str(quote["problem"]): quote["problem"] for quote in view(token, job)["quotes"]}.values()
    assert refusal.status_code == 409
    assert {"code": problem["code"], "detail": problem["sentence"], "hint": problem["hint"]}.items() <= (
        refusal.json().items()
    )


def test_a_job_that_works_shows_how_far_it_is_and_no_price(studio: Studio, maya: User, token: str) -> None:
    shown = view(token, training(studio, maya, provider_id="run-that-works").job)
    assert shown["quotes"] == []
    assert 0 < shown["progress"] < 1
    assert shown["minutes_left"] > 0


def test_a_dry_run_tells_between_what_trainings_like_it_took_and_cost(studio: Studio, maya: User, token: str) -> None:
    """The last of this file: from here on the history tells all minutes."""
    job = draft(studio, maya, photos=8)
    unknown = tried(token, job)
    assert (unknown["low_usd"], unknown["high_usd"], unknown["minutes"]["basis"]) == (None, None, "built_in")
    studio.rows(FINISHED, training(studio, maya, provider_id="a run that others followed").job)
    told = tried(token, job)
    assert (told["expected_usd"], told["low_usd"], told["high_usd"]) == ("1.769", "1.43", "1.57")
    minutes = {"expected": 29.4, "low": 21.0, "high": 37.8, "basis": "history", "finished": 9}
    assert told["minutes"] == minutes


def tried(token: str, job: str) -> Any:
    answer = send(event("submit_training", token=token, job_id=job, body={"preset": "full", "dry_run": True}))
    assert answer.status == 200, answer.json
    return answer.json
