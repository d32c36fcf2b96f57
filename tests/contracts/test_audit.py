"""`make audit`: a finding is put right or waived in its template, with a reason; a waiver without need is one."""

import re

import pytest
from contracts.audit import CODE, TEMPLATES, Finding, judged
from contracts.deployment import ROOT, template

FINDING = Finding("template.yaml", "CKV_AWS_116", "Sweep", "no dead letters")
BY_NAME = {"template.yaml": {"CKV_AWS_116": {"Of": ["Sweep"], "Because": "it ticks again"}}}
BY_TYPE = {"template.yaml": {"CKV_AWS_116": {"Of": ["AWS::Serverless::Function"], "Because": "all of them"}}}


def test_a_finding_that_is_not_waived_is_told() -> None:
    """OP-02."""
    assert judged([FINDING], {}) == ["template.yaml: Sweep: no dead letters [CKV_AWS_116]"]


@pytest.mark.parametrize("waivers", [BY_NAME, BY_TYPE])
def test_a_waiver_holds_for_a_resource_or_for_all_of_its_type(waivers: dict) -> None:
    assert judged([FINDING], waivers) == []
    assert len(judged([Finding("template.yaml", "CKV_AWS_116", "UploadQueue", "of another type")], waivers)) == 2


def test_a_waiver_holds_for_its_rule_and_its_template_only() -> None:
    assert len(judged([Finding("template.yaml", "CKV_AWS_117", "Sweep", "another rule")], BY_NAME)) == 2
    assert len(judged([Finding("infra/page.yaml", "CKV_AWS_116", "Sweep", "another file")], BY_NAME)) == 2


def test_a_waiver_that_nothing_needs_is_a_finding() -> None:
    assert judged([], BY_NAME) == ["stale waiver in template.yaml: CKV_AWS_116 of Sweep"]


# what OP-02 wants clean, but for 115 and 116: most functions reserve nothing, and who waits hears of a failure
NEVER = {f"CKV_AWS_{it}" for it in (27, 45, *range(60, 64), 66, 95, *range(107, 112), 149, 158, 173, 363, 364)}


@pytest.mark.parametrize("path", TEMPLATES)
def test_every_waiver_has_a_reason_and_names_what_is_there(path: str) -> None:
    """OP-02: those of the list that may never be waived are not."""
    types = {it["Type"] for it in template(path)["Resources"].values()}
    waivers = template(path).get("Metadata", {}).get("Waivers", {})
    assert not NEVER & waivers.keys()
    for rule, waiver in waivers.items():
        assert set(waiver) == {"Of", "Because"}
        assert len(waiver["Because"]) > 20, rule
        assert set(waiver["Of"]) <= set(template(path)["Resources"]) | types, rule


def test_it_looks_at_all_that_is_deployed_and_runs_in_ci() -> None:
    """OP-06: bandit reads what runs for others; tests and the laptop's stand-ins are ruff's."""
    assert set(CODE) == {"layers", "functions", "cli", "infra"}
    assert {f"infra/{path.name}" for path in (ROOT / "infra").glob("*.yaml")} | {"template.yaml"} == set(TEMPLATES)
    assert " audit " in (ROOT / ".ci/run").read_text()
    rules = re.findall(r"\w+\.py", (ROOT / "Makefile").read_text().partition("RULES :=")[2].partition("LOCKS")[0])
    assert rules
    assert [it for it in rules if not (ROOT / f"tests/contracts/test_{it}").is_file()] == []
