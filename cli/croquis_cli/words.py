"""What views say, in words: nothing here asks or prints."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from croquis_cli.exchange import View

UNJUDGED = ("uploaded", "checking")  # one that was only announced, here or elsewhere, is not on its way
WORKING = ("queued", "preparing", "training", "ingesting", "previewing")
STAGES = {
    "queued": "waiting",
    "preparing": "making the training set",
    "training": "training",
    "ingesting": "fetching the weights",
    "previewing": "making previews",
}
RATES = {
    "one_person": "one person alone",
    "head_to_toe": "from head to toe",
    "face": "the same face",
    "not_copied": "no training photo again",
}
CHECKS = RATES | {"body": "the same body", "garments": "the garments as they are"}
PROPORTIONS = {"legs": "length of the legs", "hips": "width of the hips", "head": "size of the head"}
CHANGES = {"same": "as in the photos", "different": "different from the photos", "cannot_tell": "cannot be told"}


def verdict_rows(photos: Iterable[View], names: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """File, verdict, reason and hint: a row for each finding, and one for each photo without any."""
    rows: list[tuple[str, str, str, str]] = []
    for photo in photos:
        name = names.get(photo["id"], f"slot {photo['slot']}")
        told = [(finding["sentence"], finding["hint"]) for finding in photo["findings"]] or [(seen_in(photo), "")]
        for number, (reason, hint) in enumerate(told):
            first = number == 0
            rows.append((name if first else "", spelt(photo["status"]) if first else "", reason, hint))
    return rows


def seen_in(photo: View) -> str:
    """What the check saw in a photo that it has nothing against."""
    view = f"{spelt(photo['view'])} view" if photo["view"] else ""
    return ", ".join(filter(None, (view, spelt(photo["pose"] or ""))))


def stage_line(view: View) -> str:
    """Stage, bar, step, loss and minutes of a job that is being worked on."""
    status, run = view["status"], newest_run(view)
    parts = [f"{STAGES.get(status, spelt(status)):<24}{bar(view['progress'])} {view['progress']:4.0%}"]
    if status == "training" and run.get("step"):
        parts.append(f"step {run['step']}/{run['total_steps']}")
        if run["loss"] is not None:
            parts.append(f"loss {run['loss']:.3f}")
    if status == "previewing":
        of_run = [image for image in view["previews"] if image["run"] == run["run"]]
        parts.append(f"{sum(image['status'] == 'saved' for image in of_run)} of {len(of_run)} previews")
    if view["minutes_left"]:
        parts.append(f"{view['minutes_left']} min left")
    return "  ".join(parts)


def newest_run(view: View) -> View:
    """Of a job; empty before there is one."""
    runs: list[View] = view["runs"]
    return runs[-1] if runs else {}


def run_line(run: View) -> str:
    """What was ordered, and what it came to once that is known."""
    came_to = f", came to ${float(run['actual_usd']):.2f}" if run["ended_at"] and run["actual_usd"] else ""
    expected = f"expected ${float(run['expected_usd']):.2f}"
    return f"run {run['run']}: {run['preset']}, {run['steps']} steps, {expected}{came_to}"


def bar(share: float, width: int = 20) -> str:
    """A bar of text that is so full."""
    return "█" * int(width * share) + "░" * (width - int(width * share))


def estimate(tried: View) -> str:
    """Price and minutes of a dry run."""
    minutes = tried["minutes"]
    range_ = f" ({minutes['low']:.0f} to {minutes['high']:.0f})" if minutes["low"] is not None else ""
    costs = f" (${float(tried['low_usd']):.2f} to ${float(tried['high_usd']):.2f})" if tried["low_usd"] else ""
    return f"${float(tried['expected_usd']):.2f}{costs}, about {max(1, round(minutes['expected']))} min{range_}"


def exam_lines(exam: View | None) -> list[str]:
    """How like its person a run is, part by part, each with its uncertainty or why it was not measured."""
    if exam is None:
        return ["The exam was not graded: look at the previews yourself."]
    lines = [f"Exam of {exam['pictures']} previews:"]
    lines += [f"  {title}: {rate_in_words(exam[part])}" for part, title in RATES.items() if exam[part]]
    lines += [f"  {title}: {proportion_in_words(exam[part])}" for part, title in PROPORTIONS.items() if exam[part]]
    titles = RATES | PROPORTIONS
    lines += [f"  {titles.get(it['part'], spelt(it['part']))}: {it['sentence']}" for it in exam["not_measured"]]
    if exam["sandbox"]:
        lines.append("  SANDBOX: a stand-in made these pictures; this says nothing about any model.")
    return lines


def rate_in_words(rate: View) -> str:
    """How many pass, of those of which one can tell, and where the true rate lies."""
    clear = rate["passed"] + rate["failed"]
    if not clear:
        return "cannot be told from these pictures"
    low, high = rate["interval"]["low"], rate["interval"]["high"]
    unclear = f"; of {rate['cannot_tell']} more nobody can tell" if rate["cannot_tell"] else ""
    return f"{rate['passed']} of {clear} pass (of many, {low:.0%} to {high:.0%} would){unclear}"


def proportion_in_words(proportion: View) -> str:
    """Whether the body has kept this proportion."""
    said = CHANGES.get(proportion["change"], spelt(proportion["change"]))
    if proportion["ratio"] is None:
        return said
    low, high = proportion["interval"]["low"], proportion["interval"]["high"]
    return f"{said} ({proportion['ratio']:.2f} of theirs, between {low:.2f} and {high:.2f})"


def problem_in_words(problem: View | None) -> str:
    """Sentence and hint."""
    return f"{problem['sentence']} {problem['hint']}".strip() if problem else ""


def is_checked(view: View) -> bool:
    """Whether every photo of the job is judged."""
    return not any(photo["status"] in UNJUDGED for photo in view["photos"])


def without_links(document: Any) -> Any:
    """A view without its signed links, which are good for minutes and open what they name."""
    if isinstance(document, dict):
        view = cast("View", document)
        return {key: without_links(value) for key, value in view.items() if not key.endswith("url")}
    if isinstance(document, list):
        return [without_links(row) for row in cast("list[Any]", document)]
    return document


def spelt(code: str) -> str:
    return code.replace("_", " ")


def checks_in_words(image: View) -> str:
    """What is known of one picture."""
    if image["problem"]:
        return problem_in_words(image["problem"])
    checks = image["checks"]
    if not checks:
        return spelt(image["status"])
    failing = [title for part, title in CHECKS.items() if checks.get(part) == "fails"]
    said = f"fails: {', '.join(failing)}" if failing else "passes its checks"
    repair: View = image.get("repair") or {}
    return " ".join(filter(None, (f"{said}.", *checks["why"], repair.get("sentence"))))


def refusals_in_words(tried: View) -> str:
    """Everything that stands against an order that was only tried."""
    if not tried["refusals"]:
        return "It would be accepted. Nothing was ordered."
    return "\n".join(["It would be refused:", *(f"  {problem_in_words(it)}" for it in tried["refusals"])])


def book_line(view: View) -> str:
    """How far a look-book is, and what it spent."""
    progress = view["progress"]
    money = f"${float(view['spent_usd']):.2f} of ${float(view['budget_usd']):.2f}"
    return f"{view['status']:<10}{bar(progress['share'])} {progress['ended']} of {progress['of']} cells  {money}"


def drift_lines(view: View) -> list[str]:
    """What is not as it should be in the pictures of a look-book, the worst first."""
    report: View = view["report"] or {"cells": []}
    told = [
        f"{_place(view, it['row_no'], it['column_no'])}: not {_titles(it['fails'])}"
        for it in report["cells"]
        if it["fails"]
    ]
    return ["SANDBOX: a stand-in made these pictures.", *told] if report.get("sandbox") else told


def cells_without_pictures(view: View) -> list[str]:
    """Which they are, and why."""
    return [
        f"{_place(view, it['row'], it['column'])}: {problem_in_words(it['problem'])}"
        for it in view["cells"]
        if it["problem"]
    ]


def _place(view: View, row: int, column: int) -> str:
    return f"{view['rows'][row - 1] if row else 'the picture'}, {view['columns'][column - 1]}"


def _titles(parts: Iterable[str]) -> str:
    return ", ".join(CHECKS.get(it, spelt(it)) for it in parts)


def would_go(tried: View) -> list[str]:
    """What an erasure takes, kind by kind."""
    running = [f"  {tried['running']} paid runs are stopped"] if tried["running"] else []
    sign_in = ["  your sign-in, last of all"] if tried["sign_in"] else []
    return _counted(tried["rows"], tried["objects"], tried["provider_versions"]) + sign_in + running


def receipt_lines(receipt: View) -> list[str]:
    """What an erasure took, and how it was looked for."""
    gone = _counted(receipt["rows_deleted"], receipt["objects_deleted"], receipt["versions_deleted"])
    return [*gone, *(f"  looked for: {how}" for how in receipt["verified"])]


def _counted(rows: Mapping[str, int], objects: Mapping[str, int], versions: int) -> list[str]:
    files = {f"files of {name}": count for name, count in objects.items()}
    kinds = {**rows, **files, "versions at the provider": versions}
    return [f"  {count} {spelt(kind)}" for kind, count in kinds.items() if count]
