"""The twin's answers against Replicate's published OpenAPI (tests/vectors/replicate-openapi.json, trimmed)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import replicate
from jsonschema import Draft202012Validator

from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

VECTORS = Path(__file__).parents[1] / "vectors"
Check = Callable[[str, str, httpx.Response], Any]


def translated(schema: Any) -> Any:
    """Replicate writes OpenAPI 3.0's `nullable` in a 3.1 document; JSON Schema says it with a list of types."""
    if isinstance(schema, list):
        return [translated(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: translated(value) for name, value in schema.items() if name != "nullable"}
    return {**plain, "type": [plain["type"], "null"]} if schema.get("nullable") is True else plain


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    document = translated(json.loads((VECTORS / "replicate-openapi.json").read_text(encoding="utf-8")))
    # in the field a training without a result carries "output": null, which the document does not allow
    document["components"]["schemas"]["schemas_training_response"]["properties"]["output"]["type"] = ["object", "null"]
    return document


@pytest.fixture
def check(openapi: dict[str, Any]) -> Check:
    """Check an answer against what the document says about its path, method and status; returns the body."""

    def check(method: str, path: str, answer: httpx.Response) -> Any:
        responses = openapi["paths"][path][method]["responses"]
        assert str(answer.status_code) in responses, (answer.status_code, answer.text)
        schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": openapi["components"]}).validate(answer.json())
        return answer.json()

    return check


def test_the_secret_is_as_published(twin: "RunningTwin", check: Check) -> None:
    secret = check("get", "/webhooks/default/secret", twin.client.get("/v1/webhooks/default/secret"))

    assert secret["key"] == twin.settings.webhook_secret


def test_models_and_versions_are_as_published(twin: "RunningTwin", check: Check) -> None:
    version = twin.trained()["output"]["version"].partition(":")[2]
    model = f"/v1/models/{twin.destination}"

    read = check("get", "/models/{model_owner}/{model_name}", twin.client.get(model))
    path = "/models/{model_owner}/{model_name}/versions/{version_id}"
    one = check("get", path, twin.client.get(f"{model}/versions/{version}"))

    assert read["latest_version"]["id"] == version == one["id"]
    assert "prompt" in one["openapi_schema"]["components"]["schemas"]["Input"]["required"]


def test_a_created_model_is_as_published_and_a_second_one_of_its_name_is_refused(
    twin: "RunningTwin", check: Check
) -> None:
    body = {"owner": twin.settings.owner, "name": "another", "visibility": "private", "hardware": "cpu"}

    created = check("post", "/models", twin.client.post("/v1/models", json=body))
    again = twin.client.post("/v1/models", json=body)

    assert created["latest_version"] is None
    assert again.status_code == 409


def test_the_trainer_has_a_latest_version(twin: "RunningTwin", check: Check) -> None:
    trainer = check("get", "/models/{model_owner}/{model_name}", twin.client.get(f"/v1/models/{TRAINER}"))

    assert trainer["latest_version"]["id"] == TRAINER_VERSIONS[-1]


def test_trainings_are_as_published(twin: "RunningTwin", check: Check) -> None:
    path = "/models/{model_owner}/{model_name}/versions/{version_id}/trainings"
    created = check("post", path, twin.order(webhook=twin.place.hook))
    twin.ended(created)

    read = check("get", "/trainings/{training_id}", twin.client.get(f"/v1/trainings/{created['id']}"))
    cancel = twin.client.post(f"/v1/trainings/{created['id']}/cancel")
    canceled = check("post", "/trainings/{training_id}/cancel", cancel)
    check("get", "/trainings", twin.client.get("/v1/trainings"))

    assert created["status"] == "starting"
    assert read["status"] == canceled["status"] == "succeeded"


def test_predictions_are_as_published(twin: "RunningTwin", check: Check) -> None:
    version = twin.trained()["output"]["version"]
    created = check("post", "/predictions", twin.ask(version, prompt="TOK walking", seed=7))
    twin.ended(created, "predictions")

    path = f"/v1/predictions/{created['id']}"
    check("get", "/predictions/{prediction_id}", twin.client.get(path))
    check("post", "/predictions/{prediction_id}/cancel", twin.client.post(f"{path}/cancel"))
    check("get", "/predictions", twin.client.get("/v1/predictions"))


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
