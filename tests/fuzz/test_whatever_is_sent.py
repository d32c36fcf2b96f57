"""`make fuzz`: Schemathesis sends whatever our own OpenAPI allows, and whatever it forbids, to the running doors.

From a fixed seed, so many requests to each route: nothing is answered 5xx, or otherwise than documented. Half of the
ids in paths and bodies are of things that are there (`real_ids.py`), or every call would end at the first look-up.
"""

import json
import os
import subprocess
from pathlib import Path

from doors.drafts import draft, garment_of, look_of, photo_of, pictures
from studio import Studio, User

from sandbox import ROOT

SCHEMATHESIS = os.environ["FUZZ"]
EXAMPLES = os.environ.get("EXAMPLES", "4")
OPENAPI = str(ROOT / "infra/openapi.json")
SEED = os.environ.get("SEED", "20261130")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"

WITHOUT_ACCOUNT = "shown|webhooks|hooks"  # links and signatures, which a user's token says nothing to


def things(studio: Studio, owner: User) -> dict[str, str]:
    """By the names that ids have in paths and bodies: all of this owner's."""
    job, garment = draft(studio, owner, photos=8), garment_of(studio, owner)
    trained = draft(studio, owner, photos=8)
    image, *_ = pictures(studio, owner, trained, 2)
    of = studio.row("select model_id, order_id from public.images where id = %s", image)
    consent = studio.row("select consent_id from public.lora_training_jobs where id = %s", job)["consent_id"]
    return {
        "job_id": job,
        "photo_id": photo_of(studio, job),
        "model_id": str(of["model_id"]),
        "order_id": str(of["order_id"]),
        "image_id": image,
        "consent_id": str(consent),
        "garment_id": garment,
        "look_id": look_of(studio, owner, garment),
    }


def test_nothing_is_our_fault_and_nothing_is_answered_otherwise_than_documented(
    studio: Studio, maya: User, token: str, tmp_path: Path
) -> None:
    """AS-12, AS-18, AS-20."""
    who = ["--url", studio.api_url, "--header", f"Authorization: Bearer {token}"]
    how = ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED, "--no-shrink"]
    told = ["--checks", CHECKS, "--exclude-path-regex", WITHOUT_ACCOUNT, "--continue-on-failure", "--warnings", "off"]
    known = {"CROQUIS_THINGS": json.dumps(things(studio, maya)), "SCHEMATHESIS_HOOKS": "real_ids"}
    told_by = {**os.environ, **known, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([SCHEMATHESIS, "run", OPENAPI, *who, *how, *told], env=told_by, cwd=tmp_path, check=False)
    assert done.returncode == 0
