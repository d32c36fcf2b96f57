"""review: the exam in words, the previews as files, and the owner's decision."""

from pathlib import Path
from typing import Any

import click

from croquis_cli import words
from croquis_cli.api import Api
from croquis_cli.commands.parameters import ID, chosen, run_parameters
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk
from croquis_cli.errors import Failed
from croquis_cli.exchange import View
from croquis_cli.pictures import save_images

DECISIONS = ("approve", "reject", "retry")


@command(croquis)
@click.argument("job", type=ID)
@click.option("--approve", is_flag=True, help="Make it a model of which pictures can be ordered.")
@click.option("--reject", is_flag=True, help="End it without a model.")
@click.option("--retry", is_flag=True, help="Pay for another run, of the photos as they are now.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Save the previews into this folder.")
@click.option("--dry-run", is_flag=True, help="Of a retry: tell price and minutes, and order nothing.")
@click.option("--yes", is_flag=True, help="Of a retry: order without asking about the price.")
@run_parameters
def review(
    desk: Desk, job: str, approve: bool, reject: bool, retry: bool, out: Path | None, dry_run: bool, yes: bool,
    **parameters: Any,
) -> object:  # fmt: skip
    """Look at what a training made, and decide; without a decision nothing changes.

    The options of a run belong to --retry.
    """
    decisions = [it for it, said in zip(DECISIONS, (approve, reject, retry), strict=True) if said]
    wanted = chosen(parameters)
    if len(decisions) > 1:
        raise click.UsageError(f"--{decisions[0]} or --{decisions[1]}, not both.")
    if not retry and (dry_run or wanted):
        raise click.UsageError("--dry-run and the options of a run belong to --retry.")
    with desk.api() as api:
        view = api.get(f"/v1/trainings/{job}")
        files = _told(desk, view, out)
        if retry:
            return _retried(desk, api, job, wanted, dry_run=dry_run, yes=yes)
        if decisions:
            view = api.post(f"/v1/trainings/{job}/review", {"decision": decisions[0]})
            model: View = view["model"] or {}
            desk.screen.say(f"Approved: model {model['id']}" if approve else "Rejected: there is no model of it.")
        return words.without_links(view) | {"files": files}


def _told(desk: Desk, view: View, out: Path | None) -> list[View]:
    """The newest run in words; its previews, saved if somebody wants them."""
    run = words.newest_run(view)
    previews = [image for image in view["previews"] if image["run"] == run.get("run")]
    if run:
        desk.screen.say(words.run_line(run))
        for line in words.exam_lines(run["exam"]):
            desk.screen.say(line)
    for image in previews:
        desk.screen.say(f"  preview {image['position']}: {words.checks_in_words(image)}")
    saved = save_images(previews, out) if out else []
    for image in saved:
        desk.screen.say(f"  {image['file']}")
    return saved


def _retried(desk: Desk, api: Api, job: str, parameters: View, *, dry_run: bool, yes: bool) -> object:
    path, body = f"/v1/trainings/{job}/review", {"decision": "retry", "parameters": parameters}
    tried = api.dry_run(path, body)
    desk.screen.say(f"Another run: {words.estimate(tried)}")
    for advice in tried["advice"]:
        desk.screen.say(f"{advice['sentence']} {advice['hint']}")
    if dry_run:
        desk.screen.say(words.refusals_in_words(tried))
        return tried
    if not desk.agreed(tried, yes=yes, question=f"Train again for {words.estimate(tried)}?"):
        raise Failed("Nothing was ordered.", "", job=job)
    view = desk.order(api, path, body)
    desk.screen.say(f"Ordered. Follow it with: croquis status {job} --follow")
    return words.without_links(view)
