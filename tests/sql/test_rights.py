"""AS-08, AS-09: what each role may do with each table, function and object: tried, and read from the catalogue."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sql import catalogue
from sql.seats import NO_RIGHT, Connection, Seat
from sql.story import WISH, Story, key, seen
from sql.wardrobe import Wardrobe

ROWS, NONE, REFUSED = "rows", "no rows", "42501"
OF_THE_OWNER = (
    "consents",
    "lora_training_jobs",
    "training_runs",
    "training_photos",
    "provenance_uploads",
    "ai_models",
    "job_events",
    "garments",
    "looks",
    "worn_garments",
    "look_books",
    "look_book_cells",
)
OF_THE_OWNER += ("photo_declarations", "training_logs", "image_orders", "images", "spend_accounts", "ledger_entries")
OF_THE_OWNER += ("downloads", "erasures", "erasure_receipts")
OF_ALL = ("consent_texts", "prices")
OF_NOBODY = ("consent_links",)
OF_WORKERS = ("idempotency_keys", "provider_attempts", "provider_runs", "webhook_inbox", "storage_outbox")
OF_WORKERS += ("face_references", "download_images")
READERS = {  # table: what a select gives to anon, the owner, another owner, a worker
    **dict.fromkeys(OF_THE_OWNER, (REFUSED, ROWS, NONE, ROWS)),
    **dict.fromkeys(OF_ALL, (REFUSED, ROWS, ROWS, ROWS)),
    **dict.fromkeys(OF_NOBODY, (REFUSED,) * 4),
    **dict.fromkeys(OF_WORKERS, (REFUSED, REFUSED, REFUSED, ROWS)),
}
ENGLISH = {"select": "select from {}", "insert": "insert into {} default values", "delete": "delete from {}"}


@pytest.fixture
def busy(story: Story) -> Story:
    """An owner with at least one row in every table."""
    draft = Story(story.connection, story.user).opened()
    empty = draft.judged(1, status="rejected", findings=[{"code": "no_person", "severity": "blocking"}])
    draft.changed(empty, override=True, shows_only_the_person=True)
    Story(story.connection, story.user).to("training").printed()
    story.to("approved").ordered()
    marker = story.attempt()["marker"]
    story.owner.call("announce_provenance")
    wardrobe = Wardrobe(story.connection, story.user)
    wardrobe.look(garment := wardrobe.ready())
    story.connection.execute(
        "insert into public.worn_garments select id, 1, %s, owner_id from public.images where job_id = %s limit 1",
        (garment, story.job),
    )
    story.connection.execute(
        "with d as (insert into public.downloads (owner_id, images, image_bytes) values (%s, 1, 1) returning id)"
        " insert into public.download_images select d.id, 1, i.id from d, public.images i limit 1",
        (story.user,),
    )
    story.connection.execute(
        "with book as (insert into public.look_books (owner_id, model_id, rows, columns, engine, budget_usd)"
        " select owner_id, id, '[]', '[]', 'x', 1 from public.ai_models where job_id = %s returning id, owner_id)"
        " insert into public.look_book_cells (look_book_id, row_no, column_no, owner_id)"
        " select id, 0, 1, owner_id from book",
        (story.job,),
    )
    story.connection.execute(
        "with asked as ("
        " insert into public.erasures (owner_id, subject, job_ids) values (%s, 'model', '{}') returning *)"
        " insert into public.erasure_receipts"
        " select id, owner_id, subject, '{}', '{}', 0, '{}', asked_at, asked_at from asked",
        (story.user,),
    )
    story.connection.execute(
        "insert into public.face_references select id, owner_id, '[[0]]' from public.training_runs where job_id = %s",
        (story.job,),
    )
    story.worker.call("receive_webhook", webhook_id="w", marker=marker, seen=seen("p"))
    return story


def outcome(seat: Seat, verb: str, table: str) -> str:
    if verb == "update":
        ((column,),) = seat.connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum = 2", (f"public.{table}",)
        ).fetchall()
        statement = SQL("update {0} set {1} = {1}").format(Identifier("public", table), Identifier(column))
    else:
        statement = SQL(ENGLISH[verb]).format(Identifier("public", table))  # pyright: ignore[reportArgumentType]
    try:
        return ROWS if seat.sql(statement) else NONE
    except NO_RIGHT:
        return REFUSED


@pytest.mark.parametrize("verb", ["select", "insert", "update", "delete"])
def test_nobody_writes_a_table_and_owners_read_only_their_own_rows(busy, other, anon, verb):
    """Every table, role and verb; AS-08."""
    seats = (anon, busy.owner, other.owner, busy.worker)
    found = {table: tuple(outcome(seat, verb, table) for seat in seats) for table in READERS}
    assert found == (READERS if verb == "select" else dict.fromkeys(READERS, (REFUSED,) * 4))


def test_the_matrix_names_every_table(db):
    tables = db.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert {table for (table,) in tables} == set(READERS)


def test_every_table_has_row_level_security_and_exactly_the_reviewed_grants_and_policies(db):
    assert catalogue.tables(db) == catalogue.expected("tables")


def test_every_function_has_exactly_the_reviewed_callers_and_rights(db):
    assert catalogue.functions(db) == catalogue.expected("functions")


def test_the_reviewed_tables_themselves_keep_the_rules():
    """Definers have a fixed path, anon has nothing, nobody writes a table, owners and workers are kept apart."""
    callers = {}
    for line in catalogue.expected("functions").splitlines():
        name, rights, path, *who = line.split()
        callers[name] = set(who) - {"-"}
        assert rights == "invoker" or path == "fixed", line
        assert not callers[name] & {"anon", "public"}, line
        assert name.startswith("public.") or not callers[name], line
    both = {name for name, who in callers.items() if len(who) > 1}
    assert both == {"public.training_moves"}
    for line in catalogue.expected("tables").splitlines():
        _, rls, rest = line.split(maxsplit=2)
        assert rls == "on", line
        assert "anon" not in rest, line
        assert not any(verb in rest for verb in ("insert:", "update:", "delete:", "truncate:", "public")), line


def test_the_private_schema_is_closed_to_all_roles(db, anon, worker, story):
    for seat in (anon, story.owner, worker):
        with pytest.raises(NO_RIGHT):
            seat.sql("select croquis.refuse(400, 'x', 'x', 'x')")
        with pytest.raises(NO_RIGHT):
            seat.sql("select from croquis.limits")


def test_every_column_of_a_policy_leads_an_index(db):
    unindexed = db.execute("""
        select d.refobjid::regclass, a.attname from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjid = p.polrelid and d.refobjsubid > 0
        join pg_class c on c.oid = p.polrelid and c.relnamespace = 'public'::regnamespace
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where not exists (select from pg_index i where i.indrelid = p.polrelid and i.indkey[0] = d.refobjsubid)
    """).fetchall()
    assert unindexed == []


def told(attempt: Callable[[], object]) -> tuple[str | None, ...]:
    with pytest.raises(psycopg.Error) as caught:
        attempt()
    diag = caught.value.diag
    return diag.sqlstate, diag.message_detail, diag.message_primary, diag.message_hint


def test_an_other_users_job_is_told_like_one_that_does_not_exist(busy, other):
    """AS-07, straight at the functions."""
    model, photo = busy.seen()["model"]["id"], busy.seen()["photos"][0]["id"]
    calls: list[Callable[[str, str, str], object]] = [
        lambda job, _m, _p: other.owner.call("add_photo", job=job, slot=1, content_type="image/png", bytes=1),
        lambda job, _m, photo: other.owner.call("remove_photo", job=job, photo=photo),
        lambda job, _m, photo: other.owner.call("change_photo", job=job, photo=photo, said={"pose": "mine"}),
        lambda job, _m, _p: other.owner.call("submit_training", job=job, idempotency_key=key()),
        lambda job, _m, _p: other.owner.call("cancel_training", job=job),
        lambda job, _m, _p: other.owner.call("review_training", job=job, decision="approve"),
        lambda job, _m, _p: other.owner.call(
            "review_training", job=job, decision="retry", idempotency_key=key(), parameters={}
        ),
        lambda _j, model, _p: other.owner.call(
            "order_generations", model=model, idempotency_key=key(), request={}, wishes=[WISH]
        ),
    ]
    for call in calls:
        of_another = told(lambda call=call: call(busy.job, model, photo))
        assert of_another == told(lambda call=call: call(str(uuid4()), str(uuid4()), str(uuid4())))
        assert of_another[0] == "PT404"
    assert other.owner.call("read_training", job=busy.job) is None
    order = busy.owner.sql("select id::text from public.image_orders where kind = 'generation'")[0][0]
    assert busy.owner.call("read_image_order", image_order=order)
    assert other.owner.call("read_image_order", image_order=order) is None


def test_a_photo_of_an_other_job_of_ones_own_is_not_found_in_this_one(story, other):
    photo = story.opened().announced()
    second = Story(story.connection, story.user).opened()
    assert told(lambda: story.owner.call("remove_photo", job=second.job, photo=photo["id"]))[0] == "PT404"


def test_a_token_without_a_user_is_refused(db):
    nobody = Seat(db, "authenticated")
    assert told(lambda: nobody.call("cancel_training", job=str(uuid4())))[:2] == ("PT401", "not_signed_in")


def put(seat: Seat, bucket: str, name: str) -> str:
    try:
        seat.sql("insert into storage.objects (bucket_id, name, version) values (%s, %s, 'v')", (bucket, name))
    except NO_RIGHT:
        return REFUSED
    return ROWS


def test_an_upload_goes_only_to_the_path_of_ones_own_awaited_photo(story, other, anon):
    """AS-09, AS-14."""
    path = story.opened().announced()["upload_path"]
    theirs = other.opened().announced()["upload_path"]
    for bucket in ("training-photos", "datasets", "lora-weights", "images"):
        assert put(story.owner, bucket, path) == REFUSED
    for wrong in (theirs, f"{path}/x", f"{path}.jpg", f"{story.user}/x", "x", path.upper(), f"{path}/../x"):
        assert put(story.owner, "photo-uploads", wrong) == REFUSED
    for seat in (other.owner, anon):
        assert put(seat, "photo-uploads", path) == REFUSED
    assert put(story.owner, "photo-uploads", path) == ROWS


def test_a_path_closes_when_its_photo_is_no_longer_awaited(story):
    checked, removed = story.opened().accepted(1), story.announced(2)
    story.owner.call("remove_photo", job=story.job, photo=removed["id"])
    for photo in (checked, removed):
        assert put(story.owner, "photo-uploads", photo["upload_path"]) == REFUSED


def objects_of(seat: Seat, statement: str) -> int:
    return len(seat.sql(statement))


def test_an_owner_sees_own_clean_photos_and_pictures_and_changes_no_object(story, other, anon, worker):
    """AS-09: no policy lets anybody update or delete."""
    story.opened()
    for bucket in ("photo-uploads", "training-photos", "datasets", "lora-weights", "images"):
        story.landed(f"{story.user}/{story.job}/a.jpg", bucket)
        story.landed(f"x/{story.user}/a.jpg", bucket)
    seen = story.owner.sql("select bucket_id, name from storage.objects order by 1")
    assert seen == [(bucket, f"{story.user}/{story.job}/a.jpg") for bucket in ("images", "training-photos")]
    assert objects_of(worker, "select from storage.objects") == 10
    for seat in (other.owner, anon):
        assert objects_of(seat, "select from storage.objects") == 0
    story.connection.execute("set local storage.allow_delete_query = 'true'")
    for seat in (story.owner, other.owner, anon):
        assert objects_of(seat, "update storage.objects set name = 'mine'") == 0
        assert objects_of(seat, "delete from storage.objects") == 0


@pytest.mark.parametrize("change", ["removed_at = now()", "shown_decision = 'refuse'"])
def test_an_owner_sees_no_file_of_an_image_that_was_removed_or_refused(story, change):
    story.to("approved")
    path = f"{story.user}/{story.job}/a.png"
    story.landed(path, "images")
    seen = f"select name from storage.objects where name = '{path}'"
    story.connection.execute(
        "update public.images set path = %s where id = (select id from public.images limit 1)", (path,)
    )
    assert story.owner.sql(seen) == [(path,)]
    story.connection.execute(f"update public.images set {change} where path = %s", (path,))
    assert story.owner.sql(seen) == []


def test_all_buckets_are_private_and_limit_what_they_take(db: Connection):
    open_ones = db.execute(
        "select id from storage.buckets where public or file_size_limit is null or allowed_mime_types is null"
    ).fetchall()
    assert open_ones == []


def test_an_erasure_looks_into_every_bucket(db):
    """PR-04"""
    [(missed,)] = db.execute("select array_agg(id) from storage.buckets where id <> all (croquis.buckets())").fetchall()
    assert missed is None
