"""login, logout."""

import sys
from pathlib import Path

import click

from croquis_cli.commands.root import command, croquis
from croquis_cli.deployment import discover
from croquis_cli.desk import Desk
from croquis_cli.errors import Misused, Unreachable


@command(croquis)
@click.option("--email", help="Of your account; asked for if it is left out.")
@click.option("--password-file", type=click.Path(path_type=Path), help="Its first line is the password.")
@click.option("--password-stdin", is_flag=True, help="The first line of stdin is the password.")
@click.option("--discovery", type=click.Path(path_type=Path), help="A file with the addresses, such as .env.local.")
@click.option("--url", help="The API's address, where it is another one than the file says.")
def login(
    desk: Desk,
    email: str | None,
    password_file: Path | None,
    password_stdin: bool,
    discovery: Path | None,
    url: str | None,
) -> object:
    """Sign in with e-mail and password.

    A password is never an argument: whoever lists processes would read it.
    """
    deployment = discover(discovery).at(url)
    desk.screen.note(f"Croquis at {deployment.api}, signing in at {deployment.supabase}")
    email = email or click.prompt("E-mail", err=True)
    session = desk.sessions.sign_in(deployment, str(email), _password(password_file, from_stdin=password_stdin))
    desk.screen.say(f"Signed in as {session.email}")
    return {"email": session.email, "user_id": session.user_id, "api": deployment.api, "supabase": deployment.supabase}


@command(croquis)
def logout(desk: Desk) -> object:
    """End the session, here and at Supabase."""
    try:
        ended = desk.sessions.sign_out()
    except Unreachable:
        ended = False
    desk.screen.say("Signed out" if ended else "Signed out here; Supabase was not told, its session ends by itself.")
    return {"signed_out": True, "ended_at_supabase": ended}


def _password(file: Path | None, *, from_stdin: bool) -> str:
    if file and from_stdin:
        raise click.UsageError("--password-file or --password-stdin, not both.")
    if from_stdin:
        text = sys.stdin.readline()
    elif file:
        try:
            text = file.read_text(encoding="utf-8").partition("\n")[0]
        except (OSError, ValueError):
            raise Misused(f"{file} cannot be read.", "Name a text file whose first line is the password.") from None
    else:
        text = str(click.prompt("Password", hide_input=True, err=True))
    return text.rstrip("\r\n")
