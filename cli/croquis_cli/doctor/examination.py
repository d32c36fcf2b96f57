"""All checks, in the order in which one depends on another. Who does not answer spoils only what is asked of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx

from croquis_cli import exchange
from croquis_cli.doctor import account, database, doors, project, provider
from croquis_cli.doctor.findings import Finding, cannot_tell, wrong
from croquis_cli.doctor.patient import Patient
from croquis_cli.errors import CliError

PROJECT = ("publishable key", "secret key", "signing keys", "issuer")


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding as soon as it is there."""
    with ExitStack() as opened:
        supabase = opened.enter_context(exchange.client(patient.supabase))
        replicate = opened.enter_context(exchange.client(patient.replicate))
        api = opened.enter_context(exchange.client(patient.api)) if patient.api else None
        checks = (project.publishable_key, project.secret_key, project.signing_keys, project.issuer)
        for name, check in zip(PROJECT, checks, strict=True):
            yield from _answered((name,), lambda check=check: iter([check(patient, supabase)]))
        yield from _answered(database.CHECKS, lambda: database.database(patient, supabase))
        yield from _answered(("upload limit",), lambda: iter([project.upload_limit(patient, supabase)]))
        yield from _answered(provider.CHECKS, lambda: provider.provider(patient, replicate))
        yield from account.account(patient)
        yield from _answered(doors.CHECKS, lambda: doors.doors(patient, api))


def _answered(names: tuple[str, ...], ask: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    told: list[str] = []
    try:
        for finding in ask():
            told.append(finding.check)
            yield finding
    except CliError as error:
        first, *others = [it for it in names if it not in told]
        yield wrong(first, f"{error.sentence} {error.hint}".strip())
        yield from (cannot_tell(it, "Nobody answered before.") for it in others)
    except (httpx.HTTPError, AttributeError, LookupError, TypeError, ValueError) as error:
        why = f"The answer is not understood ({type(error).__name__})."
        yield from [cannot_tell(it, why) for it in names if it not in told]
