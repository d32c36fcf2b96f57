"""train, status, cancel, review: from photos to a model that somebody has approved."""

from pathlib import Path
from typing import Any

import click

from croquis_cli import consent, words
from croquis_cli.api import Api, is_missing
from croquis_cli.commands.parameters import ID, chosen, run_parameters
from croquis_cli.commands.root import command, croquis
from croquis_cli.desk import Desk, must_be_accepted
from croquis_cli.draft import Draft
from croquis_cli.errors import Failed, Interrupted, Refused
from croquis_cli.exchange import View
from croquis_cli.following import follow
from croquis_cli.photos import PhotoFile, Uploads, photo_files

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
GENDERS = ("female", "male", "non_binary")


@command(croquis)
@click.argument("photos", type=FOLDER)
@click.option("--name", required=True, help="Of the person, or of the model: one line of up to 80 characters.")
@click.option("--gender", type=click.Choice(GENDERS), help="Chooses woman, man or person for the captions; else asked.")
@click.option("--term", metavar="YYYY-MM-DD", help="The last day on which the consent is valid.")
@click.option("--i-have-consent", "declared", multiple=True, type=click.Choice(consent.CHOICES),
              help="Declare one part of the consent; what is not declared is asked.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Order without asking about the price.")
@click.option("--new", is_flag=True, help="Open another training, though one of this folder and name was begun here.")
@run_parameters
def train(
    desk: Desk, photos: Path, name: str, gender: str | None, term: str | None, declared: tuple[str, ...], yes: bool,
    new: bool, **parameters: Any,
) -> object:  # fmt: skip
    """Train a model of the person in the folder PHOTOS.

    Run again, the same command goes on where it was: with the draft, or with the training that runs. Photos that
    you have changed in the folder are changed in the draft.
    """
    files = photo_files(photos)
    with desk.api() as api:
        draft = Draft.of(desk.folder, api.session, photos, name)
        view = None if new else _begun(api, draft)
        if view is None:
            gender = gender or desk.screen.choose("Gender, for the captions", GENDERS, otherwise="Say --gender.")
            given = consent.ask(desk.screen, consent.newest_text(api), declared, term)
            view = api.post("/v1/trainings", {"model_name": name, "gender": gender, "consent": given})
            draft.begin(view["id"])
            desk.screen.note(f"Job {view['id']}, trigger word {view['trigger_word']}")
        else:
            desk.screen.note(f"Job {view['id']}, begun before: --new opens another")
        try:
            if view["status"] == "draft":
                _prepare(desk, api, draft, view, files)
                _submit(desk, api, view["id"], chosen(parameters), yes=yes)
            return _ended(desk, _followed(desk, api, draft.job_id))
        except KeyboardInterrupt:
            raise _left(draft.job_id) from None


@command(croquis)
@click.argument("job", type=ID, required=False)
@click.option("--follow", "stay", is_flag=True, help="Show the progress until it is over.")
def status(desk: Desk, job: str | None, stay: bool) -> object:
    """Tell how far a training is; without JOB, list them all."""
    with desk.api() as api:
        if not job:
            rows = list(api.pages("/v1/trainings", "trainings", 200))
            titles = ("job", "name", "status", "opened")
            desk.screen.table(
                titles, [(it["id"], it["model_name"], words.spelt(it["status"]), it["created_at"][:10]) for it in rows]
            )
            return {"trainings": rows}
        try:
            view = _followed(desk, api, job) if stay else api.get(f"/v1/trainings/{job}")
        except KeyboardInterrupt:
            raise _left(job) from None
        _tell(desk, view)
        return words.without_links(view)


@command(croquis)
@click.argument("job", type=ID)
def cancel(desk: Desk, job: str) -> object:
    """Stop a training. It is canceled once everything has been undone."""
    with desk.api() as api:
        view = api.post(f"/v1/trainings/{job}/cancel", again=True)
        desk.screen.say("It is canceled." if view["status"] == "canceled" else "It is being canceled.")
        return words.without_links(view)


def _begun(api: Api, draft: Draft) -> View | None:
    if not draft.job_id:
        return None
    try:
        return api.get(f"/v1/trainings/{draft.job_id}")
    except Refused as refused:
        if is_missing(refused):
            return None
        raise


