"""PR-03, PR-01: photos and archives go when their time is over, and a consent that is withdrawn stops what runs."""

import json
from typing import Any

import httpx
import pytest
from scenes import (
    account,
    approved,
    attempts,
    draft,
    ended,
    held,
    in_review,
    long_trainings,
    minutes_pass,
    objects,
    passed,
    pictures_paid,
    submitted,
    trainings_paid,
    until_it_trains,
)
from studio import CONSENT, PHOTOS, Studio, User
from waiting import until

DAY, WEEK = 24 * 60, 7 * 24 * 60


def kept(studio: Studio, job: str) -> dict[str, int]:
    """How many objects there are of what the person gave."""
    return {bucket: len(objects(studio, bucket, job)) for bucket in ("photo-uploads", "training-photos", "datasets")}


NOTHING = {"photo-uploads": 0, "training-photos": 0, "datasets": 0}


def decide(user: User, job: str, decision: str) -> None:
    assert user.post(f"/v1/trainings/{job}/review", {"decision": decision}).status_code == 202


def withdraw(user: User, job: str) -> dict[str, Any]:
    answer = user.http.delete(f"/v1/consents/{user.read(job)['consent']['id']}")
    assert answer.status_code == 202, answer.text
    return answer.json()


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_day_after_the_decision_photos_and_archive_are_gone_and_the_model_is_not(
    studio: Studio, maya: User, decision: str
) -> None:
    job = in_review(maya)
    decide(maya, job, decision)
    minutes_pass(studio, DAY - 70)
    studio.sweep()
    before = maya.read(job)
    assert kept(studio, job)["datasets"] == 1
    assert len(before["photos"]) == 8
    assert before["photos_purged_at"] is None

    minutes_pass(studio, 20)
    studio.sweep()
    assert (kept(studio, job)["datasets"], maya.read(job)["photos"]) == (0, [])
    minutes_pass(studio, 4)
    studio.sweep()
    studio.sweep()

    view = maya.read(job)
    assert kept(studio, job) == NOTHING
    assert view["photos_purged_at"] > view["photos_purge_after"]
    assert (view["photos"], view["set_findings"], view["accepted_photos"], view["quotes"]) == ([], [], 0, [])
    assert maya.http.get(f"/v1/trainings/{job}/dataset").json()["photos"] == []
    assert [httpx.get(image["url"]).status_code for image in view["previews"]] == [200] * 4
    assert len(objects(studio, "lora-weights", job)) == 1


def test_a_draft_that_nobody_submits_ends_after_a_week_with_all_that_was_uploaded(studio: Studio, maya: User) -> None:
    job = maya.open()
    maya.upload(job, 1, PHOTOS[0].read_bytes())
    maya.checked(job)
    never_sent = maya.announce(job, 2, PHOTOS[1].read_bytes())
    assert kept(studio, job)["training-photos"] == 2

    minutes_pass(studio, WEEK - 60)
    studio.sweep()
    maya.put(never_sent["upload_url"], PHOTOS[1].read_bytes())  # its link is still good
    minutes_pass(studio, 4)
    studio.sweep()
    studio.sweep()
    until(lambda: kept(studio, job) == NOTHING)

    view = maya.read(job)
    assert (view["status"], view["photos"]) == ("canceled", [])
    assert view["photos_purged_at"]


def test_a_review_that_nobody_makes_keeps_its_model_but_not_the_photos(studio: Studio, maya: User) -> None:
    job = in_review(maya)
    for minutes in (WEEK - 60, 4, 0):
        minutes_pass(studio, minutes)
        studio.sweep()
    studio.sweep()

    assert kept(studio, job) == NOTHING
    assert (
        maya.post(f"/v1/trainings/{job}/review", {"decision": "retry"}, key="a-key-for-it").json()["code"] == "no_retry"
    )
    decide(maya, job, "approve")
    assert maya.read(job)["status"] == "approved"


def test_a_storage_that_deletes_nothing_is_asked_again_and_the_row_says_nothing_before(
    studio: Studio, maya: User
) -> None:
    job = draft(maya)
    minutes_pass(studio, WEEK - 60)
    studio.sweep()
    minutes_pass(studio, 4)
    studio.rows(
        "create function refuse_deletes() returns trigger language plpgsql as"
        " $$begin raise exception 'the storage is down'; end$$;"
        " create trigger refuse_deletes before delete on storage.objects for each row execute function refuse_deletes()"
    )
    try:
        with pytest.raises(Exception, match="removed_photos"):
            studio.sweep()
        assert maya.read(job)["photos_purged_at"] is None
    finally:
        studio.rows("drop function refuse_deletes cascade")
    studio.sweep()
    studio.sweep()
    assert maya.read(job)["photos_purged_at"]
    assert kept(studio, job) == NOTHING


