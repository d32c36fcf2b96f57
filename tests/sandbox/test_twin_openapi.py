"""The twin's answers against Replicate's published OpenAPI (tests/vectors/replicate-openapi.json, trimmed)."""

from typing import TYPE_CHECKING

import httpx
import pytest
import replicate
from replicate_contract import checked

from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin


def test_the_secret_is_as_published(twin: "RunningTwin") -> None:
    secret = checked("get", "/webhooks/default/secret", twin.client.get("/v1/webhooks/default/secret"))

    assert secret["key"] == twin.settings.webhook_secret


def test_models_and_versions_are_as_published(twin: "RunningTwin") -> None:
    version = twin.trained()["output"]["version"].partition(":")[2]
    model = f"/v1/models/{twin.destination}"

    read = checked("get", "/models/{model_owner}/{model_name}", twin.client.get(model))
    path = "/models/{model_owner}/{model_name}/versions/{version_id}"
    one = checked("get", path, twin.client.get(f"{model}/versions/{version}"))

    assert read["latest_version"]["id"] == version == one["id"]
    assert "prompt" in one["openapi_schema"]["components"]["schemas"]["Input"]["required"]


def test_a_created_model_is_as_published_and_a_second_one_of_its_name_is_refused(twin: "RunningTwin") -> None:
    body = {"owner": twin.settings.owner, "name": "another", "visibility": "private", "hardware": "cpu"}

    created = checked("post", "/models", twin.client.post("/v1/models", json=body))
    again = twin.client.post("/v1/models", json=body)

    assert created["latest_version"] is None
    assert again.status_code == 409


def test_the_trainer_has_a_latest_version(twin: "RunningTwin") -> None:
    trainer = checked("get", "/models/{model_owner}/{model_name}", twin.client.get(f"/v1/models/{TRAINER}"))

    assert trainer["latest_version"]["id"] == TRAINER_VERSIONS[-1]


def test_trainings_are_as_published(twin: "RunningTwin") -> None:
    path = "/models/{model_owner}/{model_name}/versions/{version_id}/trainings"
    created = checked("post", path, twin.order(webhook=twin.place.hook))
    twin.ended(created)

    read = checked("get", "/trainings/{training_id}", twin.client.get(f"/v1/trainings/{created['id']}"))
    cancel = twin.client.post(f"/v1/trainings/{created['id']}/cancel")
    canceled = checked("post", "/trainings/{training_id}/cancel", cancel)
    checked("get", "/trainings", twin.client.get("/v1/trainings"))

    assert created["status"] == "starting"
    assert read["status"] == canceled["status"] == "succeeded"


def test_predictions_are_as_published(twin: "RunningTwin") -> None:
    version = twin.trained()["output"]["version"]
    created = checked("post", "/predictions", twin.ask(version, prompt="TOK walking", seed=7))
    twin.ended(created, "predictions")

    path = f"/v1/predictions/{created['id']}"
    checked("get", "/predictions/{prediction_id}", twin.client.get(path))
    checked("post", "/predictions/{prediction_id}/cancel", twin.client.post(f"{path}/cancel"))
    checked("get", "/predictions", twin.client.get("/v1/predictions"))


def test_replicates_own_client_speaks_with_the_twin(twin: "RunningTwin") -> None:
    client = replicate.Client(api_token=twin.settings.api_token, base_url=twin.url)
    body = {
        "destination": twin.destination,
        "input": {"input_images": f"{twin.place.url}/files/photos.zip", "steps": 3},
    }
    path = f"/v1/models/{TRAINER}/versions/{TRAINER_VERSIONS[-1]}/trainings"

    created = client._request("POST", path, json=body)
    listed = client._request("GET", "/v1/trainings")

    assert created.status_code == 201
    assert [run["id"] for run in listed.json()["results"]] == [created.json()["id"]]
    assert client.models.get(TRAINER).latest_version is not None
    client._client.close()


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nobody"}])
def test_who_has_no_token_is_refused_in_replicates_words(twin: "RunningTwin", headers: dict[str, str]) -> None:
    answer = httpx.get(f"{twin.url}/v1/trainings", headers=headers)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Unauthenticated",
        "detail": "You did not pass a valid authentication token",
        "status": 401,
    }