def _prepare(desk: Desk, api: Api, draft: Draft, view: View, files: list[PhotoFile]) -> None:
    """The photos are there and judged, and it is told how; Refused where a file was not even taken."""
    refused = Uploads(api, draft, view, desk.screen).bring(files)
    judged = _judged(desk, api, draft.job_id)
    names = {draft.photos[file.sha256]: file.path.name for file in files if file.sha256 in draft.photos}
    desk.screen.table(("photo", "verdict", "why", "what to do"), words.verdict_rows(judged["photos"], names))
    desk.screen.say(f"{judged['accepted_photos']} of {len(files)} photos accepted")
    for finding in judged["set_findings"]:
        desk.screen.say(f"The set: {finding['sentence']} {finding['hint']}")
    for name, why in refused.items():
        desk.screen.say(f"{name}: not taken. {why.sentence}")
    if refused:
        first = next(iter(refused.values()))
        told = {"job": draft.job_id, "refused_files": {name: why.sentence for name, why in refused.items()}}
        raise Refused(f"{', '.join(refused)}: {first.sentence}", first.hint, status=first.status, **first.told, **told)


def _judged(desk: Desk, api: Api, job: str) -> View:
    with desk.screen.live() as line:

        def show(view: View) -> object:
            done = sum(photo["status"] not in words.UNJUDGED for photo in view["photos"])
            line.show(f"checking photos  {done} of {len(view['photos'])}", news=done)
            return done

        return follow(lambda: api.get(f"/v1/trainings/{job}"), show, words.is_checked)


def _submit(desk: Desk, api: Api, job: str, parameters: View, *, yes: bool) -> None:
    path = f"/v1/trainings/{job}/submit"
    tried = api.dry_run(path, parameters)
    must_be_accepted(tried, job=job)
    desk.screen.note(f"The training: {words.estimate(tried)}")
    for advice in tried["advice"]:
        desk.screen.note(f"{advice['sentence']} {advice['hint']}")
    if not desk.agreed(tried, yes=yes, question=f"Train for {words.estimate(tried)}?"):
        raise Failed("Nothing was ordered.", "The draft is kept: run the same command again.", job=job)
    desk.order(api, path, parameters)


def _followed(desk: Desk, api: Api, job: str) -> View:
    with desk.screen.live() as line:

        def show(view: View) -> object:
            if view["status"] in words.WORKING:
                line.show(words.stage_line(view), news=(view["status"], int(5 * view["progress"])))
            return view["status"], view["progress"], words.newest_run(view).get("step")

        return follow(lambda: api.get(f"/v1/trainings/{job}"), show, lambda it: it["status"] not in words.WORKING)


def _ended(desk: Desk, view: View) -> object:
    """What became of the run; Failed where it made no model."""
    _tell(desk, view)
    if view["status"] in ("failed", "canceled", "rejected"):
        problem: View = words.newest_run(view).get("problem") or {}
        sentence = problem.get("sentence") or f"The training is {view['status']}."
        hint = problem.get("hint") or "Run it again with --new to open another."
        raise Failed(sentence, hint, code=problem.get("code", view["status"]), job=view["id"])
    return words.without_links(view)


def _tell(desk: Desk, view: View) -> None:
    desk.screen.say(f"{view['model_name']}: {words.spelt(view['status'])}  (job {view['id']})")
    if view["status"] in words.WORKING:
        desk.screen.say(words.stage_line(view))
    for run in view["runs"][-1:]:
        desk.screen.say(words.run_line(run))
        if run["problem"]:
            desk.screen.say(words.problem_in_words(run["problem"]))
    if view["status"] == "in_review":
        for told in words.exam_lines(words.newest_run(view)["exam"]):
            desk.screen.say(told)
        desk.screen.say(f"Look at it: croquis review {view['id']} --out previews")
        desk.screen.say(f"Then: croquis review {view['id']} --approve, or --reject, or --retry")
    if view["model"]:
        desk.screen.say(f"model {view['model']['id']}: {words.spelt(view['model']['status'])}")
    desk.screen.say(f"consent {view['consent']['id']}{', withdrawn' if view['consent']['withdrawn_at'] else ''}")


def _left(job: str) -> Interrupted:
    back = f"Run the same command again, or: croquis status {job} --follow. End it with: croquis cancel {job}"
    return Interrupted("Stopped here. What was ordered continues at Croquis, and a draft is kept.", back, job=job)
