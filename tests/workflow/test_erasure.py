"""PR-04, PR-05, PR-06: erased at whatever step, nothing is left here, in the storage or at the provider."""

import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from listening import all_that_is_logged
from scenes import (
    account,
    approved,
    attempts,
    crash,
    draft,
    ended,
    held,
    long_trainings,
    minutes_pass,
    submitted,
    trainings_paid,
    until_it_trains,
)
from studio import Studio, User
from waiting import until

from croquis.errors import SweepIncomplete

LOOKED_AGAIN = 4 * 60


def erase(user: User, path: str) -> dict[str, Any]:
    answer = user.http.delete(path, params={"confirm": "erase"})
    assert answer.status_code == 202, answer.text
    return answer.json()


def shown(user: User, erasure: dict[str, Any]) -> dict[str, Any]:
    return user.http.get(erasure["status_path"]).raise_for_status().json()


def is_done(studio: Studio, user: User, erasure: dict[str, Any]) -> dict[str, Any]:
    """Swept until nothing is found, and once more when no upload can land any more."""

    def swept(status: str) -> dict[str, Any] | None:
        studio.sweep()
        return view if (view := shown(user, erasure))["status"] == status else None

    until(lambda: swept("erased"))
    minutes_pass(studio, LOOKED_AGAIN)
    return until(lambda: swept("done"))


def traces(studio: Studio, *words: str) -> list[str]:
    """Which of these words stand in any table, or are part of the name of a stored file."""
    tables = studio.rows(
        "select format('%%I.%%I', schemaname, tablename) as name from pg_tables"
        " where schemaname in ('public', 'croquis', 'storage', 'net') and tablename <> 'consent_texts'"
    )
    rows = [row["t"] for it in tables for row in studio.rows(f"select t::text as t from {it['name']} t")]
    files = [str(path) for path in Path(studio.gateway.settings.objects_dir).rglob("*")]
    return [word for word in words if any(word in it for it in (*rows, *files))]


def versions(studio: Studio) -> set[str]:
    return {version.id for version in studio.twin.models.get(f"{studio.twin.settings.owner}/people").versions}


def auth(studio: Studio, method: str, path: str, body: object = None, key: str = "") -> httpx.Response:
    headers = {"apikey": key or studio.gateway.settings.publishable_key}
    return httpx.request(method, f"{studio.gateway.url}/auth/v1/{path}", json=body, headers=headers)


def signed_up(studio: Studio) -> tuple[User, dict[str, str], str]:
    """Somebody, with what they sign in with, and what renews their session."""
    password = {"email": f"{uuid.uuid4().hex}@example.com", "password": "correct horse"}
    session = auth(studio, "POST", "signup", password).raise_for_status().json()
    return studio.user(session["user"]["id"]), password, session["refresh_token"]


def signs_in(studio: Studio, password: dict[str, str]) -> bool:
    return auth(studio, "POST", "token?grant_type=password", password).is_success


def test_a_model_goes_with_everything_and_its_owner_reads_the_receipt(studio: Studio, maya: User) -> None:
    before = versions(studio)
    model = approved(maya)
    job = maya.http.get(f"/v1/models/{model}").json()["job_id"]
    view = maya.read(job)
    order = maya.post(f"/v1/models/{model}/generations", {"pose": "standing"}, key="a-key-for-it").json()["id"]
    until(lambda: maya.http.get(f"/v1/image-orders/{order}").json()["status"] == "done")
    download = maya.post("/v1/downloads", {"model_id": model}, key="another-key-of-it").json()
    until(lambda: maya.http.get(download["status_path"]).json()["status"] == "ready")
    links = [view["photos"][0]["thumbnail_url"], view["previews"][0]["url"]]
    spent = account(studio, maya)[1]

    would = maya.http.delete(f"/v1/models/{model}", params={"dry_run": True}).json()
    refused = maya.http.delete(f"/v1/models/{model}")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_confirmed")
    assert maya.read(job)["status"] == "approved"
    with all_that_is_logged() as lines:
        done = is_done(studio, maya, erase(maya, f"/v1/models/{model}"))

    receipt = done["receipt"]
    assert receipt["rows_deleted"] == would["rows"]
    assert receipt["objects_deleted"] == would["objects"]
    assert {"training-photos", "datasets", "lora-weights", "images", "downloads"} <= would["objects"].keys()
    assert receipt["versions_deleted"] == would["provider_versions"] == 1
    assert traces(studio, job + "/", "Maya Chen", view["trigger_word"]) == []
    assert versions(studio) == before
    assert [httpx.get(link).status_code == 200 for link in links] == [False, False]
    assert [maya.http.get(f"/v1/{it}").status_code for it in (f"trainings/{job}", f"models/{model}")] == [404, 404]
    assert maya.http.get("/v1/models").json()["models"] == []
    assert maya.http.get("/v1/erasures").json()["erasures"] == [done]
    assert account(studio, maya) == (0, spent)
    logs = "".join(lines)
    assert done["id"] in logs
    assert not [word for word in ("Maya", view["trigger_word"], *links) if word in logs + json.dumps(done)]


