"""doctor: looks at a deployment from outside, and says what to do."""

from pathlib import Path

import click

from croquis_cli.commands.operating import FILE, meant
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk
from croquis_cli.doctor.examination import examine
from croquis_cli.doctor.findings import Finding, Verdict
from croquis_cli.doctor.patient import REPLICATE, Patient, versions_in
from croquis_cli.doctor.project import PRESETS
from croquis_cli.errors import Failed, Misused

MIGRATIONS = Path("infra/supabase/migrations")  # where this is a checkout


@command(croquis)
@click.option("--discovery", type=FILE, help="A file with the addresses, where it is not the one signed in at.")
@click.option("--key-file", type=FILE, help="Its first line is the project's secret key.")
@click.option("--token-file", type=FILE, help="Its first line is the API token of Replicate.")
@click.option("--replicate", default=REPLICATE, show_default=True, help="The address of Replicate's API.")
@click.option("--destination", metavar="OWNER/NAME", help="The model that trainings become versions of.")
@click.option("--trainer", metavar="OWNER/NAME:VERSION", help="The trainer that is deployed.")
@click.option("--origin", "origins", multiple=True, help="A page that shall be able to call; may be repeated.")
@click.option(
    "--preset", type=click.Choice([*PRESETS]), default="identity", show_default=True, help="The largest in use."
)
def doctor(
    desk: Desk, discovery: Path | None, key_file: Path | None, token_file: Path | None, replicate: str,
    destination: str | None, trainer: str | None, origins: tuple[str, ...], preset: str,
) -> object:  # fmt: skip
    """Look at a deployment from outside: what is right, what is wrong and what to do.

    Changes nothing and pays nothing. What it needs a key for it cannot tell without one.
    """
    found = meant(desk, discovery)
    patient = Patient(
        supabase=found.supabase, publishable_key=found.publishable_key, api=found.api, origins=origins,
        secret_key=_first_line(key_file), largest_preset=preset, replicate=replicate,
        migrations=versions_in(MIGRATIONS) or None,
        replicate_token=_first_line(token_file), destination=destination, trainer=trainer,
    )  # fmt: skip
    return report(desk, examined(desk, patient))


def examined(desk: Desk, patient: Patient) -> list[Finding]:
    """All findings, each shown when it is there."""
    findings: list[Finding] = []
    for finding in examine(patient):
        desk.screen.note(f"{finding.verdict:>11}  {finding.check}: {finding.sentence}")
        findings.append(finding)
    return findings


def report(desk: Desk, findings: list[Finding]) -> object:
    """The document; Failed where anything is wrong."""
    documents = [it.document for it in findings]
    if bad := [it.check for it in findings if it.verdict is Verdict.WRONG]:
        raise Failed(f"Something is wrong: {', '.join(bad)}.", "Each line says what to do.", findings=documents)
    unknown = sum(it.verdict is Verdict.CANNOT_TELL for it in findings)
    desk.screen.say(
        f"Nothing is wrong; {unknown} of {len(findings)} checks cannot tell here." if unknown else "All is well."
    )
    return {"findings": documents}


def _first_line(file: Path | None) -> str | None:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].strip() if file else None
    except (OSError, ValueError):
        raise Misused(f"{file} cannot be read.", "Name a text file whose first line it is.") from None
