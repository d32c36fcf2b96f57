"""generate, repair, scenes: pictures of a model, ordered, followed and saved."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import click

from croquis_cli import words
from croquis_cli.api import Api
from croquis_cli.commands.parameters import ID, chosen
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk
from croquis_cli.errors import Failed, Interrupted
from croquis_cli.exchange import View
from croquis_cli.following import follow
from croquis_cli.pictures import save_images, write_manifest

OUT = click.Path(file_okay=False, path_type=Path)
OVER = ("done", "partial", "failed")
LOOKS_FOR_CHECKS = 12  # about a minute and a half
WORDS = ("pose", "background", "lighting", "expression", "outfit", "shoes")
WISHES = (
    *(click.option(f"--{name}", metavar="WORDS", help=f"{name.capitalize()}, in a few words.") for name in WORDS),
    click.option("--scene", help="Fills what is left out: see croquis scenes."),
    click.option("--prompt", metavar="WORDS", help="Your own words instead of all of these."),
    click.option("--framing", type=click.Choice(["full_body", "half_body", "portrait"])),
    click.option("--size", type=click.Choice(["2:3", "9:16", "1:1"])),
    click.option("--lora-scale", type=float, help="How strongly the person is applied, 0.5 to 1.2."),
    click.option("--guidance", type=float, help="How strictly the words are followed, 1 to 5."),
    click.option("--seed", type=int, help="Makes a picture repeatable."),
    click.option("--count", type=int, help="How many pictures, each of which is paid."),
)


def wishes(function: Callable[..., object]) -> Callable[..., object]:
    """Gives a command what can be wished of a picture."""
    for option in reversed(WISHES):
        function = option(function)
    return function


@command(croquis)
@click.argument("model", type=ID)
@wishes
@click.option("--dry-run", is_flag=True, help="Tell price, minutes and prompt, and order nothing.")
@click.option("--yes", is_flag=True, help="Order without asking about the price.")
@click.option("--out", type=OUT, default=Path("pictures"), show_default=True, help="The folder for the pictures.")
def generate(desk: Desk, model: str, dry_run: bool, yes: bool, out: Path, **wished: Any) -> object:
    """Make pictures of MODEL, and save them with a manifest that says how each was made."""
    with desk.api() as api:
        return ordered(desk, api, f"/v1/models/{model}/generations", chosen(wished), out, dry_run=dry_run, yes=yes)


@command(croquis)
@click.argument("image", type=ID)
@click.option("--strength", type=float, help="How much of the face is made anew, 0.1 to 0.8.")
@click.option("--seed", type=int, help="Makes it repeatable.")
@click.option("--dry-run", is_flag=True, help="Tell price and minutes, and order nothing.")
@click.option("--yes", is_flag=True, help="Order without asking about the price.")
@click.option("--out", type=OUT, default=Path("pictures"), show_default=True, help="The folder for the picture.")
def repair(desk: Desk, image: str, dry_run: bool, yes: bool, out: Path, **wished: Any) -> object:
    """Repair the face of the full-length picture IMAGE: makes one more picture; the original stays."""
    with desk.api() as api:
        return ordered(desk, api, f"/v1/images/{image}/repairs", chosen(wished), out, dry_run=dry_run, yes=yes)


@command(croquis)
def scenes(desk: Desk) -> object:
    """List the scenes that fill what an order leaves out."""
    with desk.api() as api:
        found = api.get("/v1/scenes")
    rows = [(it["name"], it["title"], it["background"], it["lighting"]) for it in found["scenes"]]
    desk.screen.table(("scene", "what it is", "background", "light"), rows)
    return found


def ordered(desk: Desk, api: Api, path: str, body: View, out: Path, *, dry_run: bool, yes: bool) -> object:
    """An order of pictures from its price to its files; Failed where not one was made."""
    tried = api.dry_run(path, body)
    desk.screen.note(f"The pictures: {words.estimate(tried)}")
    if dry_run:
        for asked in tried["inputs"]:
            desk.screen.say(f"prompt: {asked.get('prompt', '')}")
        desk.screen.say(words.refusals_in_words(tried))
        return tried
    if not desk.agreed(tried, yes=yes, question=f"Order for {words.estimate(tried)}?"):
        raise Failed("Nothing was ordered.")
    order = desk.order(api, path, body)
    try:
        order = follow_order(desk, api, order["id"])
    except KeyboardInterrupt:
        back = f"Fetch the pictures with: croquis download {order['id']} --out {out}"
        raise Interrupted("Stopped here. The pictures are made all the same.", back, order=order["id"]) from None
    return saved(desk, order, out)


def follow_order(desk: Desk, api: Api, order: str) -> View:
    """The order when no picture of it is being made any more, and each was looked at, unless that takes too long."""
    looks = count()
    with desk.screen.live() as line:

        def show(view: View) -> object:
            done = sum(image["status"] in ("saved", "failed") for image in view["images"])
            line.show(f"making pictures  {done} of {len(view['images'])}", news=done)
            return done

        def over(view: View) -> bool:
            unchecked = any(image["status"] == "saved" and not image["checks"] for image in view["images"])
            return view["status"] in OVER and (not unchecked or next(looks) >= LOOKS_FOR_CHECKS)

        return follow(lambda: api.get(f"/v1/image-orders/{order}"), show, over)


def saved(desk: Desk, order: View, out: Path) -> object:
    """The files of an order and their manifest; Failed if there are none."""
    for missing in order["missing"]:
        desk.screen.note(f"{missing['count']} missing: {words.problem_in_words(missing)}")
    if order["status"] == "failed":
        first: View = next(iter(order["missing"]), {"sentence": "No picture was made.", "hint": ""})
        raise Failed(first["sentence"], first["hint"], code=first.get("code", "failed"), order=order["id"])
    images = save_images(order["images"], out)
    manifest = write_manifest(images, out)
    for image in images:
        desk.screen.say(f"{image['file']}  {words.checks_in_words(image)}")
    desk.screen.note(f"order {order['id']}: {manifest} says how each was made")
    return words.without_links(order) | {"images": images, "manifest": str(manifest)}
