"""models, download, consent: what was made, as files, and the end of what was agreed to."""

from pathlib import Path

import click

from croquis_cli import words
from croquis_cli.api import Api, is_missing
from croquis_cli.commands.making import OUT, follow_order, saved
from croquis_cli.commands.parameters import ID
from croquis_cli.commands.root import command, croquis
from croquis_cli.consent import newest_text
from croquis_cli.desk import Desk
from croquis_cli.errors import CliError, Failed, Refused
from croquis_cli.exchange import View
from croquis_cli.pictures import save, save_images, write_manifest


@command(croquis)
@click.option("--archived", is_flag=True, help="Those in the archive too.")
def models(desk: Desk, archived: bool) -> object:
    """List your models, newest first."""
    with desk.api() as api:
        rows = list(api.pages("/v1/models", "models", 200, archived="true" if archived else None))
    titles = ("model", "name", "status", "run", "job")
    desk.screen.table(titles, [(it["id"], it["name"], it["status"], it["active_run"], it["job_id"]) for it in rows])
    return {"models": rows}


@command(croquis)
@click.argument("ids", metavar="ID...", type=ID, nargs=-1, required=True)
@click.option("--out", type=OUT, default=Path("downloads"), show_default=True, help="The folder for the files.")
def download(desk: Desk, ids: tuple[str, ...], out: Path) -> object:
    """Save files of models, orders and images.

    Of a model its weights, of an order its pictures. What is there already is not fetched again.
    """
    with desk.api() as api:
        found = [_downloaded(desk, api, each, out) for each in dict.fromkeys(ids)]
    return {"downloads": found}


@croquis.group()
def consent() -> None:
    """What the person in the photos agreed to."""


@command(consent)
def text(desk: Desk) -> object:
    """Show the newest consent text."""
    with desk.api() as api:
        newest = newest_text(api)
    desk.screen.say(f"{newest['version']}\n{newest['body']}")
    return newest


@command(consent)
@click.argument("consent_id", metavar="CONSENT", type=ID)
@click.option("--yes", is_flag=True, help="Without asking again.")
def withdraw(desk: Desk, consent_id: str, yes: bool) -> object:
    """Withdraw a consent, for good.

    What runs is stopped, the model is revoked, and nothing more is made of the person. `croquis status JOB` names it.
    """
    question = "What runs is stopped, and the model is locked for good. Withdraw?"
    if not yes and not desk.screen.agree(question, otherwise="Say --yes to withdraw without being asked."):
        raise Failed("Nothing was withdrawn.")
    with desk.api() as api:
        withdrawn = api.delete(f"/v1/consents/{consent_id}")
    desk.screen.say("Withdrawn. This cannot be undone: a new training needs a new consent.")
    return withdrawn


def _downloaded(desk: Desk, api: Api, wanted: str, out: Path) -> View:
    """An id is looked for as a model, then as an order, then as an image; Refused where it is none of them."""
    try:
        weights = _unless_missing(api, f"/v1/models/{wanted}/weights")
        if weights:
            out.mkdir(parents=True, exist_ok=True)
            desk.screen.note(f"weights of {wanted}, {weights['bytes'] / 1e6:,.1f} MB")
            file = save(weights["url"], out, {"id": wanted, **weights}, f"-run{weights['run']}.safetensors")
            desk.screen.say(str(file))
            return {"model": wanted, "file": str(file), "sha256": weights["sha256"], "run": weights["run"]}
        if _unless_missing(api, f"/v1/image-orders/{wanted}"):
            return {"order": saved(desk, follow_order(desk, api, wanted), out)}
        return _image(desk, api, wanted, out)
    except CliError as error:
        error.told["id"] = wanted
        raise


def _image(desk: Desk, api: Api, wanted: str, out: Path) -> View:
    rows = api.rows("images", select="order_id", id=f"eq.{wanted}")
    order = _unless_missing(api, f"/v1/image-orders/{rows[0]['order_id']}") if rows else None
    image = next((it for it in order["images"] if it["id"] == wanted), None) if order else None
    if not image:
        raise Refused(f"{wanted} is no model, order or image of yours.", "croquis models lists models.", status=404)
    files = save_images([image], out)
    if not files:
        told = words.problem_in_words(image["problem"]) or f"It is {image['status']}."
        raise Failed(f"There is no file of it. {told}", "", code="no_file")
    write_manifest(files, out)
    desk.screen.say(files[0]["file"])
    return {"image": files[0]}


def _unless_missing(api: Api, path: str) -> View | None:
    try:
        return api.get(path)
    except Refused as refused:
        if is_missing(refused):
            return None
        raise
