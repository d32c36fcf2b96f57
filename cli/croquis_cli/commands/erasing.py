"""erase, erasures, export: what a person may ask for of everything that there is of them."""

from pathlib import Path

import click

from croquis_cli import words
from croquis_cli.api import Api
from croquis_cli.commands.making import OUT
from croquis_cli.commands.parameters import ID, chosen
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk
from croquis_cli.errors import Failed, Interrupted
from croquis_cli.exchange import View
from croquis_cli.following import follow
from croquis_cli.pictures import save_made_file

GONE = ("erased", "done")


@command(croquis)
@click.argument("model", type=ID, required=False)
@click.option("--training", "job", type=ID, help="In place of MODEL: a training, at whatever step it is.")
@click.option("--account", is_flag=True, help="Instead of MODEL: everything about you.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and erase nothing.")
@click.option("--yes", is_flag=True, help="Without asking again.")
@click.option("--wait", is_flag=True, help="Wait until nothing is left: five minutes or more.")
def erase(
    desk: Desk, model: str | None, job: str | None, account: bool, dry_run: bool, yes: bool, wait: bool
) -> object:
    """Erase MODEL for good, with its training, photos, pictures and weights, here and at the provider."""
    subjects = ((f"/v1/models/{model}", model), (f"/v1/trainings/{job}", job), ("/v1/account", account))
    paths = [path for path, said in subjects if said]
    if len(paths) != 1:
        raise click.UsageError("Say MODEL, --training or --account.")
    with desk.api() as api:
        would = api.delete(paths[0], dry_run="true")
        for line in words.would_go(would):
            desk.screen.say(line)
        if dry_run:
            return would
        if not yes and not desk.screen.agree("All of it is erased for good. Erase?", otherwise="Say --yes to erase."):
            raise Failed("Nothing was erased.")
        erasure = api.delete(paths[0], confirm="erase")
        desk.screen.say(f"Erasure {erasure['id']} has begun. It cannot be undone.")
        return _followed(desk, api, erasure) if wait else _told(desk, erasure)


@command(croquis)
@click.argument("erasure", type=ID, required=False)
def erasures(desk: Desk, erasure: str | None) -> object:
    """Tell how far ERASURE is, with its receipt once it is done; without one, list them all."""
    with desk.api() as api:
        if erasure:
            return _told(desk, api.get(f"/v1/erasures/{erasure}"))
        rows = list(api.get("/v1/erasures")["erasures"])
    titles = ("erasure", "what", "status", "asked")
    desk.screen.table(titles, [(it["id"], it["subject"], it["status"], it["asked_at"][:10]) for it in rows])
    return {"erasures": rows}


@command(croquis)
@click.option("--model", type=ID, help="Only of this model.")
@click.option("--out", type=OUT, default=Path("export"), show_default=True, help="The folder for the ZIP.")
def export(desk: Desk, model: str | None, out: Path) -> object:
    """Save everything about you, or about one model: rows, photos, pictures and receipts, as one ZIP."""
    body = chosen({"model_id": model})
    with desk.api() as api:
        ordered = desk.order(api, "/v1/account/export", body)
        with desk.screen.live() as line:

            def show(view: View) -> object:
                line.show(f"packing  {words.spelt(view['status'])}", news=view["status"])
                return view["status"]

            view = follow(lambda: api.get(ordered["status_path"]), show, lambda it: it["status"] != "working")
    if not view["url"]:
        raise Failed(words.problem_in_words(view["problem"]) or f"It is {view['status']}.", "", download=view["id"])
    out.mkdir(parents=True, exist_ok=True)
    file = save_made_file(view["url"], out / f"export-{view['id']}.zip")
    desk.screen.say(str(file))
    return {**words.without_links(view), "file": str(file)}


def _followed(desk: Desk, api: Api, erasure: View) -> View:
    with desk.screen.live() as line:

        def show(view: View) -> object:
            line.show(f"erasing  {view['status']}", news=view["status"])
            return view["status"]

        try:
            view = follow(lambda: api.get(erasure["status_path"]), show, lambda it: it["status"] in GONE)
        except KeyboardInterrupt:
            back = f"Look again with: croquis erasures {erasure['id']}"
            raise Interrupted("Stopped here. The erasure continues.", back, erasure=erasure["id"]) from None
    return _told(desk, view)


def _told(desk: Desk, view: View) -> View:
    desk.screen.say(f"{view['subject']}: {view['status']}")
    if view["receipt"]:
        for line in words.receipt_lines(view["receipt"]):
            desk.screen.say(line)
    else:
        desk.screen.say(f"The receipt comes about three hours after it is erased: croquis erasures {view['id']}")
    return view
