"""The project's database, as its function read_deployment tells of it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from croquis_cli import exchange
from croquis_cli.doctor.findings import Finding, cannot_tell, ok, wrong
from croquis_cli.doctor.patient import Patient
from croquis_cli.doctor.project import TOLD, headers

CHECKS = ("migrations", "buckets", "storage hook", "storage trigger", "pg_net", "Realtime")
# bytes that a file of each may have, as the migrations say
BUCKETS = {
    "photo-uploads": 25_000_000,
    "garment-uploads": 25_000_000,
    "training-photos": 60_000_000,
    "garments": 60_000_000,
    "datasets": 500_000_000,
    "lora-weights": 700_000_000,
    "images": 50_000_000,
    "face-cut-outs": 10_000_000,
    "provenance-uploads": 25_000_000,
    "downloads": 700_000_000,
    "look-books": 700_000_000,
}
Told = Mapping[str, Any]


def database(patient: Patient, http: httpx.Client) -> Iterator[Finding]:
    """All of CHECKS, from one answer."""
    if patient.secret_key is None:
        yield from (cannot_tell(it, "Only the secret key shows it: name a file with it, --key-file.") for it in CHECKS)
        return
    asked = headers(patient.secret_key)
    answer = exchange.send(http, "GET", TOLD, again=True, headers=asked)
    if answer.status_code == 404:
        yield wrong("migrations", "Not all are applied: `make deploy STAGE=…` applies what is missing, in order.")
        yield from (cannot_tell(it, "The migrations come first.") for it in CHECKS[1:])
        return
    if not answer.is_success:
        yield from (cannot_tell(it, f"The project's Data API answered {answer.status_code}.") for it in CHECKS)
        return
    told: Told = answer.json()
    yield migrations(patient, told)
    yield buckets(told.get("buckets") or {})
    yield storage_hook(patient, told)
    yield storage_trigger(told)
    yield pg_net(told)
    yield realtime(told)


def migrations(patient: Patient, told: Told) -> Finding:
    check, recorded, ours = "migrations", told.get("migrations"), patient.migrations
    if recorded is None:
        return wrong(check, "None is recorded: they were applied by hand; `supabase migration repair` records them.")
    if ours is None:
        return cannot_tell(check, f"{len(recorded)} are recorded; which there must be is told by a checkout only.")
    if missing := [it for it in ours if it not in recorded]:
        return wrong(check, f"{', '.join(missing)} is not applied: `make deploy STAGE=…` applies it.")
    if [it for it in recorded if it in ours] != list(ours):
        return wrong(check, "They are recorded in another order: compare the project with infra/supabase/migrations.")
    if newer := [it for it in recorded if it > ours[-1]]:
        return ok(
            check, f"All {len(ours)} are applied, and the project is newer than this checkout ({', '.join(newer)}): "
                   "well, if the release before was deployed again."
        )  # fmt: skip
    return ok(check, f"All {len(ours)} are applied, in order.")


def buckets(found: Mapping[str, Mapping[str, Any]]) -> Finding:
    if missing := [name for name in BUCKETS if name not in found]:
        return wrong("buckets", f"{', '.join(missing)} is missing: create it as the migrations do, private.")
    if public := [name for name in BUCKETS if found[name]["public"]]:
        return wrong("buckets", f"{', '.join(public)} is public, and shows photos of people to anyone: make it private "
                                "in Supabase's Storage at once.")  # fmt: skip
    if changed := [name for name, limit in BUCKETS.items() if found[name]["file_size_limit"] != limit]:
        told = ", ".join(f"{name} {BUCKETS[name]}" for name in changed)
        return wrong("buckets", f"The file size limit is not ours; set it in Supabase's Storage, in bytes: {told}.")
    return ok("buckets", f"All {len(BUCKETS)} are there, private, with their limits.")


def storage_hook(patient: Patient, told: Told) -> Finding:
    check, url, digest = "storage hook", told.get("hook_url"), told.get("hook_secret_sha256")
    if not (url and digest):
        return wrong(check, "The Vault lacks its address or its secret, so uploads are seen a minute late: "
                            "`make deploy STAGE=…` sets both.")  # fmt: skip
    if patient.api is None:
        return cannot_tell(check, f"It calls {url}; what it should call is known when the API is there.")
    if url != f"{patient.api}/hooks/storage":
        return wrong(check, f"It calls {url}, and the API is at {patient.api}: `make deploy STAGE=…` corrects it.")
    if patient.hook_secrets is None:
        return cannot_tell(check, f"It calls {url}; whether its secret is the API's is not known here.")
    if digest not in [hashlib.sha256(it.encode()).hexdigest() for it in patient.hook_secrets]:
        return wrong(check, "The Vault's secret is none of StorageHookSecret: `make deploy STAGE=…` makes them equal.")
    return ok(check, f"It calls {url} with a secret that the API knows.")


def storage_trigger(told: Told) -> Finding:
    if told.get("storage_trigger"):
        return ok("storage trigger", "What lands in the storage is noticed.")
    return wrong("storage trigger", "croquis_object_landed on storage.objects is missing or disabled, so no photo is "
                                    "ever checked: create it as 20261124000400_storage.sql does.")  # fmt: skip


def pg_net(told: Told) -> Finding:
    if told.get("can_kick"):
        return ok("pg_net", "The database can call the hook.")
    return wrong("pg_net", "The extension pg_net is off, so uploads are seen a minute late: enable it under "
                           "Database → Extensions.")  # fmt: skip


def realtime(told: Told) -> Finding:
    if not told.get("has_realtime"):
        return wrong("Realtime", "The project has no Realtime, so pages hear of nothing and read again instead: enable "
                                 "it, then create the policy of 20261124001300_hints_to_owners.sql.")  # fmt: skip
    if told.get("realtime_policies") != 1:
        return wrong("Realtime", "Nobody may listen, or more than the owner: leave exactly the policy of "
                                 "20261124001300_hints_to_owners.sql on realtime.messages.")  # fmt: skip
    return ok("Realtime", "Owners may listen to their own channel.")
