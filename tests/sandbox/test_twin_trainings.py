"""Trainings at the twin: refusals at once and late, the trainer's log, cancelling, the list, the ledger."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.replicate.dataset import bucket_counts

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

PROGRESS = re.compile(
    r"flux_train_replicate:\s+(?P<pct>\d+)%\|[^|]*\|\s*(?P<step>\d+)/(?P<total>\d+)\s+\[(?P<elapsed>[\d:]+)<(?P<eta>"
    r"[\d:?]+),\s*(?P<rate>[\d.?]+)(?P<unit>it/s|s/it)(?:,\s*lr:\s*(?P<lr>\S+)\s+loss:\s*(?P<loss>[^\]\s]+))?\]"
)


def zip_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_unknown_destination_is_refused_in_replicates_words(twin: "RunningTwin") -> None:
    body = {"destination": f"{twin.settings.owner}/nowhere", "input": {}}
    path = "/v1/models/ostris/flux-dev-lora-trainer/versions/"
    version = twin.client.get("/v1/models/ostris/flux-dev-lora-trainer").json()["latest_version"]["id"]

    answer = twin.client.post(f"{path}{version}/trainings", json=body)

    assert answer.status_code == 404
    assert answer.json() == {"detail": "The specified training destination does not exist", "status": 404}
    assert len(twin.twin.ledger) == 0


def test_an_unknown_trainer_version_is_not_found(twin: "RunningTwin") -> None:
    assert twin.order(version="0" * 64).status_code == 404


def test_a_training_gives_its_address_as_a_prediction_at_first_and_as_a_training_later(twin: "RunningTwin") -> None:
    created = twin.order().json()
    read = twin.ended(created)

    assert re.fullmatch("[0-9a-z]{26}", created["id"])
    assert created["urls"]["get"] == f"{twin.url}/v1/predictions/{created['id']}"
    assert read["urls"]["get"] == f"{twin.url}/v1/trainings/{created['id']}"
    assert twin.client.get(created["urls"]["get"]).json()["id"] == created["id"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"steps": 2}, "value_error.number.not_ge"),
        ({"steps": 6001}, "value_error.number.not_le"),
        ({"lora_rank": 129}, "value_error.number.not_le"),
        ({"caption_dropout_rate": 1.5}, "value_error.number.not_le"),
        ({"steps": "many"}, "type_error.integer"),
    ],
)
def test_wrong_ranges_are_accepted_first_and_fail_the_training_later(
    twin: "RunningTwin", given: dict[str, Any], kind: str
) -> None:
    created = twin.order(**given)
    ended = twin.ended(created.json())

    assert created.status_code == 201
    assert (ended["status"], ended["started_at"]) == ("failed", ended["completed_at"])
    assert "metrics" not in ended
    words, _, detail = ended["error"].partition(": ")
    complaint = json.loads(detail)["detail"][0]
    assert words == "Prediction input failed validation"
    assert (complaint["loc"], complaint["type"]) == (["body", "input", next(iter(given))], kind)
    assert len(twin.twin.ledger) == 0


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"input_images": None}, "input_images must be provided"),
        ({"resolution": "high"}, "invalid literal for int() with base 10: 'high'"),
        ({"layers_to_optimize_regex": "nothing"}, "The regex 'nothing' didn't match any layers."),
    ],
)
def test_what_only_the_trainer_can_see_fails_in_its_words_and_is_paid(
    twin: "RunningTwin", given: dict[str, Any], error: str
) -> None:
    ended = twin.ended(twin.order(**given).json())

    assert ended["status"] == "failed"
    assert ended["error"].startswith(error)
    assert [entry.id for entry in twin.twin.ledger] == [ended["id"]]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"no zip at all", "input_images must be a zip file"),
        (zip_of(readme=b"no image"), "no images found in input_images"),
        (zip_of(**{"a.jpg": b"no picture"}), "no images found in input_images"),
        (zip_of(**{"__MACOSX/a.jpg": b"", "._b.jpg": b""}), "no images found in input_images"),
    ],
)
def test_a_useless_zip_fails_the_training(twin: "RunningTwin", content: bytes, error: str) -> None:
    twin.place.put("photos.zip", content)

    assert twin.ended(twin.order().json())["error"] == error


def test_an_expired_address_fails_the_training(twin: "RunningTwin") -> None:
    ended = twin.ended(twin.order(input_images=f"{twin.place.url}/files/gone.zip").json())

    assert ended["error"].startswith("404 Client Error: Not Found for url: ")


def test_the_log_is_the_trainers(twin: "RunningTwin") -> None:
    logs = twin.trained(steps=40, lora_rank=16, layers_to_optimize_regex=None, resolution="768,1024")["logs"]
    lines = logs.splitlines()
    progress = [match for match in map(PROGRESS.fullmatch, lines) if match]

    assert all(line and line == line.lstrip() for line in lines)
    assert "Extracted 6 files from zip to input_images" in lines
    assert lines.count("-  Found 3 images") == 2
    assert lines.count("Bucket sizes for input_images:") == 2
    assert "create LoRA network. base dim (rank): 16, alpha: 16" in lines
    assert "create LoRA for U-Net: 494 modules." in lines
    assert "Caching latents: 100%|██████████| 3/3" in logs
    assert len(progress) == 2 * 40
    assert progress[0]["loss"] is None
    assert (progress[-1]["step"], progress[-1]["total"]) == ("39", "40")


def test_images_are_never_enlarged_into_their_bucket() -> None:
    assert bucket_counts([(1664, 2432)], 1024) == {(832, 1216): 1}
    assert bucket_counts([(832, 1216)], 1024) == {(768, 1152): 1}


def test_the_list_has_the_newest_first_and_finds_an_order_only_by_its_input(twin: "RunningTwin") -> None:
    first = twin.order(webhook=twin.place.hook, trigger_word="FIRST").json()
    second = twin.order(webhook=twin.place.hook, trigger_word="SECOND").json()

    results = twin.client.get("/v1/trainings").json()["results"]

    assert [run["id"] for run in results] == [second["id"], first["id"]]
    assert results[0]["input"]["trigger_word"] == "SECOND"
    assert not {"webhook", "destination", "webhook_events_filter"} & set(results[0])


def test_the_list_is_paged_by_a_hundred_with_cursors_both_ways(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(seconds_to_start=600.0)
    ids = [twin.order().json()["id"] for _ in range(103)]

    first = twin.client.get("/v1/trainings").json()
    twin.order()  # a newer run shifts nothing
    second = twin.client.get(first["next"]).json()
    back = twin.client.get(second["previous"]).json()

    assert [run["id"] for run in first["results"]] == ids[:2:-1]
    assert [run["id"] for run in second["results"]] == ids[2::-1]
    assert (first["previous"], second["next"]) == (None, None)
    assert back["results"][0]["id"] == ids[-1]


def test_a_canceled_training_is_paid_for_the_time_it_ran(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(seconds_per_1000_steps=6000.0)
    created = twin.order(webhook=twin.place.hook).json()
    path = f"/v1/trainings/{created['id']}"
    twin.wait(lambda: "0/20" in twin.client.get(path).json()["logs"])

    canceled = twin.client.post(f"{path}/cancel").json()
    entry = twin.twin.ledger.entries[0]

    assert canceled["status"] == "canceled"
    assert canceled["metrics"]["predict_time"] == entry.predict_time > 0
    assert entry.cost == round(entry.predict_time * twin.settings.price_per_second, 6)
    assert twin.wait(lambda: twin.place.of_status("canceled"))


def test_a_training_canceled_before_it_ran_is_aborted_and_costs_nothing(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(seconds_to_start=600.0)
    created = twin.order().json()

    canceled = twin.client.post(f"/v1/trainings/{created['id']}/cancel").json()

    assert canceled["status"] == "aborted"
    assert "started_at" not in canceled
    assert len(twin.twin.ledger) == 0


def test_what_a_stop_interrupted_goes_on_and_is_paid_once(run_twin: Callable[..., "RunningTwin"]) -> None:
    before = run_twin(seconds_per_1000_steps=6000.0)
    running = before.order().json()
    before.wait(lambda: len(before.twin.ledger) == 1)
    after = run_twin()

    after.wait(lambda: after.client.get(f"/v1/trainings/{running['id']}").json()["status"] == "succeeded")
    assert [entry.id for entry in after.twin.ledger] == [running["id"]]
    assert after.make_destination().status_code == 409
