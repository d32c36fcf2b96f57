"""looks, lookbook: garments that are worn together, and a grid of them on one person within a budget."""

from itertools import count
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

FILES = {"sheet_url": "sheet.png", "pdf_url": "sheet.pdf", "zip_url": "pictures.zip"}
OVER = ("done", "canceled")
LOOKS_FOR_FILES = 120  # at the longest pause, twenty minutes
DRIFTS_TOLD = 10


@croquis.group()
def looks() -> None:
    """Garments that are worn together, kept by a name."""


@command(looks)
@click.option("--name", required=True, help="One line of up to 80 characters.")
@click.option("--garment", "garment_ids", type=ID, multiple=True, required=True, help="One to six; repeat it.")
def add(desk: Desk, name: str, garment_ids: tuple[str, ...]) -> object:
    """Keep garments as a look; what is named first matters most."""
    with desk.api() as api:
        look = api.post("/v1/looks", {"name": name, "garment_ids": list(garment_ids)})
    desk.screen.say(f"look {look['id']}")
    return words.without_links(look)


@command(looks, "list")
def list_looks(desk: Desk) -> object:
    """List your looks, newest first."""
    with desk.api() as api:
        rows = list(api.pages("/v1/looks", "looks", 200))
    worn = [", ".join(garment["name"] for garment in it["garments"]) for it in rows]
    against = [" ".join(it["against"]) for it in rows]
    table = [(it["id"], it["name"], *more) for it, *more in zip(rows, worn, against, strict=True)]
    desk.screen.table(("look", "name", "garments", "what is against it"), table)
    return {"looks": words.without_links(rows)}


@croquis.group()
def lookbook() -> None:
    """Looks on several pictures of one person, as one order that cannot spend more than its budget."""


@command(lookbook)
@click.argument("model", type=ID)
@click.option("--look", "looks_", type=ID, multiple=True, help="A row of the grid; repeat it.")
@click.option("--garment", "garments", type=ID, multiple=True, help="A row with this garment alone; repeat it.")
@click.option("--pose", "poses", metavar="WORDS", multiple=True, help="A column: a picture made for it; repeat it.")
@click.option("--image", "images", type=ID, multiple=True, help="A column: an existing picture; repeat it.")
@click.option("--budget", "budget_usd", type=float, required=True, help="The most that it may spend, in dollars.")
@click.option("--engine", help="Left out, the default one.")
@click.option("--seed", type=int, help="Makes each picture repeatable, where the engine has seeds.")
@click.option("--dry-run", is_flag=True, help="Tell price and minutes, and order nothing.")
@click.option("--yes", is_flag=True, help="Order without asking about the price.")
@click.option("--out", type=OUT, default=Path("look-book"), show_default=True, help="The folder for its files.")
def order(
    desk: Desk, model: str, looks_: tuple[str, ...], garments: tuple[str, ...], poses: tuple[str, ...],
    images: tuple[str, ...], budget_usd: float, engine: str | None, seed: int | None,
    dry_run: bool, yes: bool, out: Path,
) -> object:  # fmt: skip
    """Order looks x pictures of MODEL, follow the grid, and save contact sheet and pictures."""
    rows = [*({"look_id": it} for it in looks_), *({"garment_ids": [it]} for it in garments)]
    columns = [*({"pose": it} for it in poses), *({"image_id": it} for it in images)]
    if not rows or not columns:
        raise click.UsageError("Say --look or --garment for each row, and --pose or --image for each column.")
    body = {"model_id": model, "rows": rows, "columns": columns, "budget_usd": budget_usd}
    body |= chosen({"engine": engine, "seed": seed})
    with desk.api() as api:
        return _ordered(desk, api, body, out, dry_run=dry_run, yes=yes)


@command(lookbook)
@click.argument("book", type=ID, required=False)
@click.option("--follow", "stay", is_flag=True, help="Stay until every cell ended, and save the files.")
@click.option("--out", type=OUT, default=Path("look-book"), show_default=True, help="The folder, with --follow.")
def status(desk: Desk, book: str | None, stay: bool, out: Path) -> object:
    """Show the grid of BOOK; without one, list your look-books, newest first."""
    with desk.api() as api:
        if not book:
            return _listed(desk, api)
        if stay:
            return _saved(desk, _followed(desk, api, book, out), out)
        view = api.get(f"/v1/look-books/{book}")
    return _told(desk, view)


