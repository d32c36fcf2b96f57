"""garments, try-on: clothes put on the person of a picture."""

from pathlib import Path

import click

from croquis_cli import words
from croquis_cli.commands.making import OUT, ordered
from croquis_cli.commands.parameters import ID, chosen
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk
from croquis_cli.errors import Failed
from croquis_cli.exchange import View
from croquis_cli.following import follow
from croquis_cli.photos import PhotoFile, upload

CATEGORIES = ("upper", "lower", "dress", "outerwear", "shoes", "bag", "hat", "accessory")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@croquis.group()
def garments() -> None:
    """Your garments, which can be put on the person of a picture."""


@command(garments)
@click.argument("file", type=FILE)
@click.option("--name", required=True, help="One line of up to 80 characters.")
@click.option("--category", required=True, type=click.Choice(CATEGORIES))
def add(desk: Desk, file: Path, name: str, category: str) -> object:
    """Add the garment in the picture FILE: best is one garment on a plain background, or laid flat."""
    picture = PhotoFile.of(file)
    announced = {"content_type": picture.content_type, "bytes": picture.bytes}
    with desk.api() as api:
        signed = api.post("/v1/garments", {"name": name, "category": category, **announced})
        upload(picture, signed)
        path = f"/v1/garments/{signed['garment']['id']}"
        added = follow(lambda: api.get(path), lambda it: it["status"], lambda it: it["status"] not in words.UNJUDGED)
    for finding in added["findings"]:
        desk.screen.say(words.problem_in_words(finding))
    if added["status"] != "ready":
        first: View = next(iter(added["findings"]), {"sentence": "It cannot be read.", "hint": ""})
        raise Failed(f"{file.name}: {first['sentence']}", first["hint"], garment=added["id"])
    desk.screen.say(f"garment {added['id']}")
    return words.without_links(added)


@command(garments, "list")
def list_garments(desk: Desk) -> object:
    """List your garments, newest first."""
    with desk.api() as api:
        rows = list(api.pages("/v1/garments", "garments", 200))
    desk.screen.table(
        ("garment", "name", "category", "status"), [(it["id"], it["name"], it["category"], it["status"]) for it in rows]
    )
    return {"garments": words.without_links(rows)}


@command(croquis, "try-on")
@click.argument("image", type=ID, required=False)
@click.option("--model", type=ID, help="Instead of IMAGE: the best picture of this model.")
@click.option("--garment", "garment_ids", type=ID, multiple=True, help="One to six that are worn together; repeat it.")
@click.option("--look", "look_id", type=ID, help="A look in their place.")
@click.option("--engine", help="Left out, the default one.")
@click.option("--seed", type=int, help="Makes it repeatable, where the engine has seeds.")
@click.option(
    "--retry-once", is_flag=True, help="Try once more if the checks find something wrong; reserves as much again."
)
@click.option("--dry-run", is_flag=True, help="Tell price and minutes, and order nothing.")
@click.option("--yes", is_flag=True, help="Order without asking about the price.")
@click.option("--out", type=OUT, default=Path("pictures"), show_default=True, help="The folder for the picture.")
def try_on(
    desk: Desk, image: str | None, model: str | None, garment_ids: tuple[str, ...], look_id: str | None,
    engine: str | None, seed: int | None, retry_once: bool, dry_run: bool, yes: bool, out: Path,
) -> object:  # fmt: skip
    """Put garments on the person of IMAGE: one picture more, the one before stays.

    With --model and no --look, the newest garments that go together.
    """
    if model:
        path, what = f"/v1/models/{model}/try-ons", {"look_id": look_id} if look_id else {"newest": True}
        if image or garment_ids:
            raise click.UsageError("With --model say --look, or neither picture nor garments.")
    else:
        path, what = "/v1/try-ons", {
            "image_id": image, "garment_ids": list(garment_ids) or None, "look_id": look_id,
        }  # fmt: skip
        if not image or bool(garment_ids) == bool(look_id):
            raise click.UsageError("Say IMAGE, with --garment, once for each, or --look; or say --model.")
    body = chosen({**what, "retry_once": retry_once, "engine": engine, "seed": seed})
    with desk.api() as api:
        return ordered(desk, api, path, body, out, dry_run=dry_run, yes=yes)
