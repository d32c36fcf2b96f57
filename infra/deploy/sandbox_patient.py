"""The sandbox that `make up` runs here, as the doctor sees it."""

from pathlib import Path

from croquis_cli.doctor.patient import Patient, versions_in
from infra.deploy.errors import Stopped
from sandbox.laptop.keys import Keys
from sandbox.laptop.launcher import DESTINATION, STATE, Addresses
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinSettings
from sandbox.supabase.migrate import MIGRATIONS


def sandbox(state: Path = STATE) -> Patient:
    """All but an AWS account, which it does not have; Stopped when it does not run."""
    addresses = Addresses.of_running(state)
    if addresses is None:
        raise Stopped("No sandbox runs here: start it with `make up`, or name what to look at: make doctor STAGE=…")
    keys = Keys.of(state.parent)
    return Patient(
        supabase=addresses.supabase, publishable_key=addresses.publishable_key, api=addresses.api,
        origins=[addresses.page], secret_key=keys.secret_key, replicate=addresses.replicate,
        migrations=versions_in(MIGRATIONS),
        replicate_token=keys.replicate_token, destination=f"{TwinSettings.owner}/{DESTINATION}",
        trainer=f"{TRAINER}:{TRAINER_VERSIONS[-1]}", webhook_secrets=[keys.webhook_secret],
        hook_secrets=[keys.storage_hook_secret],
    )  # fmt: skip
