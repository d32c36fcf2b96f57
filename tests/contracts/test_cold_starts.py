"""What a door does before it is asked: no SDK is imported, no model is built, and no resolver where none is needed."""

import json
import os
import subprocess
import sys

import pytest
from contracts.deployment import ROOT, functions

SDKS = {"httpx", "boto3", "botocore.client", "replicate", "supabase", "postgrest", "storage3", "jwt"}
CONSTANTS = {"ProviderOutput", "PromptChoices", "ImageWishes", "RunParameters", "Problem"}  # tables are made of these
OF_MACHINES = ("replicate_webhook", "storage_hook", "no_such_route")
DOORS = sorted({it["Handler"].partition(".")[0] for it in functions().values()} - {"workflow"})
SAY = """
import json, sys
for name in sys.argv[1:]:
    __import__(name)
from pydantic import BaseModel
def below(model):
    return [it for kind in model.__subclasses__() for it in (kind, *below(kind))]
ours = [it for it in below(BaseModel) if it.__module__.startswith("croquis.")]
print(json.dumps({"modules": list(sys.modules), "built": [it.__qualname__ for it in ours if it.__pydantic_complete__]}))
"""


@pytest.fixture(scope="module")
def all_doors() -> dict[str, list[str]]:
    return after_importing(*DOORS)


def after_importing(*modules: str) -> dict[str, list[str]]:
    path = os.pathsep.join(str(ROOT / it) for it in ("functions", "layers/core", "layers/marks"))
    environment = {"PATH": os.defpath, "PYTHONPATH": path}
    ended = subprocess.run([sys.executable, "-c", SAY, *modules], capture_output=True, check=True, env=environment)
    return json.loads(ended.stdout)


def test_importing_every_door_imports_no_sdk(all_doors: dict[str, list[str]]) -> None:
    assert not SDKS.intersection(all_doors["modules"])


def test_importing_every_door_builds_no_model_but_those_of_constants(all_doors: dict[str, list[str]]) -> None:
    assert set(all_doors["built"]) == CONSTANTS


def test_a_door_of_machines_imports_no_resolver() -> None:
    imported = after_importing(*OF_MACHINES)["modules"]

    assert "croquis.http.messages" in imported
    assert "aws_lambda_powertools.event_handler" not in imported