@command(lookbook)
@click.argument("book", type=ID)
def pause(desk: Desk, book: str) -> object:
    """Begin no more cells; those at work come to their end."""
    return _moved(desk, book, "pause")


@command(lookbook)
@click.argument("book", type=ID)
def resume(desk: Desk, book: str) -> object:
    """Go on."""
    return _moved(desk, book, "resume")


@command(lookbook)
@click.argument("book", type=ID)
def cancel(desk: Desk, book: str) -> object:
    """End it with the pictures made so far."""
    return _moved(desk, book, "cancel")


@command(lookbook)
@click.argument("book", type=ID)
@click.option("--out", type=OUT, default=Path("look-book"), show_default=True, help="The folder for its files.")
def save(desk: Desk, book: str, out: Path) -> object:
    """Save the contact sheet (PNG, PDF) and the ZIP of all pictures."""
    with desk.api() as api:
        return _saved(desk, api.get(f"/v1/look-books/{book}"), out)


def _ordered(desk: Desk, api: Api, body: View, out: Path, *, dry_run: bool, yes: bool) -> object:
    tried = api.dry_run("/v1/look-books", body)
    price = f"{words.estimate(tried)}, and ${body['budget_usd']:.2f} at most"
    desk.screen.note(f"The look-book: {price}")
    if dry_run:
        desk.screen.say(words.refusals_in_words(tried))
        return tried
    if not desk.agreed(tried, yes=yes, question=f"Order for {price}?"):
        raise Failed("Nothing was ordered.")
    book = desk.order(api, "/v1/look-books", body)
    return _saved(desk, _followed(desk, api, book["id"], out), out)


def _followed(desk: Desk, api: Api, book: str, out: Path) -> View:
    """The book with its files, or paused; Failed where it stands still by itself or never gets files."""
    waits = count()
    with desk.screen.live() as line:

        def show(view: View) -> object:
            line.show(words.book_line(view), news=(view["status"], view["progress"]["ended"]))
            return view["progress"]["ended"]

        def over(view: View) -> bool:
            if view["status"] not in OVER:
                return view["status"] == "paused"
            return bool(view["files"]) or not view["progress"]["done"] or next(waits) >= LOOKS_FOR_FILES

        try:
            return follow(lambda: api.get(f"/v1/look-books/{book}"), show, over)
        except KeyboardInterrupt:
            back = f"Come back with: croquis lookbook status {book} --follow --out {out}"
            raise Interrupted("Stopped here. The look-book continues.", back, look_book=book) from None


def _saved(desk: Desk, view: View, out: Path) -> object:
    book = view["id"]
    if not view["files"]:
        _told(desk, view)
        hint = "croquis lookbook resume goes on." if view["status"] == "paused" else "Files come once every cell ended."
        told = words.problem_in_words(view["problem"]) or f"It is {view['status']}, without files."
        raise Failed(told, hint, look_book=book)
    out.mkdir(parents=True, exist_ok=True)
    files = [str(save_made_file(url, out / f"{book}-{FILES[link]}")) for link, url in view["files"].items() if url]
    for file in files:
        desk.screen.say(file)
    return {**_told(desk, view), "files": files}


def _told(desk: Desk, view: View) -> View:
    titles = ("look", *view["columns"])
    cells = {(cell["row"], cell["column"]): words.spelt(cell["status"]) for cell in view["cells"]}
    places = range(1, len(view["columns"]) + 1)
    desk.screen.table(
        titles, [(name, *(cells.get((row, it), "") for it in places)) for row, name in enumerate(view["rows"], 1)]
    )
    desk.screen.note(words.book_line(view))
    for line in (*words.drift_lines(view)[:DRIFTS_TOLD], *words.cells_without_pictures(view)):
        desk.screen.say(line)
    return words.without_links(view)


def _listed(desk: Desk, api: Api) -> object:
    rows = list(api.pages("/v1/look-books", "look_books", 200))
    desk.screen.table(
        ("look-book", "model", "status", "budget"),
        [(it["id"], it["model_id"], it["status"], f"${float(it['budget_usd']):.2f}") for it in rows],
    )
    return {"look_books": rows}


def _moved(desk: Desk, book: str, move: str) -> object:
    with desk.api() as api:
        return _told(desk, api.post(f"/v1/look-books/{book}/{move}", again=True))
