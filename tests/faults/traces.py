"""What may not stay after a run: of what was erased, of what is past its time, and of secrets in logs."""

import json
from collections.abc import Iterator
from pathlib import Path

from faults.owners import GARMENT, NAMES, PROMPTED, Owner
from faults.world import HOOK_SECRET, MARKS_KEY, World

PURGE_BOUND = 2 * 3600  # the sweeps of that day are an hour apart here
TABLES = (
    "select format('%%I.%%I', schemaname, tablename) as name from pg_tables"
    " where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'consent_texts'"
)
# what keeps the id of an account that is erased: consents, money, and that it was erased; Supabase deletes its messages
# three days after they were sent
IDS_STAY = {
    "public.consents", "public.photo_declarations", "public.job_events", "public.spend_accounts",
    "public.ledger_entries", "public.provider_attempts", "public.erasures", "public.erasure_receipts",
    "realtime.messages",
}  # fmt: skip

Broken = Iterator[str]


def erasures_end(world: World, _: list[Owner]) -> Broken:
    """PR-04: each with its receipt; asked for twice, it is one."""
    erasures = world.rows(
        "select e.subject, e.status, e.job_ids, r.erasure_id as receipt from erasures e"
        " left join erasure_receipts r on r.erasure_id = e.id"
    )
    for it in erasures:
        if it["status"] != "done" or not it["receipt"]:
            yield f"an erasure is still {it['status']}"
    models = [str(it["job_ids"]) for it in erasures if it["subject"] == "model"]
    if len(set(models)) < len(models):
        yield "one model is erased twice"


def what_is_erased_left_no_trace(world: World, owners: list[Owner]) -> Broken:
    """PR-04: in any table, in the storage, at the provider."""
    done = world.rows("select owner_id, subject, job_ids from erasures where status = 'done'")
    jobs = {str(job) for it in done for job in it["job_ids"]}
    accounts = {str(it["owner_id"]) for it in done if it["subject"] == "account"}
    for owner in owners:
        if owner.job in jobs:
            yield from _here(world, owner.name, PROMPTED, owner.trigger_word, f"/{owner.job}/")
            # a trigger word is drawn, and the address of an archive opens nothing any more
            yield from _at_provider(world, owner.name, PROMPTED)
        if owner.id in accounts:
            yield from _here(world, owner.email, GARMENT, f"{owner.id}/")
            yield from _at_provider(world, owner.email, GARMENT)
            yield from (f"the id of an account is left in {it}" for it in _tables_with(world, owner.id) - IDS_STAY)
    if {owner.job for owner in owners} <= jobs:
        people = world.twin.models.get(world.twin.settings.owner + "/people")
        yield from ("a version is left at the provider" for it in (people.versions if people else ()) if it.training_id)


def _here(world: World, *words: str) -> Broken:
    """Where one of them stands in a row, or is part of the name of a file."""
    files = [str(it) for it in Path(world.project.objects_dir).rglob("*")]
    for word in words:
        yield from (f"{word} is left in {it}" for it in _tables_with(world, word))
        yield from (f"{word} is left in the name of a file" for it in files if word in it)


def _at_provider(world: World, *words: str) -> Broken:
    """In the runs, as it still shows them."""
    for run in world.twin.runs.newest_first("training") + world.twin.runs.newest_first("prediction"):
        said = json.dumps(world.twin.forget_old_data(run).to_json())
        yield from (f"{word} is left in a {run.kind} at the provider" for word in words if word in said)


def _tables_with(world: World, word: str) -> set[str]:
    """Also where it stands as bytes, which Postgres writes in hexadecimal."""
    found = "select 1 as found from {} t where t::text like any (%s) limit 1"
    words = [f"%{word}%", f"%{word.encode().hex()}%"]
    return {it["name"] for it in world.rows(TABLES) if world.rows(found.format(it["name"]), words)}


def nobody_signs_in_to_what_is_erased(world: World, _: list[Owner]) -> Broken:
    """PR-04: the sign-in goes with its account."""
    done = "select owner_id from erasures where subject = 'account' and status = 'done'"
    yield from ("a sign-in is left" for _ in world.rows(f"select true from auth.users where id in ({done})"))


def what_is_past_its_time_is_gone(world: World, _: list[Owner]) -> Broken:
    """Photos and archives go when their jobs say so."""
    late = "select * from lora_training_jobs where photos_purge_after < to_timestamp(%s)"
    for job in world.rows(late, world.now() - PURGE_BOUND):
        if job["photos_purged_at"] is None:
            yield "the photos of a job are past their time"
        left = (
            "select bucket_id from storage.objects where name like %s"
            " and bucket_id in ('photo-uploads', 'training-photos', 'datasets')"
        )
        yield from (f"an object is left in {it['bucket_id']}" for it in world.rows(left, f"%/{job['id']}/%"))


def cut_outs_are_gone(world: World, _: list[Owner]) -> Broken:
    """What was cut out of a face goes once its repair is done."""
    left = "select name from storage.objects where bucket_id = 'face-cut-outs'"
    yield from ("a face that was cut out is left" for _ in world.rows(left))


def logs_keep_secrets(world: World, owners: list[Owner]) -> Broken:
    """I10"""
    secrets = {
        "the provider's token": world._settings.api_token, "the workers' key": world.project.secret_key,
        "the webhooks' secret": world._settings.webhook_secret, "a signed link": "token=", "a prompt": PROMPTED,
        "the hook's secret": HOOK_SECRET, "the key that signs pictures": MARKS_KEY, "the name of a garment": GARMENT,
        **{f"the name of owner {number}": it for number, it in enumerate(NAMES, 1)},
        **{f"the e-mail address of owner {it.number + 1}": it.email for it in owners},
        **{f"the trigger word of owner {it.number + 1}": it.trigger_word for it in owners},
        **{f"the access token of owner {it.number + 1}": it.token for it in owners},
    }  # fmt: skip
    text = "\n".join(world.logs.lines)
    yield from (f"a log holds {what}" for what, secret in secrets.items() if secret in text)
    yield from ("a log holds a task token" for token in world.machines.tokens if token in text)
