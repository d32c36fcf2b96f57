"""What others' rules find in the templates and the code: checkov, cfn-lint with the serverless rules, bandit. Offline.

`python -m contracts.audit`, in the environment of requirements/audit.txt. The template is looked at as SAM makes it,
with all that a parameter can switch on. A finding is put right, or waived with a reason under `Waivers` in its own
template; a waiver that nothing needs any more is a finding too.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contracts.deployment import ROOT, template

from sandbox.aws.stack import Stack

NESTED = ("infra/alarms.yaml", "infra/page.yaml")
TEMPLATES = ("template.yaml", *NESTED)
SWITCHED_ON = {"OwnKey": "yes", "ServePage": "yes", "ReserveConcurrency": "yes"}
GIVEN = {
    "SupabaseUrl": "https://abcd.supabase.co",
    "SupabasePublishableKey": "none",
    "ReplicateDestination": "me/people",
}
CODE = ("layers", "functions", "cli", "infra")


@dataclass(frozen=True, order=True)
class Finding:
    """One rule broken by one resource of a template, or at one place of the code."""

    file: str
    rule: str
    resource: str
    said: str


def main() -> int:
    """0 when every finding is waived, and every waiver needed."""
    found = sorted({*_of_checkov(), *_of_cfn_lint(), *_of_bandit()})
    wrong = judged(found, {path: template(path).get("Metadata", {}).get("Waivers", {}) for path in TEMPLATES})
    for line in wrong:
        print(line)
    print(f"{len(found)} findings, {len(found) - len([it for it in wrong if not it.startswith('stale')])} waived.")
    return 1 if wrong else 0


def judged(found: list[Finding], waivers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each finding that no waiver of its file names, and for each waiver that has none."""
    waived = {(path, rule, name) for path, rules in waivers.items() for rule, it in rules.items() for name in it["Of"]}
    broken = {(it.file, it.rule, it.resource) for it in found}
    lines = [
        f"{it.file}: {it.resource}: {it.said} [{it.rule}]"
        for it in found
        if not waived & {(it.file, it.rule, it.resource), (it.file, it.rule, _kind_of(it.file, it.resource))}
    ]
    used = {(file, rule, of) for file, rule, name in broken for of in (name, _kind_of(file, name))}
    return [*lines, *(f"stale waiver in {path}: {rule} of {of}" for path, rule, of in sorted(waived - used))]


def _kind_of(file: str, resource: str) -> str:
    """A waiver may name a type of resources, as the template spells it, instead of each of them."""
    return template(file)["Resources"].get(resource, {}).get("Type", "") if file in TEMPLATES else ""


def _of_checkov() -> Iterator[Finding]:
    from checkov.cloudformation.runner import Runner
    from checkov.runner_filter import RunnerFilter

    only = RunnerFilter(framework=["cloudformation"])
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "template.json"
        whole.write_text(json.dumps(Stack(ROOT / "template.yaml", GIVEN | SWITCHED_ON).transformed))
        for looked_at in (whole, *(ROOT / path for path in NESTED)):
            report = Runner().run(None, files=[str(looked_at)], runner_filter=only)
            if report.parsing_errors or not report.passed_checks:
                sys.exit(f"checkov could not read {looked_at.name}.")
            file = "template.yaml" if looked_at is whole else looked_at.relative_to(ROOT).as_posix()
            for it in report.failed_checks:
                yield Finding(file, it.check_id, it.resource.partition(".")[2], it.check_name)


def _of_cfn_lint() -> Iterator[Finding]:
    for it in _answer("cfn-lint", "-a", "cfn_lint_serverless.rules", "-f", "json", "-t", *TEMPLATES):
        path = it["Location"]["Path"] or ["", ""]
        yield Finding(it["Filename"], it["Rule"]["Id"], str(path[1]), it["Message"])


def _of_bandit() -> Iterator[Finding]:
    for it in _answer("bandit", "-q", "-r", *CODE, "-ll", "-f", "json")["results"]:
        yield Finding(it["filename"], it["test_id"], f"line {it['line_number']}", it["issue_text"])


def _answer(tool: str, *arguments: str) -> Any:
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"{tool} could not look: {ran.stderr or ran.stdout}")


if __name__ == "__main__":
    sys.exit(main())