def test_a_training_at_work_is_stopped_paid_for_and_only_then_erased(studio: Studio, maya: User) -> None:
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        erasure = erase(maya, f"/v1/trainings/{job}")
        assert shown(maya, erasure)["status"] == "stopping"
        assert [it["status"] for it in ended(maya, job)["runs"]] == ["canceled"]
        until(lambda: attempts(studio, job)[0]["provider_status"] == "canceled")
        assert is_done(studio, maya, erasure)["receipt"]["versions_deleted"] == 0
    assert trainings_paid(studio, job) == 1
    assert account(studio, maya)[0] == 0
    assert traces(studio, job + "/") == []


@pytest.mark.parametrize("state", ["BuildDataset", "StartTraining", "IngestWeights", "RegisterModel", "GradePreviews"])
def test_whichever_state_it_is_in_nothing_is_left(studio: Studio, maya: User, state: str) -> None:
    before = versions(studio)
    with held(studio, state) as at:
        job = submitted(maya)
        at.reached()
        trigger = maya.read(job)["trigger_word"]
        erasure = erase(maya, f"/v1/trainings/{job}")
        studio.sweep()
        assert shown(maya, erasure)["status"] == "stopping"
    ended(maya, job)
    is_done(studio, maya, erasure)
    assert traces(studio, job + "/", trigger) == []
    assert versions(studio) == before  # also one that was trained, and never registered here
    assert account(studio, maya)[0] == 0


def test_an_outage_or_a_crash_at_any_call_only_delays_it(studio: Studio, maya: User) -> None:
    model = approved(maya)
    job = maya.http.get(f"/v1/models/{model}").json()["job_id"]
    erasure = erase(maya, f"/v1/models/{model}")
    studio.faults(delete_version_answers="503")
    with pytest.raises(SweepIncomplete, match=r"^Not all could be made up for: erasures\.$"):
        studio.sweep()
    assert shown(maya, erasure)["status"] == "deleting"
    studio.faults(version_lingers_s=0.2)
    studio.sweep()
    with crash(studio, "Sweep", when="after"):
        assert is_done(studio, maya, erasure)["receipt"]["versions_deleted"] == 1
    assert traces(studio, job + "/") == []


def test_what_lands_after_the_first_look_is_found_by_the_second(studio: Studio, maya: User) -> None:
    job = draft(maya)
    upload = maya.announce(job, 9, b"x" * 2000)
    erasure = erase(maya, f"/v1/trainings/{job}")
    until(lambda: studio.sweep() and shown(maya, erasure)["status"] == "erased")
    maya.put(upload["upload_url"], b"x" * 2000)  # its link is still good
    is_done(studio, maya, erasure)
    assert traces(studio, job + "/") == []


def test_an_account_goes_and_nobody_elses_does(studio: Studio, maya: User) -> None:
    other = studio.user()
    theirs, hers = draft(other), [draft(maya), draft(maya)]
    assert maya.http.delete(f"/v1/trainings/{theirs}", params={"confirm": "erase"}).status_code == 404
    erasure = erase(maya, "/v1/account")
    refused = maya.post("/v1/provenance/uploads")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_is_erased")
    assert erase(maya, "/v1/account")["id"] == erasure["id"]
    is_done(studio, maya, erasure)
    assert traces(studio, f"{maya.id}/", *(job + "/" for job in hers)) == []
    assert other.read(theirs)["accepted_photos"] == 8
    assert other.http.get(erasure["status_path"]).status_code == 404


def test_an_accounts_sign_in_goes_last_and_nobody_elses_does(studio: Studio) -> None:
    (maya, hers, refresh), (_, theirs, _) = signed_up(studio), signed_up(studio)
    job = draft(maya)
    assert maya.http.delete("/v1/account", params={"dry_run": True}).json()["sign_in"]
    assert not maya.http.delete(f"/v1/trainings/{job}", params={"dry_run": True}).json()["sign_in"]
    assert is_done(studio, maya, erase(maya, f"/v1/trainings/{job}"))["subject"] == "model"
    assert signs_in(studio, hers)

    erasure = erase(maya, "/v1/account")
    until(lambda: studio.sweep() and shown(maya, erasure)["status"] == "erased")
    assert signs_in(studio, hers)  # to see how far it is
    receipt = is_done(studio, maya, erasure)["receipt"]

    assert "the sign-in asked for and not found" in receipt["verified"]
    assert [signs_in(studio, it) for it in (hers, theirs)] == [False, True]
    assert auth(studio, "POST", "token?grant_type=refresh_token", {"refresh_token": refresh}).status_code == 400
    assert maya.post("/v1/provenance/uploads").json()["code"] == "account_is_erased"  # a token outlives its sign-in
    assert erase(maya, "/v1/account")["id"] == erasure["id"]
    secret = studio.gateway.settings.secret_key
    assert auth(studio, "GET", f"admin/users/{maya.id}", key=secret).json()["code"] == "user_not_found"
