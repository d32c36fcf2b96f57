"""The AWS account: room for what the stack reserves, secrets that are filled, somebody who gets the alarms."""

from collections.abc import Iterator, Mapping
from typing import Any

from croquis_cli.doctor.findings import Finding, cannot_tell, ok, wrong
from croquis_cli.doctor.patient import Account, Patient

CHECKS = ("concurrency", "secrets", "alarms")
LEFT_FOR_ALL = 100  # AWS refuses to reserve what would leave fewer
HELD = {
    "SupabaseSecret": ("key",),
    "ReplicateSecret": ("token",),
    "WebhookSecret": ("secrets",),
    "StorageHookSecret": ("secrets",),
    "MarksSecret": ("certificates", "private_key"),
}


def account(patient: Patient) -> Iterator[Finding]:
    """All of CHECKS."""
    if patient.account is None:
        yield from (cannot_tell(it, "This looks at no AWS account: `make doctor STAGE=…` does.") for it in CHECKS)
        return
    yield concurrency(patient.account)
    if patient.account.deployed:
        yield secrets(patient.account)
        yield alarms(patient.account)


def concurrency(found: Account) -> Finding:
    needed = found.elsewhere + found.reserved + LEFT_FOR_ALL if found.reserved else 0
    who = f"{found.reserved} are reserved" + (f", and {found.elsewhere} by other stacks" if found.elsewhere else "")
    may = f"The account may run {found.concurrency} executions at once"
    if found.concurrency < needed:
        told = f"{may}, and {needed} are needed ({who})"
        return wrong("concurrency", f"{told}: ask for more under Service Quotas, or say ReserveConcurrency=no.")
    return ok("concurrency", f"{may}; {who}.")


def secrets(found: Account) -> Finding:
    empty = [name for name, parts in HELD.items() if not _filled(found.secrets.get(name), parts)]
    if empty:
        return wrong("secrets", f"{', '.join(empty)} is not filled: `make deploy STAGE=…` fills it.")
    return ok("secrets", f"All {len(HELD)} are filled.")


def alarms(found: Account) -> Finding:
    if not found.subscriptions:
        return wrong("alarms", "Nobody gets the alarms: set alarm_email, and deploy again.")
    waiting = [it["Endpoint"] for it in found.subscriptions if it["SubscriptionArn"] == "PendingConfirmation"]
    if waiting:
        return wrong("alarms", f"{', '.join(waiting)} has not confirmed: follow the link in the mail from AWS.")
    return ok("alarms", f"{', '.join(it['Endpoint'] for it in found.subscriptions)} gets them.")


def _filled(value: Mapping[str, Any] | None, parts: tuple[str, ...]) -> bool:
    return value is not None and all(value.get(part) for part in parts)
