"""admin: what only an operator may see and set, with the project's secret key."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from croquis_cli.commands.root import command, croquis
from croquis_cli.deployment import Deployment, discover
from croquis_cli.desk import Desk
from croquis_cli.errors import Misused, NotSignedIn
from croquis_cli.exchange import View
from croquis_cli.operator import Operator

FILE = click.Path(path_type=Path)
OPTIONS = (
    click.option("--key-file", type=FILE, help="Its first line is the secret key; else it is asked for."),
    click.option("--discovery", type=FILE, help="A file with the addresses, where it is not the one signed in at."),
)


def keyed(function: Callable[..., object]) -> Callable[..., object]:
    """Gives a command the options by which it finds the project and its key."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@croquis.group()
def admin() -> None:
    """What an operator sees and sets, with the project's secret key (never an argument)."""


@command(admin)
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a limit; may be repeated.")
@keyed
def limits(desk: Desk, changes: tuple[str, ...], key_file: Path | None, discovery: Path | None) -> object:
    """Show the caps and the switch, or change some.

    They count for the next paid call.
    """
    wanted = dict(map(_change, changes))
    operator = _operator(desk, key_file, discovery)
    found = operator.call("set_limits", changes=wanted) if wanted else operator.call("read_limits")
    _show(desk, found)
    return found


@command(admin)
@click.argument("position", type=click.Choice(["open", "close"]))
@keyed
def switch(desk: Desk, position: str, key_file: Path | None, discovery: Path | None) -> object:
    """Stop all paid work, or let it go on.

    When `close` is done, nobody orders anything more; what runs at the provider goes on and is kept.
    """
    found = _operator(desk, key_file, discovery).call("set_limits", changes={"accept_jobs": position == "open"})
    closed = "Closed: nothing paid is ordered from now on." if position == "close" else "Open: what waits resumes."
    desk.screen.say(closed)
    _show(desk, found)
    return found


@command(admin)
@click.option("--owner", type=click.UUID, help="Of this owner alone, with what they may spend.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
@keyed
def ledger(desk: Desk, owner: Any, most: int, key_file: Path | None, discovery: Path | None) -> object:
    """List what was reserved and spent, the newest first."""
    operator = _operator(desk, key_file, discovery)
    of_owner = {"owner_id": f"eq.{owner}"} if owner else {}
    entries = operator.rows("ledger_entries", select="*", order="id.desc", limit=str(most), **of_owner)
    titles = ("at", "kind", "borne by", "owner", "reserved", "spent", "of")
    desk.screen.table(titles, [_entry(it) for it in entries])
    accounts = operator.rows("spend_accounts", select="*", **of_owner) if owner else []
    for it in accounts:
        desk.screen.say(f"spent ${it['spent_usd']}, reserved ${it['reserved_usd']}, limit ${it['limit_usd']}")
    return {"entries": entries, "accounts": accounts}


@command(admin)
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
@keyed
def unmatched(desk: Desk, most: int, key_file: Path | None, discovery: Path | None) -> object:
    """List ends of runs that fit no order of ours, and runs at the provider that nobody ordered."""
    operator = _operator(desk, key_file, discovery)
    webhooks = operator.rows("webhook_inbox", select="*", matched="is.false", order="received_at.desc", limit=str(most))
    runs = operator.rows("provider_runs", select="*", attempt_id="is.null", order="first_seen_at.desc", limit=str(most))
    told = [(it["received_at"], "webhook", it["provider_id"], it["status"], "") for it in webhooks]
    told += [(it["first_seen_at"], it["kind"], it["id"], it["status"], f"${it['cost_usd']}") for it in runs]
    if told:
        desk.screen.table(("at", "what", "at the provider", "status", "cost"), told)
    else:
        desk.screen.say("Nothing is unmatched.")
    return {"webhooks": webhooks, "runs": runs}


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.UsageError(f"--set {text}: write NAME=VALUE, such as --set usd_per_day=500")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _show(desk: Desk, found: View) -> None:
    desk.screen.table(("limit", "is"), [(name, json.dumps(value)) for name, value in found.items()])


def _entry(it: View) -> tuple[object, ...]:
    subject = it["run_id"] or it["image_id"] or it["provider_run"]
    return it["at"], it["kind"], it["borne_by"], it["owner_id"], it["reserved_usd"], it["spent_usd"], subject


def _operator(desk: Desk, key_file: Path | None, discovery: Path | None) -> Operator:
    deployment = meant(desk, discovery)
    desk.screen.note(f"Supabase at {deployment.supabase}")
    if not key_file:
        return Operator(deployment, str(click.prompt("Secret key", hide_input=True, err=True)).strip())
    try:
        return Operator(deployment, key_file.read_text(encoding="utf-8").partition("\n")[0].strip())
    except (OSError, ValueError):
        raise Misused(f"{key_file} cannot be read.", "Name a text file whose first line is the key.") from None


def meant(desk: Desk, discovery: Path | None) -> Deployment:
    """The deployment that a file names; else the one signed in at, or what is found here."""
    if not discovery:
        try:
            return desk.sessions.current().deployment
        except NotSignedIn:
            pass
    return discover(discovery)