def test_a_training_of_which_the_consent_is_withdrawn_is_stopped_at_the_provider(studio: Studio, maya: User) -> None:
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        assert withdraw(maya, job)["withdrawn_at"]
        assert passed(ended(maya, job))[-1] == "canceled"
    until(lambda: attempts(studio, job)[0]["provider_status"] == "canceled")
    assert account(studio, maya)[0] == 0
    assert withdraw(maya, job) == maya.read(job)["consent"]


def test_a_training_whose_consent_comes_to_its_end_is_stopped_by_the_sweep(studio: Studio, maya: User) -> None:
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        consent = {"consent_id": maya.read(job)["consent"]["id"], **CONSENT, "valid_until": "2099-12-31"}
        assert maya.post("/v1/consents", consent).json()["valid_until"] == "2099-12-31"
        studio.sweep()
        assert maya.read(job)["consent"]["withdrawn_by"] is None
        studio.rows(
            "alter table public.consents disable trigger consents_are_append_only;"
            "update public.consents set valid_until = current_date - 2 where valid_until is not null;"
            "alter table public.consents enable trigger consents_are_append_only"
        )
        studio.sweep()
        assert maya.read(job)["consent"]["withdrawn_by"] == "term"
        assert passed(ended(maya, job))[-1] == "canceled"
    until(lambda: attempts(studio, job)[0]["provider_status"] == "canceled")
    assert account(studio, maya)[0] == 0


def test_a_run_that_was_not_ordered_yet_is_not_ordered_any_more(studio: Studio, maya: User) -> None:
    with held(studio, "StartTraining") as train:
        job = submitted(maya)
        train.reached()
        withdraw(maya, job)
    assert passed(ended(maya, job))[-1] == "canceled"
    assert (trainings_paid(studio, job), account(studio, maya)) == (0, (0, 0))


def test_images_that_wait_are_not_paid_and_the_model_takes_no_order(studio: Studio, maya: User) -> None:
    model = approved(maya)
    job = maya.http.get(f"/v1/models/{model}").json()["job_id"]
    paid = pictures_paid(studio, job)
    with held(studio, "StartImage") as start:
        order = maya.post(f"/v1/models/{model}/generations", {"count": 1}, key="the-first-order").json()["id"]
        start.reached()
        withdraw(maya, job)
    image = until(lambda: of_order(maya, order) if of_order(maya, order)["status"] == "failed" else None)
    assert image["problem"]["code"] == "consent_withdrawn"
    assert (pictures_paid(studio, job), account(studio, maya)[0]) == (paid, 0)
    assert maya.http.get(f"/v1/models/{model}").json()["status"] == "revoked"
    refused = maya.post(f"/v1/models/{model}/generations", {"count": 1}, key="the-second-order")
    assert (refused.status_code, refused.json()["code"]) == (409, "model_not_active")


def of_order(user: User, order: str) -> dict[str, Any]:
    return user.http.get(f"/v1/image-orders/{order}").json()["images"][0]


def test_the_sweep_says_what_it_did_in_one_line_and_in_metrics_of_few_names(
    studio: Studio, maya: User, capsys: pytest.CaptureFixture[str]
) -> None:
    job = draft(maya)
    minutes_pass(studio, WEEK - 60)
    studio.sweep()
    minutes_pass(studio, 4)
    capsys.readouterr()
    studio.sweep()

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (metrics,) = [line for line in said if "_aws" in line]
    (about,) = metrics["_aws"]["CloudWatchMetrics"]
    assert (about["Namespace"], about["Dimensions"]) == ("Croquis", [["service"]])
    (photos,) = metrics["SweptRemovedPhotos"]
    assert photos >= 8  # and those of whoever was here before
    swept = {f"Swept{name}" for name in ("RemovedPhotos", "Purges", "Runs")}
    assert {it["Name"] for it in about["Metrics"]} <= swept | {"SweepEndedAll"}
    assert job not in json.dumps(metrics)
