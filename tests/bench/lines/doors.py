"""Cold starts in processor time: each door's import, and each door to its first answer, beside the naive one.

The naive door imports every SDK at its top, reads its key, makes its clients, verifies the token, reads one table and
answers through the same resolver. What the layer does not hold is not found by either side.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from doors.exchange import event
from doors.replicate import body, signed
from studio import Studio

from bench.row import Row
from bench.stand import Functions, functions, stand
from bench.turns import Turns, in_turns, row

ROUNDS = 3
BAR = 0.5
EVENTS = {
    "uploads": "open_training",
    "trainings": "list_trainings",
    "models": "list_models",
    "images": "list_images",
    "downloads": "read_download",
    "tryons": "list_garments",
    "look_books": "list_look_books",
    "account": "list_consent_links",
    "shown": "shown_read",
    "provenance": "bring_picture",
    "replicate_webhook": "replicate_webhook",
    "storage_hook": "storage_hook",
    "no_such_route": "no_such_route",
}


def rows() -> Iterator[Row]:
    with stand() as studio, functions(studio) as deployed:
        doors = {it.handler.partition(".")[0]: name for name, it in deployed.stack.functions.items()}
        for module in EVENTS:
            ours = partial(_seconds, deployed, doors[module], "imported", module)
            naive = partial(_seconds, deployed, "StartTraining", "naive_import")
            yield row(f"import of {module} / of all SDKs", in_turns(ours, naive, ROUNDS), at_most=BAR)
        yield _barest(studio, deployed, doors["trainings"])
        for module in EVENTS:
            yield _first_answer(studio, deployed, doors[module], module)


def _barest(studio: Studio, deployed: Functions, function: str) -> Row:
    """What no door that signs people in can go below with these packages."""
    found, answers = _beside_naive(studio, deployed, function, "trainings", "barest_answer")
    return row("first answer of the barest door / of the naive door", found, detail=answers)


def _first_answer(studio: Studio, deployed: Functions, function: str, module: str) -> Row:
    found, answers = _beside_naive(studio, deployed, function, module, "answered", module)
    return row(f"first answer of {module} / of the naive door", found, at_most=BAR, detail=answers)


def _beside_naive(studio: Studio, deployed: Functions, function: str, module: str, *work: str) -> tuple[Turns, str]:
    """Both sides in turns, and the status codes of the former."""
    answers: set[str] = set()
    measured = partial(_answer, deployed, function, partial(_event, studio, module), answers, *work)
    asked = partial(_event, studio, "trainings")
    naive = partial(_answer, deployed, "StartTraining", asked, set[str](), "naive_answer")
    return in_turns(measured, naive, ROUNDS), " ".join(answers)


def _seconds(deployed: Functions, function: str, *arguments: str) -> float:
    return float(deployed.run(function, ["-m", "bench.cold", *arguments]).split()[-2])


def _answer(deployed: Functions, function: str, asked: Callable[[], Any], answers: set[str], *arguments: str) -> float:
    printed = deployed.run(function, ["-m", "bench.cold", *arguments], json.dumps(asked()))
    seconds, status = printed.split()[-2:]
    answers.add(status)
    return float(seconds)


def _event(studio: Studio, module: str) -> Any:
    if module == "replicate_webhook":
        return signed(body("starting"), secret=studio.twin.settings.webhook_secret, marker="0" * 32)
    secret = {"x-croquis-hook-secret": studio.hook_secret}
    token = studio.gateway.token("6f1b1d5e-0000-4000-8000-000000000001")
    return event(EVENTS[module], token=token, headers=secret if module == "storage_hook" else None)
