"""What may not stay after a run: of what was erased, of what is past its time, and of secrets in logs."""

from collections.abc import Iterator

from faults.owners import GARMENT, NAMES, PROMPTED, Owner
from faults.world import HOOK_SECRET, MARKS_KEY, World

PURGE_BOUND = 2 * 3600  # the sweeps of that day are an hour apart here

Broken = Iterator[str]


def what_is_erased_left_no_trace(world: World, owners: list[Owner]) -> Broken:
    """PR-04: in any table, in the storage, at the provider."""
    erased = {
        str(job) for it in world.rows("select job_ids from erasures where status = 'done'") for job in it["job_ids"]
    }
    for owner in owners:
        if owner.job not in erased:
            continue
        tables = world.rows(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'consent_texts'"
        )
        for table in tables:
            rows = f"select true from public.{table['tablename']} t where t::text like %s"
            for word in (owner.name, PROMPTED, f"/{owner.job}/"):
                yield from (f"{word} is left in {table['tablename']}" for _ in world.rows(rows, f"%{word}%"))
        left = world.rows("select bucket_id from storage.objects where name like %s", f"%/{owner.job}/%")
        yield from (f"an object is left in {it['bucket_id']}" for it in left)
        people = world.twin.models.get(world.twin.settings.owner + "/people")
        yield from ("a version is left at the provider" for it in (people.versions if people else ()) if it.training_id)


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
        **{f"the access token of owner {it.number + 1}": it.token for it in owners},
    }  # fmt: skip
    text = "\n".join(world.logs.lines)
    yield from (f"a log holds {what}" for what, secret in secrets.items() if secret in text)
    yield from ("a log holds a task token" for token in world.machines.tokens if token in text)
