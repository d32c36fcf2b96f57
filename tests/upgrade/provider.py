"""The provider's stand-in at the moment of a deployment: its models, runs and bill, without what nobody asks again."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.replicate.runs import Run
from sandbox.replicate.state import Twin
from sandbox.replicate.training import ZIP_NAME

PEOPLE = "people"
TOKEN = re.compile(r"(?P<link>/object/sign/(?P<place>[^?\"]+)\?token=)[\w.-]*")
Provided = Mapping[str, list[Any]]


def provided(twin: Twin) -> Provided:
    """As JSON; links are signed anew when it is brought back."""
    runs = [*reversed(twin.runs.newest_first("training")), *reversed(twin.runs.newest_first("prediction"))]
    return {
        "models": [asdict(it) for it in [twin.models.get(f"{twin.settings.owner}/{PEOPLE}")] if it],
        "runs": [json.loads(TOKEN.sub(r"\g<link>", json.dumps(_kept(it)))) for it in runs],
        "ledger": [{**asdict(it), "input": {}} for it in twin.ledger],
    }


def bring_back(folder: Path, held: Provided, sign: Any, dataset: bytes, picture: bytes) -> None:
    """Into the stand-in's folder, before it starts; `sign` makes the token for a place in the storage."""
    for kind in ("models", "runs", "files"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for model in held["models"]:
        (folder / "models" / f"{model['owner']}--{model['name']}.json").write_text(json.dumps(model))
    inputs = {run["id"]: run["input"] for run in held["runs"]}
    for run in held["runs"]:
        text = TOKEN.sub(lambda found: found["link"] + sign(found["place"]), json.dumps(run))
        (folder / "runs" / f"{run['id']}.json").write_text(text)
        for name in [ZIP_NAME] if run["kind"] == "training" else _names(run["output"]):
            (folder / "files" / run["id"]).mkdir(exist_ok=True)
            (folder / "files" / run["id"] / name).write_bytes(dataset if run["kind"] == "training" else picture)
    booked = (json.dumps({**it, "input": inputs[it["id"]]}) for it in held["ledger"])
    (folder / "ledger.jsonl").write_text("".join(f"{line}\n" for line in booked))


def _kept(run: Run) -> dict[str, Any]:
    """A training tells in its log how many images it found; no other line is asked for."""
    lines = [line for line in run.log_lines if "images" in line]
    return {**run.to_json(), "log_lines": lines if run.kind == "training" else []}


def _names(output: object) -> list[str]:
    return [str(url).rpartition("/")[2] for url in output] if isinstance(output, list) else []  # pyright: ignore
