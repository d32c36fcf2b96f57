"""The trainer's log as its owner reads it, while it trains and after, and without anything of the person in it."""

from typing import Any

from scenes import attempts, draft, ended, submitted, trainings_paid
from studio import Studio, User
from waiting import until


def read(user: User, job: str, after: str | None = None) -> dict[str, Any]:
    answer = user.http.get(f"/v1/trainings/{job}/log", params={"after": after} if after else {})
    return answer.raise_for_status().json()


def test_it_grows_while_it_trains_and_whoever_reads_on_misses_and_repeats_nothing(studio: Studio, maya: User) -> None:
    """WH-19, WH-24."""
    job = submitted(maya, steps=3000)
    pages = [until(lambda: (found := read(maya, job))["points"] and found)]
    assert maya.read(job)["status"] == "training"
    while maya.read(job)["status"] == "training":
        pages.append(read(maya, job, pages[-1]["next"]))
    ended(maya, job)
    pages.append(read(maya, job, pages[-1]["next"]))

    whole = read(maya, job)
    assert len(pages) > 2
    assert [line for page in pages for line in page["lines"]] == whole["lines"]
    assert [point for page in pages for point in page["points"]] == whole["points"]
    assert (whole["run"], whole["first_line"]) == (1, 1)
    assert read(maya, job, pages[-1]["next"])["lines"] == []
    assert "Saved to output/flux_train_replicate/optimizer.pt" in whole["lines"]
    assert 400 <= len(whole["points"]) <= 500
    assert whole["purge_after"]


def test_of_a_training_whose_log_events_were_all_lost_the_provider_is_asked(studio: Studio, maya: User) -> None:
    studio.faults(lose_webhooks="all")
    job = submitted(maya)
    until(lambda: trainings_paid(studio, job) and attempts(studio, job)[0]["state"] == "started")
    until(lambda: studio.twin.runs.get(attempts(studio, job)[0]["provider_id"]).ended)
    studio.faults()
    assert read(maya, job)["lines"] == []

    studio.rows("update provider_attempts set look_after = now() where run_id is not null and state = 'started'")
    studio.sweep()

    assert ended(maya, job)["status"] == "in_review"
    found = read(maya, job)
    assert any("Saved to" in line for line in found["lines"])
    assert len(found["points"]) > 10


def test_no_caption_link_or_name_is_in_it(studio: Studio, maya: User) -> None:
    """WH-24: though the twin prints the input's link, the captions and the prompts as the trainer does."""
    job = draft(maya)
    caption = maya.http.get(f"/v1/trainings/{job}/dataset").json()["photos"][0]["pictures"][0]["caption"]
    word = maya.read(job)["trigger_word"]
    printed = f"Caption for input_images/1.jpg: {caption}\nMaya Chen\n{caption}\nurl=https://a.example/x?token=secret"
    assert maya.submit(job).status_code == 202
    ended(maya, job)
    run = studio.twin.runs.get(attempts(studio, job)[0]["provider_id"])
    assert word in str(run.input)
    kept = studio.row(
        "select croquis.without_words(string_to_array(%s, E'\\n'), croquis.words_of_person(%s)) as lines", printed, job
    )["lines"]
    assert kept[:3] == ["[…]"] * 3

    shown = "\n".join(read(maya, job)["lines"])

    for secret in (word, caption, "Maya", "Chen", "token=", str(run.input["input_images"])):
        assert secret not in shown


def test_a_retry_is_read_from_its_beginning_whatever_was_read_before(studio: Studio, maya: User) -> None:
    job = submitted(maya)
    ended(maya, job)
    before = read(maya, job)
    assert maya.post(f"/v1/trainings/{job}/review", {"decision": "retry"}, key="another-run").status_code == 202
    maya.until(job, "in_review")
    after = read(maya, job, before["next"])
    assert (after["run"], after["first_line"]) == (2, 1)
    assert after["lines"]


def test_a_place_that_nobody_was_given_is_refused(maya: User) -> None:
    job = draft(maya)
    for wrong in ("x", "1", "1.2", "-1.0.0", "1.2.3.4", "9" * 30):
        answer = maya.http.get(f"/v1/trainings/{job}/log", params={"after": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
