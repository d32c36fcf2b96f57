"""What a dashboard selects of our own tables with the real client: a job and all that hangs on it, in one request."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from sql.story import Story
from supabase import Client, ClientOptions, create_client


@pytest.fixture(scope="module")
def story(gateway) -> Iterator[Story]:
    with psycopg.connect(gateway.database.dsn(), autocommit=True) as connection:
        story = Story(connection).to("approved")
        story.ordered()
        yield story


@pytest.fixture
def signed_in(gateway) -> Iterator[Callable[[str], Client]]:
    with httpx.Client() as shared:

        def client(user: str) -> Client:
            options = ClientOptions(headers={"Authorization": f"Bearer {gateway.token(user)}"}, httpx_client=shared)
            return create_client(gateway.url, gateway.settings.publishable_key, options)

        yield client


def test_a_job_comes_with_its_runs_photos_history_and_model(signed_in, story):
    jobs = signed_in(story.user).table("lora_training_jobs")
    wished = (
        "*,training_runs(run,status),training_photos(slot,status),job_events(to_status),ai_models(name),consents(*)"
    )
    query = jobs.select(wished).order("slot", foreign_table="training_photos").limit(2, foreign_table="training_photos")
    (job,) = query.execute().data
    assert (job["id"], job["training_runs"]) == (story.job, [{"run": 1, "status": "approved"}])
    assert job["training_photos"] == [{"slot": 1, "status": "accepted"}, {"slot": 2, "status": "accepted"}]
    assert {"to_status": "approved"} in job["job_events"]
    assert job["ai_models"] == {"name": "Maya"}
    assert job["consents"]["text_version"] == "2026-11"


def test_an_image_comes_with_its_order_run_and_model(signed_in, story):
    images = signed_in(story.user).table("images")
    wished = "kind,image_orders(kind),training_runs(run,lora_training_jobs(id)),ai_models!inner(name)"
    found = images.select(wished).eq("kind", "generation").eq("ai_models.name", "Maya").execute().data
    about = {"image_orders": {"kind": "generation"}, "ai_models": {"name": "Maya"}}
    run = {"run": 1, "lora_training_jobs": {"id": story.job}}
    assert found == [{"kind": "generation", "training_runs": run, **about}]


def test_a_stranger_sees_none_of_it(signed_in, story):
    stranger = signed_in(str(uuid4()))
    assert stranger.table("lora_training_jobs").select("*,training_runs(*)").execute().data == []
    texts = stranger.table("consent_texts").select("version,consents(id)").execute().data
    assert texts == [{"version": "2026-11", "consents": []}]
