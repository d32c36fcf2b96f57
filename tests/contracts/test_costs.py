"""The cost model of the bench: what it meters, and what docs/deploy.md says of the price at rest."""

import re
from collections import Counter
from typing import Any

import pytest
from bench.costs.at_rest import alarm_metrics, at_rest
from bench.costs.prices import PRICES, READ_IN
from bench.costs.recording import Call
from bench.costs.usage import INIT_SECONDS, usage
from contracts.deployment import ROOT, resources
from studio import deployed

POSTED: dict[str, Any] = {"routeKey": "POST /v1/trainings", "body": "x" * 1000}
DEPLOY = (ROOT / "docs/deploy.md").read_text().partition("## What it costs at rest")[2].partition("\n## ")[0]


def dollars(call: Call, **how: Any) -> dict[str, float]:
    return usage(deployed(), [call], **how).dollars()


def test_a_call_is_billed_for_its_memory_as_long_as_it_takes_there() -> None:
    """512 MB are a share of a processor; with a whole one there is nothing to stretch."""
    paid = (0.1 * 1769 / 512 + INIT_SECONDS) * 512 / 1024 * PRICES.arm_gb_second + PRICES.invocation
    assert dollars(Call("Uploads", {}, seconds=0.1))["functions"] == pytest.approx(paid)
    whole = 0.1 * 1769 / 1024 * PRICES.arm_gb_second + PRICES.invocation
    assert dollars(Call("CheckPhoto", {}, seconds=0.1), warm=True)["functions"] == pytest.approx(whole)


def test_faces_are_measured_at_the_other_processors_price() -> None:
    paid = 1769 / 1024 * PRICES.x86_gb_second + PRICES.invocation
    assert dollars(Call("MeasureFaces", {}, seconds=1), warm=True)["functions"] == pytest.approx(paid)


def test_a_request_is_metered_in_pieces_of_512_kb_and_only_where_it_is_one() -> None:
    assert dollars(Call("Uploads", POSTED))["API"] == pytest.approx(PRICES.api_request)
    assert dollars(Call("Uploads", POSTED, answered=512 * 1024))["API"] == pytest.approx(2 * PRICES.api_request)
    assert dollars(Call("Uploads", {}))["API"] == 0


def test_what_a_function_sends_is_paid_and_what_comes_to_it_is_not() -> None:
    assert dollars(Call("IngestWeights", {}, up=10**9))["data sent"] == pytest.approx(PRICES.sent_gb)
    assert dollars(Call("IngestWeights", {}, down=10**9))["data sent"] == 0


def test_a_message_is_sent_received_and_deleted() -> None:
    sent = Call("StorageHook", {}, aws=Counter(SendMessage=2))
    assert dollars(sent)["queues"] == pytest.approx(6 * PRICES.queue_request)


def test_a_cold_call_reads_the_secrets_that_its_function_has() -> None:
    assert dollars(Call("SaveImage", {}))["secrets"] == pytest.approx(2 * PRICES.secret_read)
    assert dollars(Call("SaveImage", {}), warm=True)["secrets"] == 0


def test_the_door_that_takes_the_log_is_not_traced() -> None:
    """2,000 traces are a cent: as much as a training may cost in all."""
    assert dollars(Call("ReplicateWebhook", {}))["traces"] == 0
    assert dollars(Call("Trainings", {}))["traces"] == PRICES.traced


def test_usages_add_up() -> None:
    once = usage(deployed(), [Call("Trainings", {})], transitions=5)
    assert (once + once * 2).total == pytest.approx(3 * once.total)
    assert once.dollars()["state machines"] == pytest.approx(5 * PRICES.state_transition)


def test_the_guide_says_what_stands_at_rest() -> None:
    alarms = len(resources("AWS::CloudWatch::Alarm", "infra/alarms.yaml"))
    rest = at_rest(deployed(), [])
    assert f"{alarms} alarms over {alarm_metrics()} metrics ${rest['alarms']:.0f}" in DEPLOY
    assert f"secrets ${rest['secrets']:.0f}" in DEPLOY
    assert READ_IN in DEPLOY
    parts = [int(it) for it in re.findall(r"\$(\d+)[,;: ]", DEPLOY.partition("in all")[0])]
    [told] = re.findall(r"\*\*about \$(\d+)\*\*", DEPLOY)
    assert sum(rest.values()) < int(told) <= sum(parts)
